package gateway_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/iamtest"
)

// Of DeleteObjects the keys that are denied are left out, and have their errors in the
// answer.
func TestDeleteObjectsKeyByKey(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			t.Error("the upstream is asked for a compressed answer, which cannot be read here")
		}
		_, _ = io.WriteString(w,
			`<DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Deleted><Key>mine</Key></Deleted></DeleteResult>`)
	})
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	ana := user(t, srv, "ana", `{"Effect":"Allow","Action":"s3:DeleteObject","Resource":"arn:aws:s3:::bucket/mine"}`)
	q := s3(http.MethodPost, "/bucket?delete", `<Delete><Object><Key>mine</Key></Object><Object><Key>other</Key></Object></Delete>`)
	q.key = ana
	res, body := q.send(t, srv)
	got := up.took()
	if res.StatusCode != 200 || !strings.Contains(body, "<Deleted><Key>mine</Key>") || !strings.Contains(body, "<Key>other</Key>") ||
		!strings.Contains(body, "<Code>AccessDenied</Code>") || !strings.Contains(body, "s3:DeleteObject on resource: ") {
		t.Errorf("answered %d %s", res.StatusCode, body)
	}
	if len(got) != 1 || !strings.Contains(got[0].Body, "mine") || strings.Contains(got[0].Body, "other") {
		t.Errorf("the upstream got %+v", got)
	}
	q.body = `<Delete><Object><Key>other</Key></Object></Delete>`
	res, body = q.send(t, srv)
	if res.StatusCode != 200 || !strings.Contains(body, "<Code>AccessDenied</Code>") || up.took() != nil {
		t.Errorf("answered %d %s where all is denied", res.StatusCode, body)
	}
	if record, err := srv.Decision(res.Header.Get("X-Amz-Request-Id")); err != nil || record.Verdict != "denied" {
		t.Errorf("recorded %+v, %v", record, err)
	}
}
