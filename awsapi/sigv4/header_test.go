package sigv4

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
)

// resign signs a request as received, on the terms that its Authorization
// header states, with our own canonical form: for spellings that no signer at
// hand produces. The form itself is checked against other signers elsewhere.
func resign(t testing.TB, r *http.Request, body []byte) {
	t.Helper()
	s, err := Parse(r)
	if err != nil {
		t.Fatal(err)
	}
	payload := hashOf(body)
	x := new(scratch)
	canonical, ok := x.canonical(s, form{}, payload[:])
	if !ok {
		t.Fatal("a signed header is missing")
	}
	var sum hexHash
	newSigningKey(keyScope{testSecret, s.Date, s.Region, s.Service}).sum(x.stringToSign(s, canonical), &sum)
	r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), s.given, string(sum[:]), 1))
}

func TestSpellingsOfTheAuthorizationHeader(t *testing.T) {
	r, body := call{body: testBody}.signed(t)
	good := r.Header.Get("Authorization")
	algorithm, rest, _ := strings.Cut(good, " ")
	parts := strings.Split(rest, ", ")
	cases := map[string][]string{
		"as the SDK writes it":    {good},
		"commas without blanks":   {algorithm + " " + strings.Join(parts, ",")},
		"blanks without commas":   {algorithm + " " + strings.Join(parts, " ")},
		"many blanks and commas":  {"  " + algorithm + "   ,  " + strings.Join(parts, " ,\t, ") + " , "},
		"another order":           {algorithm + " " + parts[2] + ", " + parts[0] + ", " + parts[1]},
		"a part that AWS ignores": {good + ", Extra=1"},
		"the last of two counts":  {algorithm + " Signature=0, " + rest},
		"the first header counts": {good, "Basic dGVzdDp0ZXN0"},
		"slashes after the scope": {strings.Replace(good, "aws4_request", "aws4_request//", 1)},
	}
	for name, authorization := range cases {
		t.Run(name, func(t *testing.T) {
			r := r.Clone(t.Context())
			r.Header["Authorization"] = authorization
			if _, err := check(r, body, "iam"); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestSpellingsOfTheDate(t *testing.T) {
	cases := map[string]http.Header{
		"X-Amz-Date":               {"X-Amz-Date": {"20260102T030405Z"}},
		"Date in the basic format": {"Date": {"20260102T030405Z"}},
		"Date of RFC 1123":         {"Date": {"Fri, 02 Jan 2026 03:04:05 GMT"}},
		"Date of RFC 850":          {"Date": {"Friday, 02-Jan-26 03:04:05 GMT"}},
		"Date of asctime":          {"Date": {"Fri Jan  2 03:04:05 2026"}},
		"X-Amz-Date before Date":   {"X-Amz-Date": {"20260102T030405Z"}, "Date": {"Sat, 03 Jan 2026 00:00:00 GMT"}},
		"the first of two counts":  {"X-Amz-Date": {"20260102T030405Z", "20260103T030405Z"}},
	}
	for name, header := range cases {
		t.Run(name, func(t *testing.T) {
			r := &http.Request{Method: "POST", URL: parseURL(t, "/"), Host: "localhost", Header: header.Clone()}
			r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+testKey+
				"/20260102/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=sig")
			resign(t, r, nil)
			s, err := check(r, nil, "iam")
			if err != nil {
				t.Fatal(err)
			}
			if !s.time.Equal(signedAt) || s.timestamp != "20260102T030405Z" {
				t.Errorf("time %v, timestamp %s", s.time, s.timestamp)
			}
		})
	}
}

func TestDatesThatAreNone(t *testing.T) {
	cases := map[string]http.Header{
		"empty X-Amz-Date":          {"X-Amz-Date": {""}},
		"RFC 1123 in X-Amz-Date":    {"X-Amz-Date": {"Fri, 02 Jan 2026 03:04:05 GMT"}},
		"fractions of a second":     {"X-Amz-Date": {"20260102T030405.000Z"}},
		"another zone":              {"X-Amz-Date": {"20260102T030405+0100"}},
		"no zone":                   {"X-Amz-Date": {"20260102T030405"}},
		"month 13":                  {"X-Amz-Date": {"20261302T030405Z"}},
		"bad X-Amz-Date, good Date": {"X-Amz-Date": {"x"}, "Date": {"20260102T030405Z"}},
		"words in Date":             {"Date": {"yesterday"}},
	}
	for name, header := range cases {
		t.Run(name, func(t *testing.T) {
			r := &http.Request{Method: "POST", URL: parseURL(t, "/"), Host: "localhost", Header: header.Clone()}
			r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+testKey+
				"/20260102/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=sig")
			_, err := Parse(r)
			want := ErrDate
			if headerDate(r) == "" {
				want = ErrMissing
			}
			if !errors.Is(err, want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestWireForms reads signed requests in forms of HTTP/1.1 that clients of ours
// do not use but proxies and others do.
func TestWireForms(t *testing.T) {
	const sign = "X-Amz-Date: 20260102T030405Z\nAuthorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/us-east-1/iam/aws4_request, SignedHeaders=HEADERS, Signature=sig\n"
	cases := map[string]struct{ raw, headers string }{
		"absolute form":             {"GET http://localhost:4260/?Action=ListUsers HTTP/1.1\nHost: other\n", "host;x-amz-date"},
		"HTTP/2's name of the host": {"GET / HTTP/1.1\nHost: localhost\n", ":authority;x-amz-date"},
		"names in capitals":         {"GET / HTTP/1.1\nHOST: localhost\nX-AMZ-META-A: b\n", "Host;X-Amz-Date;X-AMZ-META-A"},
		"chunks": {
			"POST / HTTP/1.1\nHost: localhost\nTransfer-Encoding: chunked\n", "host;transfer-encoding;x-amz-date",
		},
		"content length": {"POST / HTTP/1.1\nHost: localhost\nContent-Length: 0\n", "content-length;host;x-amz-date"},
		"a header of more than 64": {
			"POST / HTTP/1.1\nHost: localhost\nX-" + strings.Repeat("a", 70) + ": b\n", "host;x-amz-date;x-" + strings.Repeat("a", 70),
		},
		"the payload's hash as header": {
			"POST / HTTP/1.1\nHost: localhost\nX-Amz-Content-Sha256: UNSIGNED-PAYLOAD\n", "host;x-amz-content-sha256;x-amz-date",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			raw := c.raw + strings.Replace(sign, "HEADERS", c.headers, 1)
			end := "\n"
			if name == "chunks" {
				end = "\n0\r\n\r\n"
			}
			r, body := readRequest(t, raw+end)
			resign(t, r, body)
			if _, err := check(r, body, "iam"); err != nil {
				t.Error(err)
			}
			if _, err := check(r, append(body, 'x'), "iam"); err == nil {
				t.Error("another body verifies")
			}
		})
	}
}

// TestContentLengthAsAField: a request that never went over a wire has its
// length in a field only.
func TestContentLengthAsAField(t *testing.T) {
	r, body := call{body: testBody}.signed(t)
	r.Header.Del("Content-Length")
	if _, err := check(r, body, "iam"); err != nil {
		t.Error(err)
	}
	r.ContentLength++
	if _, err := check(r, body, "iam"); err == nil {
		t.Error("another length verifies")
	}
}

// TestUnsignedPayloadIsNotTaken: what S3 lets a client leave unsigned is
// signed for IAM and STS.
func TestUnsignedPayloadIsNotTaken(t *testing.T) {
	r := &http.Request{Method: "POST", URL: parseURL(t, "/"), Host: "localhost", Header: http.Header{
		"X-Amz-Date":           {"20260102T030405Z"},
		"X-Amz-Content-Sha256": {"UNSIGNED-PAYLOAD"},
		"Authorization": {
			"AWS4-HMAC-SHA256 Credential=" + testKey +
				"/20260102/us-east-1/iam/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=sig",
		},
	}}
	s, err := Parse(r)
	if err != nil {
		t.Fatal(err)
	}
	x := new(scratch)
	canonical, _ := x.canonical(s, form{}, []byte("UNSIGNED-PAYLOAD"))
	var sum hexHash
	newSigningKey(keyScope{testSecret, s.Date, s.Region, s.Service}).sum(x.stringToSign(s, canonical), &sum)
	r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), "Signature=sig", "Signature="+string(sum[:]), 1))
	_, err = check(r, []byte(testBody), "iam")
	if !errors.Is(err, ErrMismatch) {
		t.Errorf("got %v", err)
	}
}

func TestHosts(t *testing.T) {
	cases := map[string]struct {
		signed, sent string
		ok           bool
	}{
		"with its port":           {"localhost:4260", "localhost:4260", true},
		"signed without its port": {"localhost", "localhost:4260", true},
		"sent without its port":   {"localhost:4260", "localhost", false},
		"another port":            {"localhost:4260", "localhost:4261", false},
		"another name":            {"localhost", "example.com", false},
		"IPv6 without its port":   {"[::1]", "[::1]:4260", true},
		"IPv6 without a port":     {"[::1]", "[::1]", true},
		"IPv6, half an address":   {"[:", "[::1]", false},
		"in capitals":             {"localhost", "LOCALHOST", false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := &http.Request{Method: "GET", URL: parseURL(t, "/"), Host: c.signed, Header: http.Header{
				"X-Amz-Date": {"20260102T030405Z"},
				"Authorization": {
					"AWS4-HMAC-SHA256 Credential=" + testKey + "/20260102/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=sig",
				},
			}}
			resign(t, r, nil)
			r.Host = c.sent
			if _, err := check(r, nil, "iam"); (err == nil) != c.ok {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestTimeWindowOfPresignedRequests(t *testing.T) {
	c := call{method: "GET", url: "http://localhost:4260/?Action=GetCallerIdentity&X-Amz-Expires=60", presign: true}
	r, _ := c.signed(t)
	s, err := Parse(r)
	if err != nil {
		t.Fatal(err)
	}
	for name, w := range map[string]struct {
		age time.Duration
		ok  bool
	}{
		"within X-Amz-Expires":       {time.Minute, true},
		"after it":                   {10 * time.Minute, true},
		"after a quarter of an hour": {15*time.Minute + time.Second, false},
		"before it is valid":         {-16 * time.Minute, false},
	} {
		t.Run(name, func(t *testing.T) {
			if err := inScope(s, "iam", signedAt.Add(w.age)); (err == nil) != w.ok {
				t.Errorf("got %v", err)
			}
		})
	}
}
