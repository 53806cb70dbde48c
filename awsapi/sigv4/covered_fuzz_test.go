package sigv4

import (
	"net/http/httptest"
	"net/url"
	"testing"
)

// FuzzSignedPath sends what was signed for one path to another one. It is proved only
// if both are the same path to whoever decides by SignedPath, and sending that one on
// changes neither the signature nor the path.
func FuzzSignedPath(f *testing.F) {
	for _, pair := range [][2]string{
		{"/a//b", "/a/b"}, {"/a/../b", "/b"}, {"/a%2Fb", "/a/b"}, {"/a%2fb", "/a%2Fb"}, {"/%41", "/A"}, {"/a/", "/a"}, {"/.", "//"},
		{"/\u00e9", "/%C3%A9"}, {"/a b", "/a%20b"}, {"/a+b", "/a b"}, {"/a;b", "/a%3Bb"}, {"/%2e%2e/a", "/../a"}, {"/\"", "/%22"},
	} {
		f.Add(pair[0], pair[1], true)
		f.Add(pair[0], pair[1], false)
	}
	f.Fuzz(func(t *testing.T, signed, sent string, s3 bool) {
		service := "lambda"
		if s3 {
			service = "s3"
		}
		one, err1 := url.Parse("http://localhost" + signed)
		two, err2 := url.Parse("http://localhost" + sent)
		if err1 != nil || err2 != nil || one.Host != "localhost" || two.Host != "localhost" || one.RawQuery != two.RawQuery {
			return
		}
		r := httptest.NewRequest("GET", "http://localhost/", nil)
		r.URL = one
		s := signing{service: service}
		s.signer().Sign(r, HashPayload(nil), signedAt)
		sig, err := Parse(r)
		if err != nil {
			t.Fatal(err)
		}
		path := sig.SignedPath()
		r.URL = two
		proved := sig.VerifyPayload(testSecret, HashPayload(nil)) == nil
		if two.Path != "" && proved != (sig.SignedPath() == path) {
			t.Fatalf("%s: signed for %s (%s), sent to %s (%s): proved is %t", service, signed, path, sent, sig.SignedPath(), proved)
		}
		r.URL = one
		if r.URL, err = url.Parse("http://localhost" + path); err != nil || r.URL.RawQuery != "" {
			t.Fatalf("%s cannot be sent: %v", path, err)
		}
		r.URL.RawQuery = one.RawQuery
		if err := sig.VerifyPayload(testSecret, HashPayload(nil)); err != nil || sig.SignedPath() != path {
			t.Fatalf("%s: %s was signed, and %s is sent on as %s: %v", service, signed, path, sig.SignedPath(), err)
		}
	})
}
