package authz_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator/actions"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// trusting sets the trust policy of the role audit.
func (s state) trusting(document string) {
	s.Helper()
	s.update(func(tx persistence.Tx) error {
		return persistence.Roles.Change(tx, account, func(r *persistence.Role) error {
			r.TrustPolicy = document
			return nil
		}, "audit")
	})
}

// TestMayAssumeAgreesWithAsk compares the two ways to ask who may assume a role.
func TestMayAssumeAgreesWithAsk(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		trust, identity string
		want            bool
	}{
		"the trust policy names the user":                   {trust("Allow", anaID), "", true},
		"it names the account, and the user may":            {trust("Allow", account), allow("sts:AssumeRole"), true},
		"it names the account, and the user may not":        {trust("Allow", account), allow("sts:Get*"), false},
		"it names the account, and the user is denied":      {trust("Allow", account), deny("sts:*"), false},
		"it names the user, who is denied":                  {trust("Allow", anaID), deny("sts:*"), false},
		"it names another account":                          {trust("Allow", other), allow("*"), false},
		"it denies":                                         {trust("Deny", anaID), allow("*"), false},
		"there is none":                                     {"", allow("*"), false},
		"the user may assume roles that have a tag it has":  {trust("Allow", account), withCondition("aws:ResourceTag/team", "blue"), true},
		"the user may assume roles that have another tag":   {trust("Allow", account), withCondition("aws:ResourceTag/team", "red"), false},
		"the user may assume roles of its own account only": {trust("Allow", account), withCondition("aws:ResourceAccount", account), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newState(t)
			s.trusting(c.trust)
			if c.identity != "" {
				s.inline(anaID, "own", c.identity)
			}
			a := s.authorizer()
			d, err := a.Ask(t.Context(), &authz.Question{
				Caller: &principal.Caller{Principal: ana()}, Action: "sts:AssumeRole", Resource: auditARN, Enforce: true,
			})
			if err != nil {
				t.Fatal(err)
			}
			got := s.mayAssume(a)
			if asked := d.Verdict == authz.Allowed; got != c.want || asked != c.want {
				t.Errorf("MayAssume %t, Ask %t, want %t", got, asked, c.want)
			}
		})
	}
}

func withCondition(key, value string) string {
	return policy(statement("Allow", "Action", `"sts:AssumeRole"`, `,"Condition":{"StringEquals":{"`+key+`":"`+value+`"}}`))
}

// mayAssume reports whether ana may assume the role audit.
func (s state) mayAssume(a *authz.Authorizer) (ok bool) {
	s.Helper()
	err := s.View(s.Context(), func(tx persistence.Tx) error {
		user, err := a.Standing(tx, account, anaID)
		role, err2 := a.Standing(tx, account, auditID)
		q := a.Inquire(s.Context(), tx, principal.Request{}, new(actions.Classes))
		if err := errors.Join(err, err2, q.About(user)); err != nil {
			return err
		}
		ok, err = q.MayAssume(role)
		return err
	})
	if err != nil {
		s.Fatal(err)
	}
	return ok
}

func TestMayAssumeWithMFA(t *testing.T) {
	t.Parallel()
	s := newState(t)
	s.trusting(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + anaID +
		`"},"Action":"sts:AssumeRole","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}]}`)
	if !s.mayAssume(s.authorizer()) {
		t.Error("who may assume the role with MFA does not reach it")
	}
}

func TestStandings(t *testing.T) {
	t.Parallel()
	s := newState(t)
	s.trusting(trust("Allow", anaID))
	s.attach(devsID, "ReadOnly", readOnlyARN)
	a := s.authorizer()
	var was []*authz.Standing
	all := func(want ...string) (list []*authz.Standing) {
		t.Helper()
		var arns []string
		err := s.View(t.Context(), func(tx persistence.Tx) error {
			for one, err := range a.Standings(tx, account) {
				if err != nil {
					return err
				}
				list, arns = append(list, one), append(arns, one.ARN())
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, arns); diff != "" {
			t.Fatal(diff)
		}
		return list
	}
	was = all(auditARN, anaARN)
	if was[0].Trust() != trust("Allow", anaID) || was[1].Trust() != "" {
		t.Errorf("trust policies %q and %q", was[0].Trust(), was[1].Trust())
	}
	if !was[1].Uses(readOnlyARN) || was[0].Uses(readOnlyARN) {
		t.Error("ana has a policy by a group, and the role does not have it")
	}
	s.inline(anaID, "more", allow("s3:*"))
	is := all(auditARN, anaARN)
	if !is[0].SamePolicies(was[0]) || is[1].SamePolicies(was[1]) {
		t.Error("the policies of ana changed, and those of the role did not")
	}
	s.boundary(s.managed("limit", allow("s3:*")))
	if now := all(auditARN, anaARN); !now[1].Uses(principal.AWS.IAM(account, "policy/own/limit")) {
		t.Error("a permissions boundary is not used")
	}
	err := s.View(t.Context(), func(tx persistence.Tx) error {
		_, err := a.Standing(tx, account, "AIDANOBODYNOBODYNOBOD")
		return err
	})
	if !errors.Is(err, persistence.ErrNotFound) {
		t.Errorf("the standing of nobody: %v", err)
	}
}
