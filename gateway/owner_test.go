package gateway_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/iamtest"
)

const firstAccount, secondAccount = "000000000000", "111111111111"

// apart is an upstream that keeps accounts apart: the bucket "second" is of the second
// account, and all other buckets are of the first.
func apart(w http.ResponseWriter, r *http.Request) {
	account := r.Header.Get("X-Moto-Account-Id")
	switch {
	case r.URL.Path == "/" && r.Method == http.MethodGet && account == secondAccount:
		_, _ = io.WriteString(w, "<ListAllMyBucketsResult><Buckets><Bucket><Name>second</Name></Bucket></Buckets></ListAllMyBucketsResult>")
	case r.URL.Path == "/" && r.Method == http.MethodGet:
		_, _ = io.WriteString(w, "<ListAllMyBucketsResult><Buckets><Bucket><Name>bucket</Name></Bucket></Buckets></ListAllMyBucketsResult>")
	case r.URL.RawQuery == "policy" && r.URL.Path == "/second" && account == secondAccount:
		fmt.Fprint(w,
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"s3:GetObject","Resource":"*"}]}`)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func withAccounts(t *testing.T) (*iamtest.Server, *upstream) {
	t.Helper()
	up := newUpstream(t, nil)
	up.asked = apart
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL), iamtest.WithUpstreamAccount("caller"))
	srv.Seed(`accounts: [{id: "000000000000"}, {id: "111111111111"}]`) // an account that nobody has used is not asked for
	return srv, up
}

func rootOf(account string) sigv4.Credentials {
	return sigv4.Credentials{AccessKeyID: account, SecretAccessKey: "test"}
}

// Where each account has resources of its own, a bucket is of the account that the
// upstream lists it for, its policy decides calls of other accounts, and the upstream
// serves the call as one of the owner.
func TestBucketsOfOtherAccounts(t *testing.T) {
	t.Parallel()
	srv, up := withAccounts(t)
	for name, c := range map[string]struct {
		request request
		status  int // 0 for a denial
	}{
		"its own bucket":                        {by(s3(http.MethodGet, "/second/a", ""), rootOf(secondAccount)), 200},
		"another's, whose policy allows":        {by(s3(http.MethodGet, "/second/a", ""), rootOf(firstAccount)), 200},
		"another's, whose policy is about less": {by(s3(http.MethodDelete, "/second/a", ""), rootOf(firstAccount)), 0},
		"another's without a policy":            {by(s3(http.MethodGet, "/bucket/a", ""), rootOf(secondAccount)), 0},
		"a bucket that does not exist":          {by(s3(http.MethodGet, "/third/a", ""), rootOf(secondAccount)), 200},
		"a bucket that is made":                 {by(s3(http.MethodPut, "/bucket", ""), rootOf(secondAccount)), 200},
	} {
		expect(t, srv, name, c.request, c.status)
		for _, got := range up.took() {
			account := secondAccount
			if c.status == 0 || got.Header.Get("X-Moto-Account-Id") != account {
				t.Errorf("%s: the upstream got %s %s of account %s", name, got.Method, got.Target, got.Header.Get("X-Moto-Account-Id"))
			}
		}
	}
}

// A bucket whose policy a seed declares is of the account in which it is declared, also
// where the upstream holds the resources of one account.
func TestDeclaredOwners(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	declare(t, srv, secondAccount, "arn:aws:s3:::second",
		`{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"s3:GetObject","Resource":"*"}`)
	expect(t, srv, "the owner", by(s3(http.MethodGet, "/second/a", ""), rootOf(secondAccount)), http.StatusOK)
	expect(t, srv, "another account", by(s3(http.MethodGet, "/second/a", ""), rootOf(firstAccount)), 0)
}

// The owner of a bucket is compared with the account that a request expects.
func TestExpectedOwners(t *testing.T) {
	t.Parallel()
	srv, up := withAccounts(t)
	const header, source = "X-Amz-Expected-Bucket-Owner", "X-Amz-Source-Expected-Bucket-Owner"
	for name, c := range map[string]struct {
		method, target string
		header         http.Header
		status         int
		says           string
	}{
		"the owner": {http.MethodGet, "/second/a", http.Header{header: {secondAccount}}, 200, ""},
		"another account": {
			http.MethodGet, "/second/a", http.Header{header: {firstAccount}}, 403,
			"<Code>AccessDenied</Code><Message>Access Denied</Message>",
		},
		"no account": {
			http.MethodGet, "/second/a", http.Header{header: {"me"}}, 400,
			"<Code>InvalidBucketOwnerAWSAccountID</Code><Message>The value of the expected bucket owner parameter must be an AWS Account ID... [me]</Message>",
		},
		"nothing":                {http.MethodGet, "/second/a", http.Header{header: {""}}, 400, "InvalidBucketOwnerAWSAccountID"},
		"where a bucket is made": {http.MethodPut, "/third", http.Header{header: {firstAccount}}, 200, ""},
		"a copy's source": {
			http.MethodPut, "/second/b", http.Header{
				"X-Amz-Copy-Source": {"second/a"}, header: {secondAccount}, source: {secondAccount},
			}, 200, "",
		},
		"another account for a copy's source": {http.MethodPut, "/second/b",
			http.Header{"X-Amz-Copy-Source": {"second/a"}, header: {secondAccount}, source: {firstAccount}},
			403, "Access Denied"},
	} {
		q := by(s3(c.method, c.target, ""), rootOf(secondAccount))
		q.header = c.header
		res, body := q.send(t, srv)
		if res.StatusCode != c.status || !strings.Contains(body, c.says) || (len(up.took()) == 1) != (c.status == 200) {
			t.Errorf("%s is answered %d %s", name, res.StatusCode, body)
		}
		if c.status != http.StatusForbidden {
			continue
		}
		record, err := srv.Decision(res.Header.Get("X-Amzn-Requestid"))
		if err != nil || record.Verdict != events.Refused || record.Refusal.Stage != "parameters" || len(record.Refusal.Check) == 0 ||
			!strings.HasPrefix(record.Refusal.Compared[0].Want, firstAccount) || record.Refusal.Compared[0].Got != secondAccount {
			t.Errorf("%s: recorded %+v, %v", name, record, err)
		}
	}
}

// An upstream that does not say whose a bucket is fails the call: nobody's policy would
// be asked otherwise.
func TestOwnersThatAreNotSaid(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	up.asked = func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL), iamtest.WithUpstreamAccount("caller"))
	get := s3(http.MethodGet, "/second/a", "")
	if res, body := get.send(t, srv); res.StatusCode != http.StatusBadGateway || up.took() != nil {
		t.Errorf("answered %d %s", res.StatusCode, body)
	}
}
