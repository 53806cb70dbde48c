package sigv4

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Signer signs requests to a service in a region.
type Signer struct {
	Credentials
	Service string // as in a scope: s3, execute-api
	Region  string // as in a scope: us-east-1
}

// Sign signs a request in its Authorization header. payload is HashPayload of the body, or
// UnsignedPayload or another word of S3's; a request to S3, or one whose payload is a word, gets
// the header X-Amz-Content-Sha256, which S3 requires.
//
// An existing signature is removed, as by Strip, so that a request that was received can be sent
// on. The headers are signed as they are, except those that a proxy or a transport may change; the
// host is r.Host or else that of r.URL, and the length is r.ContentLength. Do not change these, or
// the path, before the request is sent: a path of S3 is signed as it is sent.
func (s *Signer) Sign(r *http.Request, payload string, now time.Time) {
	sig := s.begin(r, now)
	r.Header.Set("X-Amz-Date", sig.timestamp)
	if s.SessionToken != "" {
		r.Header.Set("X-Amz-Security-Token", s.SessionToken)
	}
	if singleEncoded(s.Service) || r.Header.Get(payloadHeader) != "" || !isHash(payload) {
		r.Header.Set(payloadHeader, payload)
	}
	sig.signedHeaders = signedHeaders(r)
	r.Header.Set("Authorization", algorithmV4+" Credential="+sig.credential+
		", SignedHeaders="+sig.signedHeaders+", Signature="+sig.compute(s.SecretAccessKey, payload))
}

// Presign signs a request in its query, r.URL.RawQuery, with X-Amz-Expires set to life in seconds.
// Everything else is as for Sign: the headers that the request has are signed, and must be sent
// with it. For S3, payload is usually UnsignedPayload.
func (s *Signer) Presign(r *http.Request, payload string, now time.Time, life time.Duration) {
	sig := s.begin(r, now)
	sig.presigned = true
	if r.Header.Get(payloadHeader) != "" {
		r.Header.Set(payloadHeader, payload)
	}
	sig.signedHeaders = signedHeaders(r)
	query := []string{
		"X-Amz-Algorithm=" + algorithmV4,
		"X-Amz-Credential=" + url.QueryEscape(sig.credential),
		"X-Amz-Date=" + sig.timestamp,
		"X-Amz-Expires=" + strconv.FormatInt(int64(life/time.Second), 10),
		"X-Amz-SignedHeaders=" + url.QueryEscape(sig.signedHeaders),
	}
	if s.SessionToken != "" {
		query = append(query, "X-Amz-Security-Token="+url.QueryEscape(s.SessionToken))
	}
	if r.URL.RawQuery != "" {
		query = slices.Insert(query, 0, r.URL.RawQuery)
	}
	r.URL.RawQuery = strings.Join(query, "&")
	r.URL.RawQuery += "&X-Amz-Signature=" + sig.compute(s.SecretAccessKey, payload)
}

// begin returns the signature without the signed headers, which are set later.
func (s *Signer) begin(r *http.Request, now time.Time) *Signature {
	prepare(r)
	Strip(r)
	stamp := now.UTC().Format(Layout)
	date := stamp[:len("20060102")]
	return &Signature{
		Date: date, Region: s.Region, Service: s.Service, request: r, algorithm: algorithmV4, timestamp: stamp,
		credential: s.credential(date),
	}
}

// credential returns the access key ID and the scope of a day.
func (s *Signer) credential(date string) string {
	return strings.Join([]string{s.AccessKeyID, date, s.Region, s.Service, Terminator}, "/")
}

// prepare removes ambiguities: net/http can take the host, the length, and headers with names in
// different case from two places. It also sets the method and the path that net/http sends for
// empty ones.
func prepare(r *http.Request) {
	if r.Method == "" {
		r.Method = http.MethodGet
	}
	if r.URL.Path == "" && r.URL.Opaque == "" {
		r.URL.Path = "/"
	}
	if r.Header == nil {
		r.Header = http.Header{}
	}
	if r.Host == "" {
		r.Host = r.URL.Host
	}
	r.Header.Del("Content-Length") // r.ContentLength is sent
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		if key := http.CanonicalHeaderKey(name); key != name {
			r.Header[key] = append(r.Header[key], r.Header[name]...)
			delete(r.Header, name)
		}
	}
}

// compute returns the signature in hex.
func (s *Signature) compute(secret, payload string) string {
	x := scratches.Get().(*scratch)
	defer x.release()
	canonical, _ := x.canonical(s, form{}, []byte(payload)) // never false: every signed header is there
	var sum hexHash
	s.sign(secret, x.stringToSign(s, canonical), &sum)
	return string(sum[:])
}

// unsignedHeaders are the headers that are not signed, in lower case: the SDK's signers leave out
// the first four, which proxies are known to change, and the others are hop-by-hop headers (RFC
// 9110, section 7.6.1).
var unsignedHeaders = []string{
	"authorization", "user-agent", "x-amzn-trace-id", "expect",
	"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection",
	"te", "trailer", "transfer-encoding", "upgrade",
}

// signedHeaders returns the names of the headers to sign, in lower case, sorted and joined.
func signedHeaders(r *http.Request) string {
	names := []string{"host"}
	if r.ContentLength > 0 {
		names = append(names, "content-length")
	}
	for name, values := range r.Header {
		if lower := strings.ToLower(name); len(values) > 0 && !slices.Contains(unsignedHeaders, lower) {
			names = append(names, lower)
		}
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ";")
}

// ownHeaders and ownParameters are the headers and parameters of a signature.
var (
	ownHeaders    = []string{"Authorization", "X-Amz-Date", "X-Amz-Security-Token", regionSetHeader}
	ownParameters = []string{
		"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders",
		"X-Amz-Security-Token", "X-Amz-Signature", regionSetHeader, payloadHeader,
	}
)

// Strip removes the signature from a request, if there is one, and does not change the rest of the
// query.
func Strip(r *http.Request) {
	for _, name := range ownHeaders {
		r.Header.Del(name)
	}
	if !strings.Contains(r.URL.RawQuery, "X-Amz-") {
		return
	}
	pairs := slices.DeleteFunc(strings.Split(r.URL.RawQuery, "&"), func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		return slices.Contains(ownParameters, name)
	})
	r.URL.RawQuery = strings.Join(pairs, "&")
}
