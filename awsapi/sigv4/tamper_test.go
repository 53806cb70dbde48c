package sigv4

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// tampering is one change to a signed request.
type tampering struct {
	part  string
	apply func(r *http.Request, body []byte) []byte
}

// authenticate is what a handler does, the look-up of the key with its token
// included: neither the access key ID nor an unsigned token is covered by the
// signature itself.
func authenticate(r *http.Request, body []byte, token string, now time.Time) error {
	s, err := Parse(r)
	if err != nil {
		return err
	}
	if s == nil {
		return errors.New("no signature")
	}
	service := "iam"
	if s.Service == "sts" {
		service = "sts"
	}
	if err := inScope(s, service, now); err != nil {
		return err
	}
	if s.AccessKeyID != testKey || s.SessionToken != token {
		return errors.New("no such credentials")
	}
	return s.Verify(testSecret, body)
}

// TestTamperedRequestsFail takes every part of every kind of signed request,
// changes it, and expects a failure.
func TestTamperedRequestsFail(t *testing.T) {
	form := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "X-Amz-Meta-A": {"one", "two three"}}
	requests := map[string]func() (*http.Request, []byte){}
	for name, c := range map[string]call{
		"sdk POST": {body: testBody, header: form, token: testToken},
		"sdk GET":  {method: "GET", url: "http://localhost:4260/?Action=GetUser&Version=2010-05-08&A=%2F+b&A=&c"},
		"sdk presigned GET": {method: "GET", url: "http://localhost:4260/?Action=GetCallerIdentity&X-Amz-Expires=60", presign: true,
			token: testToken},
		"sdk presigned POST": {body: testBody, header: form, presign: true},
	} {
		r, body := c.signed(t)
		requests[name] = func() (*http.Request, []byte) { return r.Clone(t.Context()), append([]byte(nil), body...) }
	}
	for _, file := range signedVectors {
		for _, v := range vectors(t, file) {
			requests[file+" "+v.name] = func() (*http.Request, []byte) { return v.request(t) }
		}
	}
	for name, fresh := range requests {
		t.Run(name, func(t *testing.T) {
			r, body := fresh()
			s, err := Parse(r)
			if err != nil {
				t.Fatal(err)
			}
			if err := authenticate(r, body, s.SessionToken, s.time); err != nil {
				t.Fatalf("before tampering: %v", err)
			}
			for _, change := range tamperings(s, body) {
				r, body := fresh()
				body = change.apply(r, body)
				if err := authenticate(r, body, s.SessionToken, s.time); err == nil {
					t.Errorf("%s: verified", change.part)
				}
			}
		})
	}
}

// tamperings enumerates the parts of a signed request.
func tamperings(s *Signature, body []byte) []tampering {
	all := []tampering{
		{"method", func(r *http.Request, body []byte) []byte { r.Method = "PUT"; return body }},
		{"path", func(r *http.Request, body []byte) []byte { r.URL.Path += "x"; return body }},
		{"path with a slash more", func(r *http.Request, body []byte) []byte {
			r.URL.Path = "/x" + r.URL.Path
			return body
		}},
		{"query with a parameter more", func(r *http.Request, body []byte) []byte {
			r.URL.RawQuery = strings.TrimPrefix(r.URL.RawQuery+"&UserName=mallory", "&")
			return body
		}},
		{"body with a byte more", func(_ *http.Request, body []byte) []byte { return append(body, 'x') }},
		{"the signature twice", func(r *http.Request, body []byte) []byte {
			if s.presigned {
				r.Header.Set("Authorization", algorithmV4+" Credential=a/b/c/d/e, SignedHeaders=host, Signature=0")
			} else {
				r.URL.RawQuery += "&X-Amz-Algorithm=" + algorithmV4
			}
			return body
		}},
	}
	all = append(all, bodyTamperings(body)...)
	all = append(all, queryTamperings(s)...)
	all = append(all, headerTamperings(s)...)
	return append(all, authorizationTamperings(s)...)
}

// bodyTamperings flips a bit in every byte, and cuts the last one off.
func bodyTamperings(body []byte) (all []tampering) {
	for i := range body {
		all = append(all, tampering{fmt.Sprintf("body, byte %d", i), func(_ *http.Request, body []byte) []byte {
			body[i] ^= 1
			return body
		}})
	}
	if len(body) > 0 {
		all = append(all, tampering{"body with a byte less", func(_ *http.Request, body []byte) []byte {
			return body[:len(body)-1]
		}})
	}
	return all
}

// queryTamperings changes every character of the query, and takes every
// parameter out.
func queryTamperings(s *Signature) (all []tampering) {
	query := s.request.URL.RawQuery
	for i := range len(query) {
		all = append(all, tampering{fmt.Sprintf("query, %q", query[:i+1]), func(r *http.Request, body []byte) []byte {
			r.URL.RawQuery = otherAt(query, i)
			return body
		}})
	}
	if query == "" {
		return all
	}
	pairs := strings.Split(query, "&")
	for i, pair := range pairs {
		all = append(all, tampering{"query without " + pair, func(r *http.Request, body []byte) []byte {
			r.URL.RawQuery = strings.Join(append(append([]string(nil), pairs[:i]...), pairs[i+1:]...), "&")
			return body
		}})
	}
	return all
}

// headerTamperings changes, removes and repeats every signed header.
func headerTamperings(s *Signature) (all []tampering) {
	for _, name := range strings.Split(s.signedHeaders, ";") {
		if name == "host" {
			all = append(all,
				tampering{"host, first character", func(r *http.Request, body []byte) []byte {
					r.Host = "x" + r.Host[1:]
					return body
				}},
				tampering{"no host", func(r *http.Request, body []byte) []byte { r.Host = ""; return body }})
			continue
		}
		key := http.CanonicalHeaderKey(name)
		all = append(all,
			tampering{"without header " + name, func(r *http.Request, body []byte) []byte {
				r.Header.Del(name)
				r.ContentLength = -1
				return body
			}},
			tampering{"header " + name + " with another value", func(r *http.Request, body []byte) []byte {
				r.Header[key] = append([]string{"x"}, r.Header[key]...)
				return body
			}},
			tampering{"header " + name + " with a second value", func(r *http.Request, body []byte) []byte {
				r.Header.Add(name, "x")
				return body
			}})
		for i, value := range s.request.Header[key] {
			for j := range len(value) {
				if value[j] == ' ' || value[j] == '\t' {
					continue
				}
				all = append(all, tampering{"header " + name + ", " + value[:j+1], func(r *http.Request, body []byte) []byte {
					r.Header[key] = append([]string(nil), r.Header[key]...)
					r.Header[key][i] = otherAt(value, j)
					return body
				}})
			}
		}
	}
	return all
}

// authorizationTamperings changes every character of the Authorization header
// or takes it out; so all parts of the scope, the list of signed headers and
// every digit of the signature are met.
func authorizationTamperings(s *Signature) (all []tampering) {
	header := s.request.Header.Get("Authorization")
	for i := range len(header) {
		all = append(all, tampering{"Authorization, " + header[:i+1], func(r *http.Request, body []byte) []byte {
			r.Header.Set("Authorization", otherAt(header, i))
			return body
		}})
	}
	return append(all, tampering{"no signature", func(r *http.Request, body []byte) []byte {
		r.Header.Del("Authorization")
		r.URL.RawQuery = ""
		return body
	}})
}

// otherAt is s with another character at i, one that means nothing in any part
// of a request.
func otherAt(s string, i int) string {
	other := "x"
	if s[i] == 'x' {
		other = "y"
	}
	return s[:i] + other + s[i+1:]
}

// TestVerifyCoversTheScope changes what checkScope would let pass: each part
// to another that is valid.
func TestVerifyCoversTheScope(t *testing.T) {
	r, body := call{body: testBody, token: testToken}.signed(t)
	changes := map[string]func(*Signature){
		"region":    func(s *Signature) { s.Region = "eu-west-1" },
		"service":   func(s *Signature) { s.Service = "sts" },
		"date":      func(s *Signature) { s.Date = "20260103" },
		"timestamp": func(s *Signature) { s.timestamp = "20260102T030406Z" },
		"algorithm": func(s *Signature) { s.algorithm = algorithmV4A },
		"signed headers, one less": func(s *Signature) {
			s.signedHeaders = strings.Replace(s.signedHeaders, ";x-amz-security-token", "", 1)
		},
		"signed headers, none": func(s *Signature) { s.signedHeaders = "" },
		"no signature":         func(s *Signature) { s.given = "" },
		"signature cut":        func(s *Signature) { s.given = s.given[:63] },
		"signature continued":  func(s *Signature) { s.given += "0" },
		"signature in capitals": func(s *Signature) {
			s.given = strings.ToUpper(s.given)
		},
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			s, err := Parse(r)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Verify(testSecret, body); err != nil {
				t.Fatal(err)
			}
			change(s)
			if err := s.Verify(testSecret, body); err == nil {
				t.Error("verified")
			}
		})
	}
}

// TestSwappedTokensFail gives each of two sessions' requests the other's token.
func TestSwappedTokensFail(t *testing.T) {
	for name, presign := range map[string]bool{"header": false, "presigned": true} {
		t.Run(name, func(t *testing.T) {
			c := call{method: "GET", url: "http://localhost:4260/?Action=GetCallerIdentity", token: "one", presign: presign}
			r, body := c.signed(t)
			if presign {
				r.URL.RawQuery = strings.Replace(r.URL.RawQuery, "X-Amz-Security-Token=one", "X-Amz-Security-Token=two", 1)
			} else {
				r.Header.Set("X-Amz-Security-Token", "two")
			}
			if err := authenticate(r, body, "two", signedAt); err == nil {
				t.Error("verified")
			}
		})
	}
}

// TestTokenAppendedAfterSigning: some clients presign without the token and
// add it afterwards. It is then not covered, and only the look-up binds it.
func TestTokenAppendedAfterSigning(t *testing.T) {
	r, body := call{method: "GET", url: "http://localhost:4260/?Action=GetCallerIdentity", presign: true}.signed(t)
	r.URL.RawQuery += "&X-Amz-Security-Token=" + url.QueryEscape(testToken)
	if err := authenticate(r, body, testToken, signedAt); err != nil {
		t.Error(err)
	}
	r.URL.RawQuery += "&UserName=mallory"
	if err := authenticate(r, body, testToken, signedAt); err == nil {
		t.Error("a parameter more verified")
	}
}

// TestTokenInTheHeaderUnsigned: the token of a signed request need not be among
// the signed headers, but it is read.
func TestTokenInTheHeaderUnsigned(t *testing.T) {
	for name, presign := range map[string]bool{"header": false, "presigned": true} {
		t.Run(name, func(t *testing.T) {
			r, body := call{method: "GET", presign: presign}.signed(t)
			r.Header.Set("X-Amz-Security-Token", testToken)
			if err := authenticate(r, body, testToken, signedAt); err != nil {
				t.Error(err)
			}
		})
	}
}
