package sigv4

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// mistaken is a request that is signed and then changed.
type mistaken struct {
	name   string
	url    string // signed; empty is that of the server
	body   string
	header http.Header
	secret string // of the signer; empty is that of the key

	payload string                // what is signed for the body; empty is its hash
	sent    func(*http.Request)   // changes the request on its way
	spell   func(*Signature) form // signs with another spelling
	want    string                // in the sentence; empty: no single change
}

const (
	serverURL = "http://127.0.0.1:4260/"
	keySecret = "the-secret-of-the-key"
)

var diagnosed = []mistaken{
	{name: "the default secret", secret: "test", want: "it was signed with the default secret"},
	{name: "another key's secret", secret: "second-secret", want: "it was signed with the secret of key two"},
	{name: "a line feed behind the secret", secret: keySecret + "\n", want: "a line feed after it"},
	{name: "quotation marks around the secret", secret: `"` + keySecret + `"`, want: "quotation marks"},
	{name: "an empty body was signed", body: "Action=X", payload: HashPayload(nil), want: "the hash of an empty body"},
	{name: "an unsigned payload", body: "Action=X", payload: UnsignedPayload, want: "UNSIGNED-PAYLOAD was signed"},
	{name: "a proxy rewrote the host", url: "http://iam.corp.example/", sent: func(r *http.Request) {
		r.Host = "127.0.0.1:4260"
		r.Header.Set("X-Forwarded-Host", "iam.corp.example")
	}, want: "as X-Forwarded-Host says"},
	{name: "AWS's host", url: "https://iam.amazonaws.com/", sent: func(r *http.Request) { r.Host = "127.0.0.1:4260" },
		want: "as AWS's endpoint has it"},
	{name: "another local name", url: "http://localhost:4260/", sent: func(r *http.Request) { r.Host = "127.0.0.1:4260" },
		want: "the host localhost:4260 was signed"},
	{name: "a port that is not sent", url: "http://iam.corp.example:443/", sent: func(r *http.Request) { r.Host = "iam.corp.example" },
		want: "iam.corp.example:443 was signed"},
	{name: "a header was changed", header: http.Header{"Content-Type": {"application/x-www-form-urlencoded; charset=utf-8"}},
		sent: func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") },
		want: "Content-Type was application/x-www-form-urlencoded; charset=utf-8 when"},
	{name: "a value was added to a header", header: http.Header{"X-Team": {"a"}},
		sent: func(r *http.Request) { r.Header.Add("X-Team", "b") }, want: "a second value of the header X-Team was added"},
	{name: "a value was put before one of a header", header: http.Header{"X-Team": {"a"}},
		sent: func(r *http.Request) { r.Header["X-Team"] = []string{"b", "a"} }, want: "before the one that was signed"},
	{name: "a value was added to the text of a header", header: http.Header{"X-Team": {"a"}},
		sent: func(r *http.Request) { r.Header.Set("X-Team", "a, b") }, want: "another one was signed"},
	{name: "an empty header was filled", header: http.Header{"X-Team": {""}}, sent: func(r *http.Request) { r.Header.Set("X-Team", "b") },
		want: "was empty when it was signed"},
	{name: "the query in the order in which it was sent", url: serverURL + "?Version=1&Action=X",
		spell: func(*Signature) form { return form{query: "Version=1&Action=X"} }, want: "in the order in which it was sent"},
	{name: "the query without encoding", url: serverURL + "?Action=X&a=b/c",
		spell: func(*Signature) form { return form{query: "Action=X&a=b/c"} }, want: "encoded"},
	{name: "a query that was added", sent: func(r *http.Request) { r.URL.RawQuery = "a=b" }, want: "added after signing"},
	{name: "the path encoded once", url: serverURL + "a%20b", spell: func(*Signature) form { return form{path: "/a%20b"} },
		want: "not encoded again: /a%20b"},
	{name: "the path encoded three times", url: serverURL + "a%20b", spell: func(*Signature) form { return form{path: "/a%252520b"} },
		want: "encoded three times"},
	{name: "a wholly other secret", secret: "nobody's"},
	{name: "two changes", secret: "test", sent: func(r *http.Request) { r.Host = "elsewhere.example" }},
}

func TestDiagnose(t *testing.T) {
	t.Parallel()
	for _, c := range diagnosed {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, payload := c.send(t)
			if s.VerifyPayload(keySecret, payload) == nil {
				t.Fatal("it matches as it is")
			}
			got := s.Diagnose(keySecret, payload, []Suspect{{"the default secret", "test"}, {"the secret of key two", "second-secret"}})
			if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
				t.Errorf("%q; want %q in it", got, c.want)
			}
			if strings.Contains(got, keySecret) || strings.Contains(got, "second-secret") {
				t.Errorf("%q says a secret", got)
			}
		})
	}
}

// send signs the request, changes it, and reads its signature.
func (c *mistaken) send(t *testing.T) (*Signature, string) {
	t.Helper()
	url, secret := c.url, c.secret
	if url == "" {
		url = serverURL
	}
	if secret == "" {
		secret = keySecret
	}
	r, err := http.NewRequest(http.MethodPost, url, strings.NewReader(c.body))
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range c.header {
		r.Header[name] = values
	}
	payload := HashPayload([]byte(c.body))
	signed := payload
	if c.payload != "" {
		signed = c.payload
	}
	signer := Signer{Credentials: Credentials{AccessKeyID: "AKIA", SecretAccessKey: secret}, Service: "iam", Region: "us-east-1"}
	signer.Sign(r, signed, time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	if c.spell != nil {
		c.respell(t, r, secret, signed)
	}
	if c.sent != nil {
		c.sent(r)
	}
	s, err := Parse(r)
	if err != nil {
		t.Fatal(err)
	}
	return s, payload
}

// respell signs the request again as a signer does who spells it otherwise.
func (c *mistaken) respell(t *testing.T, r *http.Request, secret, payload string) {
	t.Helper()
	s, err := Parse(r)
	if err != nil {
		t.Fatal(err)
	}
	x := scratches.Get().(*scratch)
	defer x.release()
	canonical, _ := x.canonical(s, c.spell(s), []byte(payload))
	var sum hexHash
	s.sign(secret, x.stringToSign(s, canonical), &sum)
	r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), s.given, string(sum[:]), 1))
}

// What is shown of a request is what was signed, without what may be secret.
func TestShown(t *testing.T) {
	t.Parallel()
	c := mistaken{url: serverURL + "?Action=ChangePassword&NewPassword=hunter2&a=1",
		header: http.Header{"Cookie": {"session=hunter2"}, "X-Amz-Security-Token": {"hunter2"}}, body: "b"}
	s, payload := c.send(t)
	canonical, toSign := s.Shown(payload)
	for _, want := range []string{
		"POST\n/\nAction=ChangePassword&NewPassword=LEFT-OUT&a=LEFT-OUT\n", "\ncookie:LEFT-OUT\n", "\nhost:127.0.0.1:4260\n",
		"\nx-amz-date:20260301T120000Z\n", "\n" + payload,
	} {
		if !strings.Contains(canonical, want) {
			t.Errorf("no %q in\n%s", want, canonical)
		}
	}
	if strings.Contains(canonical+toSign, "hunter2") {
		t.Errorf("a secret in\n%s\n%s", canonical, toSign)
	}
	if !strings.HasPrefix(toSign, "AWS4-HMAC-SHA256\n20260301T120000Z\n20260301/us-east-1/iam/aws4_request\n") {
		t.Errorf("the string to sign is\n%s", toSign)
	}
	if r := s.request; r.Header.Get("Cookie") != "session=hunter2" || !strings.Contains(r.URL.RawQuery, "hunter2") {
		t.Error("the request was changed")
	}
	long := mistaken{header: http.Header{"User-Agent": {"x"}, "X-Amz-Target": {strings.Repeat("x", 2*maxShown)}}}
	s, payload = long.send(t)
	if canonical, _ = s.Shown(payload); len(canonical) > maxShown+3 {
		t.Errorf("%d bytes are shown", len(canonical))
	}
}

// A signature that names a header that is not there cannot be spelled.
func TestShownWithoutASignedHeader(t *testing.T) {
	t.Parallel()
	c := mistaken{header: http.Header{"X-Team": {"a"}}, sent: func(r *http.Request) { r.Header.Del("X-Team") }}
	s, payload := c.send(t)
	if canonical, toSign := s.Shown(payload); canonical != "" || toSign != "" {
		t.Errorf("shown: %q, %q", canonical, toSign)
	}
	if got := s.Absent(); !slices.Equal(got, []string{"x-team"}) {
		t.Errorf("absent: %v", got)
	}
	c.sent = nil
	if s, _ = c.send(t); s.Absent() != nil {
		t.Errorf("absent: %v, and all are there", s.Absent())
	}
}

// A client cannot make the server try more than some changes, however many values it
// sends.
func TestChangesAreBounded(t *testing.T) {
	t.Parallel()
	many := strings.Repeat("a b, ", 4000)
	for name, header := range map[string]http.Header{
		"values of a header": {"X-Team": {many}},
		"words of a client":  {"User-Agent": {many}},
		"hosts of a proxy":   {"X-Forwarded-Host": {many}, "X-Original-Host": {many}, "X-Forwarded-Server": {many}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := http.NewRequest(http.MethodPost, serverURL, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header = header
			c := Change{
				signature: &Signature{request: r, signedHeaders: strings.ToLower(strings.Join(slices.Sorted(maps.Keys(header)), ";"))},
			}
			for _, list := range []func(Change, []Suspect) []Change{hostChanges, headerChanges} {
				if n := len(list(c, nil)); n > maxChanges+len(header) {
					t.Errorf("%d changes are tried", n)
				}
			}
			if n := len(hostChanges(c, nil)); n > 100 {
				t.Errorf("%d hosts are tried", n)
			}
		})
	}
}
