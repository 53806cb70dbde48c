package sigv4

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// vector is a signed request as it goes over the wire, with a name.
type vector struct{ name, raw string }

// vectors reads a file of testdata, whose first lines say who signed its
// requests, with which credentials and how.
func vectors(t testing.TB, file string) []vector {
	t.Helper()
	data, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(data), "\n=== ")[1:]
	if len(parts) < 7 {
		t.Fatalf("%s has only %d requests", file, len(parts))
	}
	var all []vector
	for _, part := range parts {
		name, raw, _ := strings.Cut(part, "\n")
		all = append(all, vector{name, raw + "\n"}) // the cut took the last line end
	}
	return all
}

// request reads the vector as a server would.
func (v vector) request(t testing.TB) (*http.Request, []byte) {
	t.Helper()
	return readRequest(t, v.raw)
}

func readRequest(t testing.TB, raw string) (*http.Request, []byte) {
	t.Helper()
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(raw)))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r, body
}

// signedVectors are the files of other signers' requests.
var signedVectors = []string{"botocore.txt", "curl.txt", "sigv4a.txt"}

func TestOtherSignersVerify(t *testing.T) {
	for _, file := range signedVectors {
		for _, v := range vectors(t, file) {
			t.Run(file+"/"+v.name, func(t *testing.T) {
				r, body := v.request(t)
				s, err := Parse(r)
				if err != nil {
					t.Fatal(err)
				}
				if s.Service != "iam" && s.Service != "sts" {
					t.Errorf("service %q", s.Service)
				}
				if err := inScope(s, s.Service, s.time); err != nil {
					t.Error(err)
				}
				if err := s.Verify(testSecret, body); err != nil {
					t.Error(err)
				}
				if strings.Contains(v.name, "token") != (s.SessionToken == testToken) {
					t.Errorf("token %q", s.SessionToken)
				}
				if err := s.Verify(testSecret[1:], body); err == nil {
					t.Error("another secret verifies")
				}
			})
		}
	}
}

// TestAWSTestSuite holds requests of AWS's own test suite for signers
// (aws-sig-v4-test-suite) and of the IAM User Guide, all signed at
// 20150830T123600Z, with AWS's signatures.
func TestAWSTestSuite(t *testing.T) {
	const head = "\nHost:example.amazonaws.com\nX-Amz-Date:20150830T123600Z\n"
	cases := map[string]struct{ request, scope, headers, signature string }{
		"get-vanilla": {"GET / HTTP/1.1" + head, "service", "host;x-amz-date",
			"5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
		"get-relative": {"GET /example/.. HTTP/1.1" + head, "service", "host;x-amz-date",
			"5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
		"get-slashes": {"GET // HTTP/1.1" + head, "service", "host;x-amz-date",
			"5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
		"get-vanilla-query-order-key-case": {"GET /?Param2=value2&Param1=value1 HTTP/1.1" + head, "service", "host;x-amz-date",
			"b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
		"get-header-value-trim": {"GET / HTTP/1.1\nHost:example.amazonaws.com\nMy-Header1: value1\nMy-Header2: \"a   b   c\"\nX-Amz-Date:20150830T123600Z\n",
			"service", "host;my-header1;my-header2;x-amz-date",
			"acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
		"get-header-key-duplicate": {"GET / HTTP/1.1\nHost:example.amazonaws.com\nMy-Header1:value2\nMy-Header1:value2\nMy-Header1:value1\nX-Amz-Date:20150830T123600Z\n",
			"service", "host;my-header1;x-amz-date",
			"c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"},
		"post-vanilla": {"POST / HTTP/1.1" + head, "service", "host;x-amz-date",
			"5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
		"iam list-users": {"GET /?Action=ListUsers&Version=2010-05-08 HTTP/1.1\nHost: iam.amazonaws.com\n" +
			"Content-Type: application/x-www-form-urlencoded; charset=utf-8\nX-Amz-Date: 20150830T123600Z\n",
			"iam", "content-type;host;x-amz-date",
			"5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"},
	}
	now := time.Date(2015, 8, 30, 12, 36, 0, 0, time.UTC)
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r, body := readRequest(t, c.request+"Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/"+
				c.scope+"/aws4_request, SignedHeaders="+c.headers+", Signature="+c.signature+"\n\n")
			s, err := Parse(r)
			if err != nil {
				t.Fatal(err)
			}
			if err := inScope(s, c.scope, now); err != nil {
				t.Error(err)
			}
			if err := s.Verify("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", body); err != nil {
				x := new(scratch)
				canonical, _ := x.canonical(s, form{}, []byte("-"))
				t.Errorf("%v\n%s", err, bytes.TrimSpace(canonical))
			}
		})
	}
}

func newReader(wire string) *bufio.Reader { return bufio.NewReader(strings.NewReader(wire)) }
