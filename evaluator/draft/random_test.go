package draft_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/catalog"
	"github.com/understudy-iam/understudy/evaluator/draft"
)

// The parts of random calls; a call that is near another one differs in some of
// them.
var (
	someActions = []string{
		"s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:DeleteObject", "sqs:SendMessage", "sqs:ReceiveMessage", "iam:PassRole",
		"kms:Decrypt", "kms:Encrypt", "kms:DescribeKey", "dynamodb:GetItem", "ec2:RunInstances", "ec2:DescribeInstances", "nosuch:Act",
	}
	someResources = []string{
		"arn:aws:s3:::a", "arn:aws:s3:::a/b", "arn:aws:s3:::a/b/c", "arn:aws:s3:::a/*", "arn:aws:s3:::a/?", "arn:aws:s3:::a/${b}",
		"arn:aws:s3:::a/$*", "arn:aws:s3:::a/€", "arn:aws:sqs:us-east-1:111122223333:q", "arn:aws:sqs:eu-west-1:111122223333:q",
		"arn:aws:iam::111122223333:role/r",
		"arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab", "arn:aws:ec2:us-east-1:111122223333:instance/*",
		"arn:aws:ec2:us-east-1:111122223333:instance/i-0123456789abcdef0", "*", "not-an-arn*",
	}
	someKeys = [][]draft.Key{
		nil, {one("iam:PassedToService", "a.amazonaws.com")}, {one("iam:PassedToService", "b.amazonaws.com")},
		{one("kms:ViaService", "s3")}, {one("iam:PassedToService", "a.amazonaws.com"), one("kms:ViaService", "s3")},
		{one("aws:SourceIp", "127.0.0.1")},
		{one("cloudwatch:namespace", "${aws:username}")}, {one("ecs:cluster", "arn:aws:ecs:us-east-1:111122223333:cluster/*")},
	}
)

func one(name, value string) draft.Key { return draft.Key{Name: name, Values: []string{value}} }

func randomCalls(r *rand.Rand) []draft.Call {
	list := make([]draft.Call, 1+r.IntN(40))
	for i := range list {
		list[i] = draft.Call{
			RequestID: string(rune('a' + i%26)),
			Action:    someActions[r.IntN(len(someActions))],
			Resource:  someResources[r.IntN(len(someResources))],
			Context:   someKeys[r.IntN(len(someKeys))],
			Verdict:   draft.Verdict(r.IntN(4)),
		}
	}
	return list
}

// compiled compiles the documents of a draft, which AWS must accept.
func compiled(t *testing.T, d *draft.Draft, size int) []*evaluator.Policy {
	t.Helper()
	var out []*evaluator.Policy
	sids := make(map[string]bool)
	for _, doc := range d.Documents {
		text := doc.String()
		if err := evaluator.ValidateManaged(text); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if n := evaluator.Size(text); n > size {
			t.Fatalf("%d characters, of %d:\n%s", n, size, text)
		}
		p, err := evaluator.Compile(text, evaluator.Identity, evaluator.Origin{})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range doc.Statements {
			if sids[s.Sid] {
				t.Fatalf("two statements are %s", s.Sid)
			}
			sids[s.Sid] = true
		}
		out = append(out, p)
	}
	return out
}

// TestDraftAllowsItsCalls drafts random calls: each needed call is allowed, nothing in
// the draft is unused, and the order of the calls and of their keys changes nothing.
func TestDraftAllowsItsCalls(t *testing.T) {
	for seed := range uint64(600) {
		r := rand.New(rand.NewPCG(seed, 1))
		calls := randomCalls(r)
		o := draft.Options{
			Wildcards: []draft.Wildcards{"", draft.NoWildcards, draft.IDWildcards, draft.NameWildcards}[r.IntN(4)],
			Size:      600 + r.IntN(2000), Denied: r.IntN(2) == 0,
		}
		d, err := draft.Identity(calls, o)
		if err != nil {
			t.Fatal(err)
		}
		policies := compiled(t, d, o.Size)
		if missing := draft.Missing(calls, policies, o); len(missing) > 0 {
			t.Fatalf("seed %d: %+v is denied under\n%s", seed, missing[0], d.JSON())
		}
		if unused := draft.Unused(calls, policies, o); len(unused) > 0 {
			t.Fatalf("seed %d: unused: %+v of\n%s", seed, unused[0], d.JSON())
		}
		if wide := draft.Wider(calls, policies, o); len(wide) > 0 {
			t.Fatalf("seed %d: wider than needed: %+v of\n%s", seed, wide[0], d.JSON())
		}
		r.Shuffle(len(calls), func(i, j int) { calls[i], calls[j] = calls[j], calls[i] })
		again, err := draft.Identity(calls, o)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(d.JSON(), again.JSON()); diff != "" {
			t.Fatalf("seed %d: another order: %s", seed, diff)
		}
		justified(t, d, calls, o)
	}
}

// justified checks that the requests of a statement are exactly those with a call
// that it allows.
func justified(t *testing.T, d *draft.Draft, calls []draft.Call, o draft.Options) {
	t.Helper()
	var ids []string
	for _, doc := range d.Documents {
		for _, s := range doc.Statements {
			if len(s.Requests) == 0 {
				t.Fatalf("no request needs\n%s", s.String())
			}
			ids = append(ids, s.Requests...)
		}
	}
	for i := range calls {
		if o.Needs(&calls[i]) && !slices.Contains(ids, calls[i].RequestID) {
			t.Fatalf("no statement is for request %s", calls[i].RequestID)
		}
	}
}

// TestDraftAllowsNothingElse checks all calls near those that were drafted: with another
// resource, another action, or for another service.
func TestDraftAllowsNothingElse(t *testing.T) {
	near, denied := 0, 0
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 2))
		calls := randomCalls(r)
		o := draft.Options{Size: 600 + r.IntN(2000)}
		d, err := draft.Identity(calls, o)
		if err != nil {
			t.Fatal(err)
		}
		policies := compiled(t, d, o.Size)
		for _, action := range someActions {
			for _, resource := range someResources {
				for _, keys := range someKeys {
					c := draft.Call{Action: action, Resource: resource, Context: keys}
					near++
					allowed := len(draft.Missing([]draft.Call{c}, policies, o)) == 0
					want := slices.ContainsFunc(calls, func(have draft.Call) bool { return o.Needs(&have) && grants(have, c) })
					if allowed != want {
						t.Fatalf("seed %d: %+v is allowed: %v, want %v, under\n%s", seed, c, allowed, want, d.JSON())
					}
					if !allowed {
						denied++
					}
				}
			}
		}
	}
	if denied < near/2 {
		t.Errorf("of %d calls near those that were drafted only %d are denied", near, denied)
	}
}

// grants reports, without using a draft, whether the least policy for one call allows
// another.
func grants(have, c draft.Call) bool {
	if have.Action != c.Action {
		return false
	}
	for _, k := range have.Context {
		if slices.Contains(draft.Kept(), k.Name) &&
			!slices.ContainsFunc(c.Context, func(o draft.Key) bool { return cmp.Equal(o, k) }) {
			return false
		}
	}
	if a, ok := catalog.FindAction(c.Action); ok && len(a.Resources) == 0 || !strings.HasPrefix(have.Resource, "arn:") {
		return true
	}
	// AWS decides a call that creates an instance for the resource "instance/*".
	return have.Resource == c.Resource || have.Resource == "arn:aws:ec2:us-east-1:111122223333:instance/*" &&
		c.Resource == "arn:aws:ec2:us-east-1:111122223333:instance/i-0123456789abcdef0"
}
