package authz_test

import (
	"errors"
	"testing"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/actions"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// TestServiceMayAssume asks who may have Lambda act with a role.
func TestServiceMayAssume(t *testing.T) {
	t.Parallel()
	toLambda := func(condition string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},` +
			`"Action":"sts:AssumeRole"` + condition + `}]}`
	}
	for name, c := range map[string]struct {
		trust string
		want  bool
	}{
		"the trust policy names the service":        {toLambda(""), true},
		"it names an account":                       {trust("Allow", account), false},
		"for resources of the role's account":       {toLambda(`,"Condition":{"StringEquals":{"aws:SourceAccount":"` + account + `"}}`), true},
		"for resources of another account":          {toLambda(`,"Condition":{"StringEquals":{"aws:SourceAccount":"` + other + `"}}`), false},
		"for one resource, which somebody can make": {toLambda(`,"Condition":{"ArnLike":{"aws:SourceArn":"*:function:x"}}`), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newState(t)
			s.trusting(c.trust)
			s.suppose(func(q *authz.Inquiry, _, role *authz.Standing) error {
				got, err := q.ServiceMayAssume("lambda.amazonaws.com", role)
				if got != c.want {
					t.Errorf("it may: %v", got)
				}
				return err
			})
		})
	}
}

// TestSupposed asks about policies that nobody has.
func TestSupposed(t *testing.T) {
	t.Parallel()
	everything, err := evaluator.Compile(allow("*"), evaluator.Identity, evaluator.Origin{})
	if err != nil {
		t.Fatal(err)
	}
	s := newState(t)
	s.inline(anaID, "own", allow("iam:GetUser"))
	s.suppose(func(q *authz.Inquiry, ana, role *authz.Standing) error {
		for _, c := range []struct {
			name   string
			who    *authz.Standing
			action string
			want   bool
		}{
			{"as it is", ana, "iam:GetUser", true},
			{"as it is, another action", ana, "iam:DeleteUser", false},
			{"with a policy", ana.With(everything), "iam:DeleteUser", true},
			{"without its policies", ana.Without(func(*evaluator.Policy) bool { return true }), "iam:GetUser", false},
			{"without a boundary", ana.Unbounded(), "iam:GetUser", true},
		} {
			if err := q.About(c.who); err != nil {
				return err
			}
			got, err := q.May(&authz.Need{Action: c.action, Resource: "*"})
			if err != nil || got != c.want {
				t.Errorf("%s: it may %s: %v, %v", c.name, c.action, got, err)
			}
		}
		if err := q.About(ana); err != nil {
			return err
		}
		got, err := q.MayAssume(role.Trusting(trust("Allow", anaID)))
		if !got {
			t.Error("a role that would trust the user could not be assumed")
		}
		return err
	})
}

// suppose asks about the user ana and the role audit.
func (s state) suppose(ask func(q *authz.Inquiry, ana, role *authz.Standing) error) {
	s.Helper()
	a := s.authorizer()
	err := s.View(s.Context(), func(tx persistence.Tx) error {
		user, err := a.Standing(tx, account, anaID)
		role, err2 := a.Standing(tx, account, auditID)
		if err := errors.Join(err, err2); err != nil {
			return err
		}
		return ask(a.Inquire(s.Context(), tx, principal.Request{}, new(actions.Classes)).Choosing(), user, role)
	})
	if err != nil {
		s.Error(err)
	}
}
