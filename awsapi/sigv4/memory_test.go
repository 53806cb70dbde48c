package sigv4

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unsafe"
)

// pointsInto reports whether part shares the memory of whole.
func pointsInto(part, whole string) bool {
	p, w := uintptr(unsafe.Pointer(unsafe.StringData(part))), uintptr(unsafe.Pointer(unsafe.StringData(whole)))
	return part != "" && w <= p && p < w+uintptr(len(whole))
}

// What outlives a request does not keep its header or its query in memory.
func TestSignaturesDoNotKeepTheRequest(t *testing.T) {
	t.Parallel()
	const credential = "AKIATEST/20260102/eu-west-1/iam/aws4_request"
	tail := strings.Repeat("x", 10_000)
	header := algorithmV4 + " Credential=" + credential + ", SignedHeaders=host, Signature=0, " + "Other=" + tail
	asymmetric := strings.Replace(strings.Replace(header, algorithmV4, algorithmV4A, 1), "eu-west-1/", "", 1)
	set := "eu-west-1," + tail
	query := "X-Amz-Algorithm=" + algorithmV4 + "&X-Amz-Credential=" + credential +
		"&X-Amz-SignedHeaders=host&X-Amz-Signature=0&X-Amz-Date=20260102T030405Z&Other=" + tail
	signed := http.Header{"Authorization": {header}, "X-Amz-Date": {"20260102T030405Z"}}
	ofSet := http.Header{
		"Authorization": {strings.Replace(asymmetric, "SignedHeaders=host", "SignedHeaders=host;x-amz-region-set", 1)},
		"X-Amz-Date":    {"20260102T030405Z"}, regionSetHeader: {set},
	}
	for name, r := range map[string]*http.Request{
		"in the header":    {URL: &url.URL{}, Header: signed},
		"in the query":     {URL: &url.URL{RawQuery: query}, Header: http.Header{}},
		"for a region set": {URL: &url.URL{}, Header: ofSet},
	} {
		s, err := Parse(r)
		if err != nil || s.AccessKeyID != "AKIATEST" || s.Region != "eu-west-1" {
			t.Errorf("%s: %+v, %v", name, s, err)
			continue
		}
		for _, whole := range []string{r.Header.Get("Authorization"), r.Header.Get(regionSetHeader), r.URL.RawQuery, s.credential} {
			if pointsInto(s.AccessKeyID, whole) || pointsInto(s.Region, whole) {
				t.Errorf("%s: the signature points into %.40s...", name, whole)
			}
		}
	}
}

// Nor do the signing keys that are remembered.
func TestSigningKeysDoNotKeepTheRequest(t *testing.T) {
	t.Parallel()
	whole := "20260102/eu-west-1/iam/" + strings.Repeat("x", 10_000)
	m := memo[keyScope, *signingKey]{own: signingKeys.own}
	m.get(keyScope{testSecret, whole[:8], "eu-west-1", whole[19:22]}, newSigningKey)
	for k := range m.young {
		if k.service != "iam" || pointsInto(k.date, whole) || pointsInto(k.service, whole) {
			t.Errorf("the key of service %s points into the request", k.service)
		}
	}
	if len(m.young) != 1 {
		t.Errorf("%d keys are remembered", len(m.young))
	}
}

// A service that a request made up can have a name of megabytes, and another one each
// time. Its key is right all the same.
func TestSigningKeysOfLongServicesAreNotKept(t *testing.T) {
	t.Parallel()
	remembered := func(service string) bool {
		k := keyScope{"a secret of this test alone", "20260102", "eu-west-1", service}
		var got, want hexHash
		k.key().sum([]byte("message"), &got)
		newSigningKey(k).sum([]byte("message"), &want)
		if got != want {
			t.Errorf("another key for a service of %d bytes", len(service))
		}
		signingKeys.mu.RLock()
		defer signingKeys.mu.RUnlock()
		return signingKeys.young[k] != nil || signingKeys.old[k] != nil
	}
	if !remembered(strings.Repeat("x", maxService)) {
		t.Errorf("a key is not kept for a service of %d bytes", maxService)
	}
	if remembered(strings.Repeat("x", maxService+1)) {
		t.Errorf("a key is kept for a service of %d bytes", maxService+1)
	}
}
