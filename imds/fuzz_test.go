package imds_test

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/imds"
)

// FuzzMetadata sends requests as they come over the network. In them, TOKEN is a token of
// IMDSv2 and SECRET the token of the containers. No request makes the endpoint fail, and
// none gets credentials without a token.
func FuzzMetadata(f *testing.F) {
	const token, container = "X-aws-ec2-metadata-token: TOKEN", "Authorization: SECRET"
	for _, request := range [][]string{
		{"PUT /latest/api/token HTTP/1.1", "Host: 169.254.169.254", "X-aws-ec2-metadata-token-ttl-seconds: 60"},
		{"PUT /latest/api/token HTTP/1.1", "Host: localhost", "X-aws-ec2-metadata-token-ttl-seconds: -1", "X-Forwarded-For: 192.0.2.1"},
		{"GET / HTTP/1.1", "Host: 127.0.0.1", token},
		{"GET /latest/meta-data/iam/ HTTP/1.1", "Host: 127.0.0.1", token},
		{"GET /latest/meta-data/iam/security-credentials/app HTTP/1.1", "Host: 127.0.0.1", token},
		{"GET /latest/meta-data/iam/security-credentials/app HTTP/1.1", "Host: 127.0.0.1"},
		{"HEAD /latest//meta-data/../dynamic/instance-identity/document?x=%zz HTTP/1.0", "Host: [::1]:1338", token},
		{"GET /2021-03-23/meta-data/network/interfaces/macs/ HTTP/1.1", "Host: localhost.", token},
		{"GET http://127.0.0.1/latest/meta-data/placement/region HTTP/1.1", "Host: evil.example", token},
		{"GET /v2/credentials/app HTTP/1.1", "Host: localhost", container},
		{"GET /v1/credentials/arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fx%2Fapp HTTP/1.1", "Host: localhost", container},
		{"GET /v2/credentials/shy HTTP/1.1", "Host: localhost", container},
		{"GET /v2/credentials/app HTTP/1.1", "Host: localhost", "Authorization: SECRE"},
		{"DELETE /v2/credentials/ HTTP/1.1", "Host: localhost", container},
	} {
		f.Add(strings.Join(request, "\r\n") + "\r\n\r\n")
	}
	f.Fuzz(func(t *testing.T, text string) {
		m := newMachine(t, func(o *imds.Options) { o.Token = "hush" })
		_, issued, _ := strings.Cut(m.token("60"), ": ")
		knows := strings.Contains(text, "TOKEN") || strings.Contains(text, "SECRET") || strings.Contains(text, "hush")
		text = strings.NewReplacer("TOKEN", issued, "SECRET", "hush").Replace(text)
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(text)))
		if err != nil {
			return
		}
		r.RemoteAddr = "127.0.0.1:50000"
		w := httptest.NewRecorder()
		m.ServeHTTP(w, r)
		if w.Code >= 500 {
			t.Errorf("%q: %d %s", text, w.Code, w.Body)
		}
		if len(m.started) > 0 && !knows || strings.Contains(w.Body.String(), "secret") && len(m.started) == 0 {
			t.Errorf("%q gets credentials: %d %s", text, w.Code, w.Body)
		}
	})
}
