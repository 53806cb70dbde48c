package draft_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/draft"
)

func policyOf(t *testing.T, text string, kind evaluator.Kind) []*evaluator.Policy {
	t.Helper()
	p, err := evaluator.Compile(text, kind, evaluator.Origin{})
	if err != nil {
		t.Fatal(err)
	}
	return []*evaluator.Policy{p}
}

func TestUnused(t *testing.T) {
	t.Parallel()
	policies := policyOf(t, `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":["s3:Get*","s3:PutObject"],"Resource":["arn:aws:s3:::a/*","arn:aws:s3:::b/*","arn:aws:s3:::${aws:username}/*"]},
		{"Effect":"Allow","Action":"sqs:*","Resource":"*"},
		{"Effect":"Deny","Action":"iam:*","Resource":"*"}]}`, evaluator.Identity)
	calls := []draft.Call{
		{Action: "s3:GetObject", Resource: "arn:aws:s3:::a/x"},
		{Action: "sqs:SendMessage", Resource: "arn:aws:sqs:us-east-1:111122223333:q", Verdict: draft.Denied},
	}
	type row struct {
		Statement          int
		Whole              bool
		Actions, Resources []string
	}
	var got []row
	for _, s := range draft.Unused(calls, policies, draft.Options{}) {
		got = append(got, row{s.Statement, s.Whole, s.Actions, s.Resources})
	}
	want := []row{{0, false, []string{"s3:PutObject"}, []string{"arn:aws:s3:::b/*"}}, {Statement: 1, Whole: true}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestWider(t *testing.T) {
	t.Parallel()
	policies := policyOf(t, `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":["sts:Get*","sts:GetCallerIdentity"],"Resource":"*"},
		{"Effect":"Allow","Action":"s3:GetObject","Resource":["arn:aws:s3:::a/*","arn:aws:s3:::b/x","arn:aws:s3:::${aws:username}/*"]},
		{"Effect":"Allow","Action":["s3:PutObjec?","kms:Decrypt"],"Resource":"*"},
		{"Effect":"Allow","Action":"sqs:*","Resource":"*"},
		{"Effect":"Deny","Action":"iam:*","Resource":"*"}]}`, evaluator.Identity)
	const key = "arn:aws:kms:us-east-1:111122223333:key/"
	calls := []draft.Call{
		{Action: "sts:GetSessionToken", Resource: "*"},
		{Action: "s3:getobject", Resource: "arn:aws:s3:::a/2"},
		{Action: "s3:GetObject", Resource: "arn:aws:s3:::a/1"},
		{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/x"},
		{Action: "s3:PutObject", Resource: "arn:aws:s3:::c/1"},
		{Action: "kms:Decrypt", Resource: key + "12345678-dead-beef-cafe-123456790abc"},
		{Action: "sqs:SendMessage", Resource: "arn:aws:sqs:us-east-1:111122223333:q", Verdict: draft.Denied},
	}
	type row struct {
		Statement int
		Entry     string
		IsAction  bool
		Needed    []string
	}
	rows := func(o draft.Options) (got []row) {
		for _, w := range draft.Wider(calls, policies, o) {
			if w.IsAction != (w.Of > len(w.Needed)) {
				t.Errorf("%s: %d of %d actions", w.Entry, len(w.Needed), w.Of)
			}
			got = append(got, row{w.Statement, w.Entry, w.IsAction, w.Needed})
		}
		return got
	}
	want := []row{
		{0, "sts:Get*", true, []string{"sts:GetSessionToken"}},
		{1, "arn:aws:s3:::a/*", false, []string{"arn:aws:s3:::a/1", "arn:aws:s3:::a/2"}},
		{2, "*", false, []string{key + "12345678-dead-beef-cafe-123456790abc", "arn:aws:s3:::c/1"}},
	}
	if diff := cmp.Diff(want, rows(draft.Options{})); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	want = []row{want[0], want[2]} // with wildcards for names a draft would have arn:aws:s3:::a/* itself
	if diff := cmp.Diff(want, rows(draft.Options{Wildcards: draft.NameWildcards})); diff != "" {
		t.Errorf("with wildcards, -want +got:\n%s", diff)
	}
}

// A drafted trust policy admits everybody who assumed the role, without any other policy,
// and nobody whom it does not name.
func TestMistrusted(t *testing.T) {
	t.Parallel()
	const github = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
	claim := func(sub string) []draft.Key {
		return []draft.Key{one("token.actions.githubusercontent.com:aud", "sts.amazonaws.com"), one("token.actions.githubusercontent.com:sub", sub)}
	}
	all := []draft.Assumption{
		{Action: "sts:AssumeRole", Principal: draft.Entity{Type: "AWS", Value: "arn:aws:iam::111122223333:user/ana"}},
		{Action: "sts:AssumeRole", Principal: draft.Entity{Type: "AWS", Value: "arn:aws:iam::111122223333:role/ci"}},
		{Action: "sts:TagSession", Principal: draft.Entity{Type: "AWS", Value: "arn:aws:iam::111122223333:role/ci"}},
		{
			Action: "sts:AssumeRole", Principal: draft.Entity{Type: "AWS", Value: "arn:aws:iam::444455556666:root"},
			Context: []draft.Key{one("sts:ExternalId", "x")},
		},
		{Action: "sts:AssumeRole", Principal: draft.Entity{Type: "Service", Value: "ec2.amazonaws.com"}, Verdict: draft.ByResource},
		{Action: "sts:AssumeRoleWithWebIdentity", Principal: draft.Entity{Type: "Federated", Value: github}, Context: claim("repo:a")},
		{
			Action: "sts:AssumeRoleWithSAML", Context: []draft.Key{one("SAML:aud", "https://a")},
			Principal: draft.Entity{Type: "Federated", Value: "arn:aws:iam::111122223333:saml-provider/corp"},
		},
	}
	for i := range all {
		d, err := draft.Trust(all[i:i+1], draft.Options{})
		if err != nil {
			t.Fatal(err)
		}
		policies := policyOf(t, d.JSON(), evaluator.Trust)
		if left := draft.Mistrusted(all[i:i+1], policies, draft.Options{}); len(left) > 0 {
			t.Errorf("%+v is not admitted by\n%s", all[i], d.JSON())
		}
		if left := draft.Mistrusted(all, policies, draft.Options{}); len(left) != len(all)-1 {
			t.Errorf("%d of %d others are not admitted by\n%s", len(left), len(all)-1, d.JSON())
		}
	}
	other := draft.Assumption{Action: "sts:AssumeRoleWithWebIdentity", Principal: draft.Entity{Type: "Federated", Value: github}, Context: claim("repo:b")}
	d, err := draft.Trust(all, draft.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if left := draft.Mistrusted([]draft.Assumption{other}, policyOf(t, d.JSON(), evaluator.Trust), draft.Options{}); len(left) != 1 {
		t.Errorf("another subject is admitted by\n%s", d.JSON())
	}
}
