package server

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/federation/idp"
	"github.com/understudy-iam/understudy/management"
)

// maxFuzzedCalls is how many calls of an input are made.
const maxFuzzedCalls = 8

// FuzzCalls makes the calls of an input, a line each, signed by root or by a user.
// Whatever they say, they are answered, and the state stays one that can be
// exported.
func FuzzCalls(f *testing.F) {
	s := newFuzzed(f)
	i := 0
	for bodies := range slices.Chunk(sampleBodies(f), maxFuzzedCalls) {
		f.Add(i%4 == 0, i%2 == 0, strings.Join(bodies, "\n"))
		i++
	}
	f.Fuzz(func(t *testing.T, asAna, asJSON bool, calls string) {
		by := s.root
		if asAna {
			by = s.ana
		}
		for i, body := range strings.Split(calls, "\n") {
			if i == maxFuzzedCalls {
				break
			}
			r, ok := s.request(http.MethodPost, "/", body, signed(by, serviceOf(body), body))
			if !ok {
				t.Fatalf("%q cannot be sent", body)
			}
			if asJSON {
				r.Header.Set("Accept", "application/json")
			}
			if w := s.serve(t, s, r); strings.Contains(w.Body.String(), "SignatureDoesNotMatch") {
				t.Errorf("a good signature is refused: %s", w.Body)
			}
		}
		s.end(t)
	})
}

// serviceOf is the service whose version the parameters name.
func serviceOf(form string) string {
	if strings.Contains(form, "Version=2011-06-15") {
		return "sts"
	}
	return "iam"
}

// FuzzPresigned signs a query, adds to it, and sends it: it is answered, and with
// an addition that changes what it says it is refused.
func FuzzPresigned(f *testing.F) {
	s := newFuzzed(f)
	for i, body := range sampleBodies(f) {
		if i%8 != 0 { // FuzzCalls tries what the operations do
			continue
		}
		i /= 8
		f.Add(body, []string{"", "&Action=DeleteUser", "&X-Amz-Signature=0", "&&"}[i%4], int64(i))
	}
	f.Add("X-Amz-Expires=1&Action=GetUser&Version=2010-05-08&X-Amz-Date=20200101T000000Z", "", int64(0))
	f.Fuzz(func(t *testing.T, query, addition string, seconds int64) {
		presign := func(r *http.Request) {
			signer := *s.root
			signer.Service = serviceOf(query)
			signer.Presign(r, sigv4.HashPayload(nil), fuzzTime, time.Duration(seconds)*time.Second)
		}
		r, ok := s.request(http.MethodGet, "/?"+query, "", presign)
		if !ok || strings.Contains(query, "#") {
			return
		}
		r.URL.RawQuery += addition
		r.RequestURI += addition
		w := s.serve(t, s, r)
		if w.Code == http.StatusOK && says(addition) {
			t.Errorf("%s is taken with %q: %d %s", query, addition, w.Code, w.Body)
		}
		s.end(t)
	})
}

// says reports whether a part of a query has a meaning. Separators have none, nor has a
// second signature: the first one counts.
func says(query string) bool {
	for _, part := range strings.Split(query, "&") {
		name, _, _ := strings.Cut(part, "=")
		if plain, err := url.QueryUnescape(name); part != "" && (err != nil || plain != "X-Amz-Signature") {
			return true
		}
	}
	return false
}

// FuzzAuthorize asks what may be asked by emulators of other services.
func FuzzAuthorize(f *testing.F) {
	s := newFuzzed(f)
	for _, q := range s.sampleQuestions() {
		body, err := json.Marshal(q)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	f.Add([]byte(`{"principal":"arn:aws:iam::000000000000:user/ana","action":"s3:GetObject","context":{"a":[1,true,null,{"b":[]}]}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		w := s.manage(t, management.Path+"authorize", "application/json", body)
		if w.code == http.StatusOK && !json.Valid(w.body) {
			t.Errorf("an answer that is not JSON: %s", w.body)
		}
		s.end(t)
	})
}

func (s *fuzzed) sampleQuestions() []management.Question {
	r, _ := s.request(http.MethodPost, "/bucket/key", "x", signed(s.ana, "s3", "x"))
	headers := map[string]string{}
	for name := range r.Header {
		headers[name] = r.Header.Get(name)
	}
	key := management.Credentials(s.ana.Credentials)
	tls := true
	return []management.Question{
		{Principal: "arn:aws:iam::000000000000:user/ana",
			Access: management.Access{Action: "iam:GetUser", Resource: "arn:aws:iam::000000000000:user/ana"}},
		{Principal: "arn:aws:sts::000000000000:assumed-role/deploy/x",
			Access: management.Access{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k", ResourceAccount: "111122223333",
				ResourceTags:   map[string]string{"team": "red"},
				ResourcePolicy: `{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:username}*"}}`}},
		{Principal: "arn:aws:iam::000000000000:root",
			Access: management.Access{Action: "sts:AssumeRole", Resource: "*", Region: "eu-west-1", SecureTransport: &tls}},
		{Principal: "role/deploy", SessionPolicy: `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`,
			Enforce: true, Access: management.Access{Action: "s3:GetObject"}},
		{Credentials: &key, Access: management.Access{
			Action: "s3:GetObject", Context: map[string]any{"s3:prefix": "a/", "aws:TagKeys": []string{"team", ""}}, SourceIP: "192.0.2.1",
			UserAgent: "x",
		}},
		{SignedRequest: &management.SignedRequest{Method: r.Method, Host: r.Host, Target: "/bucket/key", Headers: headers,
			Body: []byte("x")}, Access: management.Access{Action: "s3:PutObject", SourceIP: "::1"}},
	}
}

type managed struct {
	code int
	body []byte
}

// manage posts to a management route.
func (s *fuzzed) manage(t *testing.T, path, contentType string, body []byte) managed {
	t.Helper()
	r, ok := s.request(http.MethodPost, path, string(body), func(r *http.Request) { r.Header.Set("Content-Type", contentType) })
	if !ok {
		t.Fatalf("%s cannot be asked", path)
	}
	w := s.serve(t, s, r)
	return managed{w.Code, w.Body.Bytes()}
}

// FuzzImport sends seeds: they are applied, or refused with the place of the fault.
func FuzzImport(f *testing.F) {
	s := newFuzzed(f)
	kinds := []string{"application/yaml", "application/json", "multipart/form-data; boundary=x"}
	for _, text := range sampleSeeds(f, s) {
		for kind := range kinds {
			f.Add(uint8(kind), text)
		}
	}
	f.Add(uint8(2),
		[]byte("--x\r\nContent-Disposition: form-data; name=\"seed\"; filename=\"s\"\r\n\r\naccounts: [{id: '111122223333', users: [{name: a, inline: {p: p.json}}]}]\r\n"+
			"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"p.json\"\r\n\r\n{\"Statement\":[]}\r\n--x--\r\n"))
	f.Fuzz(func(t *testing.T, kind uint8, text []byte) {
		w := s.manage(t, management.Path+"seed", kinds[int(kind)%len(kinds)], text)
		if w.code != http.StatusOK && !strings.Contains(string(w.body), `"error"`) {
			t.Errorf("a refusal without a reason: %d %s", w.code, w.body)
		}
		s.end(t)
	})
}

// FuzzAssertion lets the local identity provider sign whatever it is asked to
// sign, and assumes a role with it. Documents that are not signed are for
// FuzzVerify of package saml.
func FuzzAssertion(f *testing.F) {
	s := newFuzzed(f)
	role := []idp.SAMLRole{{Role: "arn:aws:iam::000000000000:role/ci/deploy", Provider: "arn:aws:iam::000000000000:saml-provider/idp"}}
	for _, r := range []idp.SAMLRequest{
		{Subject: "ana", Roles: role},
		{Subject: "ana", Roles: role, SessionName: "x", SessionDuration: 900, Tags: map[string]string{"team": "red"},
			TransitiveTagKeys: []string{"team"}, SourceIdentity: "ana"},
		{Subject: "ana", Roles: role, Attributes: map[string]idp.Texts{"https://aws.amazon.com/SAML/Attributes/Role": {"a,b", " , "},
			"x": {"<>&"}}, Audience: "urn:x", Recipient: "https://x/"},
		{Subject: "ana", Roles: role, Issuer: "https://other.example.com", ExpiresIn: -1, IssuedAgo: 100, ValidIn: 3,
			SessionExpiresIn: 1000, SubjectFormat: "urn:y"},
	} {
		body, err := json.Marshal(r)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body, role[0].Role, role[0].Provider)
	}
	f.Fuzz(func(t *testing.T, request []byte, role, provider string) {
		signed := s.manage(t, idpPath+"saml/assertion", "application/json", request)
		var made idp.SAMLResponse
		if signed.code != http.StatusOK || json.Unmarshal(signed.body, &made) != nil {
			return
		}
		if _, err := base64.StdEncoding.DecodeString(made.Response); err != nil {
			t.Fatal(err)
		}
		s.postUnsigned(t, url.Values{
			"Action": {"AssumeRoleWithSAML"}, "Version": {"2011-06-15"}, "RoleArn": {role}, "PrincipalArn": {provider},
			"SAMLAssertion": {made.Response},
		})
		s.end(t)
	})
}

func (s *fuzzed) postUnsigned(t *testing.T, form url.Values) {
	t.Helper()
	r, ok := s.request(http.MethodPost, "/", form.Encode(),
		func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") })
	if !ok {
		t.Fatal("the form cannot be sent")
	}
	s.serve(t, s, r)
}
