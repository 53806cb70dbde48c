package sigv4

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// FuzzCanonicalFormAgainstSDK signs any request with the SDK's signer, sends
// it, spells its query differently, and expects it to verify all the same;
// and not to once its body is changed.
func FuzzCanonicalFormAgainstSDK(f *testing.F) {
	for _, seed := range fuzzSeeds {
		f.Add(seed.method, seed.path, seed.query, seed.value, seed.body, seed.token, seed.presign)
	}
	f.Fuzz(func(t *testing.T, method, path, query, value, body, token string, presign bool) {
		r, read, ok := sentBySDK(t, fuzzed{method, path, query, value, body, token, presign}.call())
		if !ok {
			return
		}
		for _, spelling := range []string{r.URL.RawQuery, respell(r.URL.RawQuery)} {
			r.URL.RawQuery = spelling
			if err := authenticate(r, read, token, signedAt); err != nil {
				t.Fatalf("%s %s: %v", r.Method, r.URL, err)
			}
		}
		if err := authenticate(r, append(read, 0), token, signedAt); err == nil {
			t.Fatal("another body verifies")
		}
	})
}

// fuzzed is a request that the fuzzer makes up.
type fuzzed struct {
	method, path, query, value, body, token string
	presign                                 bool
}

func (f fuzzed) call() call {
	return call{method: f.method, url: "http://localhost:4260" + f.path + "?" + f.query, body: f.body, token: f.token,
		header: http.Header{"X-Amz-Meta-A": {f.value}}, presign: f.presign}
}

var fuzzSeeds = []fuzzed{
	{"POST", "/", "", "a  b", testBody, testToken, false},
	{"GET", "/a%20b/é/x~y%2Fz", "b=2&a=%2f&a=-&c&A=é&=x&%41=+", "", "", "", false},
	{"GET", "/", "Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Expires=60", "x", "", testToken, true},
	{"DELETE", "/*()!$&'", "a=%zz;b&&a==&%", " ; , ", "\x00\xff", "", true},
}

// TestFuzzSeedsAreSigned: a fuzz target that turned its seeds away would find
// nothing.
func TestFuzzSeedsAreSigned(t *testing.T) {
	for _, seed := range fuzzSeeds {
		if _, _, ok := sentBySDK(t, seed.call()); !ok {
			t.Errorf("not sent: %+v", seed)
		}
	}
}

// sentBySDK signs a request and passes it over the wire format. It is not ok
// if there is no such request, or if the SDK's signer is known to spell it in
// its own way: it does not take out dot segments, and keeps tabs and what is
// beyond ASCII at the ends of a header.
func sentBySDK(t *testing.T, c call) (*http.Request, []byte, bool) {
	out, err := http.NewRequest(c.method, c.url, strings.NewReader(c.body))
	if err != nil || out.URL.Host != "localhost:4260" || out.Method == http.MethodConnect || !plainSegments(out.URL.EscapedPath()) {
		return nil, nil, false
	}
	if !printable(c.header["X-Amz-Meta-A"][0]) || !printable(c.token) || strings.TrimSpace(c.token) != c.token {
		return nil, nil, false
	}
	for name := range out.URL.Query() {
		if strings.HasPrefix(name, "X-Amz-") && name != "X-Amz-Expires" {
			return nil, nil, false
		}
	}
	out.Header = c.header.Clone()
	sum := sha256.Sum256([]byte(c.body))
	hash := hex.EncodeToString(sum[:])
	credentials := aws.Credentials{AccessKeyID: testKey, SecretAccessKey: testSecret, SessionToken: c.token}
	if c.presign {
		signed, header, err := v4.NewSigner().PresignHTTP(context.Background(), credentials, out, hash, "iam", "us-east-1", signedAt)
		if err != nil {
			t.Fatal(err)
		}
		if out.URL, err = url.Parse(signed); err != nil {
			t.Fatal(err)
		}
		out.Header = header
	} else if err := v4.NewSigner().SignHTTP(context.Background(), credentials, out, hash, "iam", "us-east-1", signedAt); err != nil {
		t.Fatal(err)
	}
	var wire bytes.Buffer
	if err := out.Write(&wire); err != nil {
		return nil, nil, false
	}
	in, err := http.ReadRequest(bufio.NewReader(&wire))
	if err != nil {
		return nil, nil, false
	}
	read, err := io.ReadAll(in.Body)
	if err != nil || string(read) != c.body {
		t.Fatalf("body arrived as %q, %v", read, err)
	}
	return in, read, true
}

func plainSegments(path string) bool {
	if path == "" || path == "/" {
		return true
	}
	for _, segment := range strings.Split(strings.Trim(path, "/"), "/") {
		if segment == "" || segment == "." || segment == ".." {
			return false
		}
	}
	return path[0] == '/' && !strings.HasPrefix(path, "//") && !strings.HasSuffix(path, "//")
}

func printable(s string) bool {
	return strings.IndexFunc(s, func(c rune) bool { return c < ' ' || c > '~' }) < 0
}

// respell turns a query round and writes it with other escapes, none of which
// change what it says.
func respell(query string) string {
	if query == "" {
		return ""
	}
	pairs := strings.Split(query, "&")
	var b strings.Builder
	for i := len(pairs) - 1; i >= 0; i-- {
		pair := strings.ReplaceAll(pairs[i], "%20", "+")
		// The names of a presigned query are looked up as they are written.
		name, value, _ := strings.Cut(pair, "=")
		b.WriteString(name)
		b.WriteByte('=')
		for j := 0; j < len(value); j++ {
			switch c := value[j]; {
			case c == '%' && j+2 < len(value):
				b.WriteString(strings.ToLower(value[j : j+3]))
				j += 2
			case c == 'e':
				b.WriteString("%65")
			default:
				b.WriteByte(c)
			}
		}
		b.WriteString("&&")
	}
	return b.String()
}

// FuzzParseSignature gives anything for a signature and expects an *Error.
func FuzzParseSignature(f *testing.F) {
	f.Add(goodHeader, "20260102T030405Z", "")
	f.Add("AWS4-ECDSA-P256-SHA256 Credential=a/20260102/iam/aws4_request, SignedHeaders=host;x-amz-region-set, Signature=3006",
		"20260102T030405Z", "a=%")
	f.Add("", "", "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=%&X-Amz-Date=x&X-Amz-SignedHeaders=;;&X-Amz-Signature=0")
	f.Add("AWS4- , =, Credential=////", "Fri, 02 Jan 2026 03:04:05 GMT", "&&=&%")
	f.Fuzz(func(t *testing.T, authorization, date, query string) {
		r := &http.Request{Method: "GET", URL: &url.URL{Path: "/", RawQuery: query}, Host: "localhost", Header: http.Header{}}
		if authorization != "" {
			r.Header["Authorization"] = []string{authorization}
		}
		if date != "" {
			r.Header["X-Amz-Date"] = []string{date}
			r.Header["X-Amz-Region-Set"] = []string{query}
		}
		s, err := check(r, nil, "iam")
		if s == nil && err == nil {
			return
		}
		var fault *Error
		if !errors.As(err, &fault) || fault.Reason == nil || err.Error() == "" {
			t.Fatalf("got %v", err)
		}
	})
}

// FuzzEscapes compares the escaping of query parts with net/url's.
func FuzzEscapes(f *testing.F) {
	f.Add("a b+c%2fd%e2%82%ac~*")
	f.Add("%zz%4")
	f.Fuzz(func(t *testing.T, s string) {
		got := string(appendReescaped(nil, s))
		if again := string(appendReescaped(nil, got)); again != got {
			t.Fatalf("%q is escaped as %q and that as %q", s, got, again)
		}
		if plain, err := url.QueryUnescape(s); err == nil {
			if want := strings.ReplaceAll(url.QueryEscape(plain), "+", "%20"); got != want {
				t.Fatalf("%q is escaped as %q, want %q", s, got, want)
			}
		}
	})
}
