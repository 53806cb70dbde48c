package authz_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

const bucketForAna = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"` + anaARN +
	`"},"Action":"s3:GetObject","Resource":"*"}}`

func TestQuestionsOfOtherServices(t *testing.T) {
	t.Parallel()
	const object = "arn:aws:s3:::b/o"
	tags := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/a":"b","s3:prefix":"p"},"ForAnyValue:StringEquals":{"x:list":"2"}}}}`
	for _, c := range []struct {
		name     string
		policy   string
		question authz.Question
		want     string // the verdict and the layer that denies
	}{
		{"nothing allows", allow("iam:*"), authz.Question{Action: "s3:GetObject", Resource: object}, "denied identity"},
		{"an identity policy allows", allow("s3:*"), authz.Question{Action: "s3:GetObject", Resource: object}, "allowed none"},
		{"the resource's policy allows", allow("iam:*"),
			authz.Question{Action: "s3:GetObject", Resource: object, ResourcePolicy: bucketForAna}, "allowed none"},
		{"another account's resource needs its policy", allow("s3:*"),
			authz.Question{Action: "s3:GetObject", Resource: object, Owner: other}, "denied resource"},
		{"another account by the ARN", allow("sqs:*"),
			authz.Question{Action: "sqs:SendMessage", Resource: "arn:aws:sqs:us-east-1:" + other + ":q"}, "denied resource"},
		{"a key policy has to allow", allow("kms:*"),
			authz.Question{Action: "kms:Decrypt", Resource: "arn:aws:kms:us-east-1:" + account + ":key/1", ResourcePolicy: bucketForAna},
			"denied resource"},
		{"keys and tags", tags, authz.Question{
			Action: "s3:ListBucket", Resource: "*", Tags: []persistence.Tag{{Key: "a", Value: "b"}},
			Keys: []authz.Key{authz.String("s3:prefix", "p"), authz.Strings("x:list", "1", "2")},
		}, "allowed none"},
		{"a role's stored trust policy counts", allow("sts:*"), authz.Question{Action: "sts:AssumeRole", Resource: auditARN},
			"denied trust"},
		{"a trust policy that is given", allow("sts:*"),
			authz.Question{Action: "sts:AssumeRole", Resource: auditARN, ResourcePolicy: trust("Allow", account)}, "allowed none"},
		{"no such role", allow("sts:*"), authz.Question{Action: "sts:AssumeRole", Resource: auditARN + "x"}, "denied trust"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newState(t)
			s.inline(anaID, "p", c.policy)
			s.update(func(tx persistence.Tx) error {
				r, err := persistence.Roles.Get(tx, account, "audit")
				if err != nil {
					return err
				}
				r.TrustPolicy = trust("Allow", other)
				return persistence.Roles.Put(tx, account, r)
			})
			var r recorder
			c.question.Caller = principal.FromContext(as(ana()))
			d, err := s.authorizer(r.observe).Ask(t.Context(), &c.question)
			if err != nil {
				t.Fatal(err)
			}
			if got := d.Verdict.String() + " " + d.Checks[0].Result.DeniedBy.String(); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			if len(r) != 0 {
				t.Errorf("Observe is given %d questions, which nobody called", len(r))
			}
		})
	}
}

// A role's trust policy counts for the role's own ARN and no other spelling of it.
func TestQuestionsAboutARoleUnderAnotherSpelling(t *testing.T) {
	t.Parallel()
	s := newState(t)
	s.inline(anaID, "p", allow("sts:*"))
	s.update(func(tx persistence.Tx) error {
		r, err := persistence.Roles.Get(tx, account, "audit")
		if err != nil {
			return err
		}
		r.TrustPolicy = trust("Allow", account)
		return persistence.Roles.Put(tx, account, r)
	})
	for arn, want := range map[string]string{
		auditARN: "allowed none",
		strings.Replace(auditARN, ":iam::", ":iam:x:", 1):       "denied trust",
		strings.Replace(auditARN, "arn:aws:", "arn:aws-cn:", 1): "denied trust",
	} {
		q := &authz.Question{Caller: principal.FromContext(as(ana())), Action: "sts:AssumeRole", Resource: arn}
		d, err := s.authorizer().Ask(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Verdict.String() + " " + d.Checks[0].Result.DeniedBy.String(); got != want {
			t.Errorf("%s: got %s, want %s", arn, got, want)
		}
	}
}

func TestQuestionsInOtherModes(t *testing.T) {
	t.Parallel()
	s := newState(t)
	a := s.authorizer(func(o *authz.Options) { o.Mode = authz.Log })
	q := &authz.Question{Caller: principal.FromContext(as(ana())), Action: "s3:GetObject", Resource: "*"}
	d, err := a.Ask(t.Context(), q)
	if err != nil || d.Verdict != authz.WouldBeDenied || d.Denial == nil {
		t.Errorf("log: %+v, %v", d, err)
	}
	a.SetMode(authz.Off)
	if _, err := a.Ask(t.Context(), q); !errors.Is(err, authz.ErrNoDecision) {
		t.Errorf("off: %v", err)
	}
}

func TestQuestionsWithABadResourcePolicy(t *testing.T) {
	t.Parallel()
	q := &authz.Question{Caller: principal.FromContext(as(ana())), Action: "s3:GetObject", Resource: "*", ResourcePolicy: "{"}
	var syntax *evaluator.SyntaxError
	if _, err := newState(t).authorizer().Ask(t.Context(), q); !errors.As(err, &syntax) {
		t.Errorf("error %v", err)
	}
}

func TestCallersByARN(t *testing.T) {
	t.Parallel()
	s := newState(t)
	night := audit()
	night.Session = &principal.Session{Operation: "AssumeRole"}
	session := night
	session.ARN, session.UserID, session.SessionName = "arn:aws:sts::111122223333:assumed-role/audit/session", auditID+":session", "session"
	for arn, want := range map[string]principal.Principal{
		anaARN: ana(), auditARN: session, nightARN: night, "arn:aws:iam::111122223333:root": root(),
	} {
		err := s.View(t.Context(), func(tx persistence.Tx) error {
			got, err := s.authorizer().Caller(tx, arn)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", arn, diff)
			}
			return err
		})
		if err != nil {
			t.Errorf("%s: %v", arn, err)
		}
	}
	for _, arn := range []string{
		"", "ana", "arn:aws:iam::111122223333:user/ana", "arn:aws:iam::111122223333:user/staff/bob", "arn:aws:iam::111122223333:role/audit",
		"arn:aws:iam::111122223333:group/devs", "arn:aws:sts::111122223333:assumed-role/audit",
		"arn:aws:sts::111122223333:assumed-role/no/s", "arn:aws:iam::1:root",
		"arn:aws:iam:x:111122223333:root", "arn:aws-cn:iam::111122223333:user/staff/ana",
	} {
		err := s.View(t.Context(), func(tx persistence.Tx) error {
			_, err := s.authorizer().Caller(tx, arn)
			return err
		})
		if !errors.Is(err, persistence.ErrNotFound) {
			t.Errorf("%s: %v", arn, err)
		}
	}
}

func TestQuestionsAreBounded(t *testing.T) {
	t.Parallel()
	keys := func(n int, value string) (list []authz.Key) {
		for range n {
			list = append(list, authz.String("k", value))
		}
		return list
	}
	for _, c := range []struct {
		name, want string
		question   authz.Question
	}{
		{"action", "the question is too large: the action has 129 characters, and AWS takes up to 128",
			authz.Question{Action: "s3:" + strings.Repeat("é", 126), Resource: "*"}},
		{"resource", "the question is too large: the resource has 2049 characters, and AWS takes up to 2048",
			authz.Question{Action: "s3:GetObject", Resource: strings.Repeat("a", 2049)}},
		{"resource policy", "the question is too large: the resource policy has 131073 characters, and AWS takes up to 131072",
			authz.Question{
				Action: "s3:GetObject", Resource: "*", ResourcePolicy: bucketForAna + strings.Repeat(" ", 131_073-len(bucketForAna)),
			}},
		{"keys",
			"the question is too large: there are 1001 condition keys and tags, and up to 1000 are taken: send only those that policies ask for",
			authz.Question{Action: "s3:GetObject", Resource: "*", Keys: keys(1000, ""), Tags: []persistence.Tag{{Key: "a"}}}},
		{"values",
			"the question is too large: the names and values of condition keys and tags have 131074 characters, and up to 131072 are taken: send fewer or shorter values",
			authz.Question{
				Action: "s3:GetObject", Resource: "*", Keys: keys(1, strings.Repeat("é", 131_070)),
				Tags: []persistence.Tag{{Key: "a", Value: "b"}},
			}},
		{"values of a key",
			`the question is too large: the condition key "k" has 1001 values, and up to 1000 are taken: send fewer, as each is compared with each value of a policy`,
			authz.Question{Action: "s3:GetObject", Resource: "*", Keys: []authz.Key{authz.Strings("k", make([]string, 1001)...)}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newState(t)
			s.inline(anaID, "p", allow("s3:*"))
			c.question.Caller = principal.FromContext(as(ana()))
			_, err := s.authorizer().Ask(t.Context(), &c.question)
			if !errors.Is(err, authz.ErrTooLarge) || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

// leaving is the context of a client that disconnects after the server has checked a
// number of times whether it is still there.
type leaving struct {
	context.Context
	looks, leavesAt int
}

func (l *leaving) Err() error {
	if l.looks++; l.looks >= l.leavesAt {
		return context.Canceled
	}
	return nil
}

// TestQuestionsEndWithTheRequest has a policy for which the server checks thousands of times.
func TestQuestionsEndWithTheRequest(t *testing.T) {
	t.Parallel()
	s := newState(t)
	s.inline(anaID, "p", allow("s3:*"))
	q := &authz.Question{
		Caller: principal.FromContext(as(ana())), Action: "s3:GetObject", Resource: "*",
		Keys: []authz.Key{authz.Strings("k", slices.Repeat([]string{"a"}, authz.MaxContextValues)...)},
		ResourcePolicy: `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*","Condition":{"ForAnyValue:StringLike":{"k":["*b"` +
			strings.Repeat(`,"*b"`, 9000) + `]}}}}`,
	}
	ctx := &leaving{Context: t.Context(), leavesAt: 20}
	if d, err := s.authorizer().Ask(ctx, q); d != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, %v; want no decision and %v", d, err, context.Canceled)
	}
	if ctx.looks != ctx.leavesAt {
		t.Errorf("the decision ends after %d looks, want %d", ctx.looks, ctx.leavesAt)
	}
}
