package gateway_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/iamtest"
)

func TestLeadingKeys(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	var asked atomic.Int32
	up.asked = func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".DescribeTable") {
			asked.Add(1)
			_, _ = w.Write([]byte(`{"Table":{"KeySchema":[{"AttributeName":"title","KeyType":"RANGE"},{"AttributeName":"user","KeyType":"HASH"}]}}`))
		}
	}
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL), still())
	ana := user(t, srv, "ana",
		`[{"Effect":"Allow","Action":"dynamodb:PutItem","Resource":"*","Condition":{"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":["${aws:username}"]}}},`+
			`{"Effect":"Allow","Action":"dynamodb:UpdateTable","Resource":"*"}]`)
	put := func(name string) int {
		q := dynamoDB("PutItem", `{"TableName":"Games","Item":{"title":{"S":"ana"},"user":{"S":"`+name+`"}}}`)
		q.key = ana
		res, _ := q.send(t, srv)
		return res.StatusCode
	}
	described := func() int { return int(asked.Swap(0)) }
	if own, other := put("ana"), put("bob"); own != http.StatusOK || other != http.StatusBadRequest {
		t.Errorf("one's own item is answered %d, another's %d", own, other)
	}
	if n := described(); n != 1 {
		t.Errorf("the table was asked for %d times", n)
	}
	change := dynamoDB("UpdateTable", `{"TableName":"Games"}`)
	change.key = ana
	change.send(t, srv)
	if put("ana"); described() != 1 {
		t.Error("the keys of a table that was changed are not asked for again")
	}
}

// copiesA may read and write what begins with "a".
const copiesA = `[{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::b/a*"}]`

func TestCopiesAreSentOnAsTheyAreDecided(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	q := s3(http.MethodPut, "/b/a2", "")
	q.key, q.header = user(t, srv, "ana", copiesA), http.Header{"X-Amz-Copy-Source": {"b%2Fa+1#"}}
	if res, body := q.send(t, srv); res.StatusCode != http.StatusOK {
		t.Errorf("answered %d %s", res.StatusCode, body)
	}
	if got := up.took(); len(got) != 1 || got[0].Header.Get("X-Amz-Copy-Source") != "b/a%201%23" {
		t.Errorf("the upstream got %+v", got)
	}
	q.header = http.Header{"X-Amz-Copy-Source": {"b/secret"}}
	if res, _ := q.send(t, srv); res.StatusCode != http.StatusForbidden || up.took() != nil {
		t.Errorf("a copy of what the caller may not read is answered %d", res.StatusCode)
	}
}

func TestSignatureAge(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	for limit, want := range map[string]int{"600000": http.StatusOK, "-1": http.StatusForbidden} {
		key := user(t, srv, "age"+limit, `[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"},`+
			`{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"NumericGreaterThan":{"s3:signatureAge":"`+limit+`"}}}]`)
		q := s3(http.MethodGet, "/b/a", "")
		q.unsigned, q.change = true, func(r *http.Request) {
			signer := sigv4.Signer{Credentials: key, Service: "s3", Region: "us-east-1"}
			signer.Presign(r, sigv4.UnsignedPayload, time.Now(), time.Minute)
		}
		if res, body := q.send(t, srv); res.StatusCode != want {
			t.Errorf("a presigned URL that may be %s old is answered %d %s, want %d", limit, res.StatusCode, body, want)
		}
	}
}
