package authz_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator/actions"
	"github.com/understudy-iam/understudy/evaluator/catalog"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// inquire asks about ana by what the state says about her.
func (s state) inquire(a *authz.Authorizer, id string, ask func(*authz.Inquiry)) {
	s.Helper()
	err := s.View(s.Context(), func(tx persistence.Tx) error {
		standing, err := a.Standing(tx, account, id)
		if err != nil {
			return err
		}
		q := a.Inquire(s.Context(), tx, principal.Request{SecureTransport: true}, new(actions.Classes))
		if err := q.About(standing); err != nil {
			return err
		}
		ask(q)
		return nil
	})
	if err != nil {
		s.Fatal(err)
	}
}

func (s state) mayEverything(a *authz.Authorizer, id string) (ok bool) {
	s.Helper()
	s.inquire(a, id, func(q *authz.Inquiry) {
		var err error
		if ok, err = q.MayEverything(); err != nil {
			s.Error(err)
		}
	})
	return ok
}

func TestWhoIsAnAdministrator(t *testing.T) {
	t.Parallel()
	const mfa = `,"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`
	const noMFA = `,"Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}`
	everything := statement("Allow", "Action", `"*"`, "")
	denied := func(action string) string { return statement("Deny", "Action", `"`+action+`"`, "") }
	allBut := func(action string) string { return statement("Allow", "NotAction", `"`+action+`"`, "") }
	for name, c := range map[string]struct {
		identity []string
		boundary string
		scp, rcp string
		want     bool
	}{
		"everything":                               {identity: []string{everything}, want: true},
		"everything that has a colon":              {identity: []string{statement("Allow", "Action", `"*:*"`, "")}, want: true},
		"all that is not named, and the rest":      {identity: []string{allBut("iam:*"), statement("Allow", "Action", `"iam:*"`, "")}, want: true},
		"all that is not named":                    {identity: []string{allBut("iam:*")}},
		"all but one action":                       {identity: []string{everything, denied("s3:DeleteBucket")}},
		"all but an action that AWS does not have": {identity: []string{everything, denied("s3:DestroyBucket")}, want: true},
		"all but an action on some resources": {
			identity: []string{everything, `{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::x"}`}, want: true,
		},
		"everything denied but some actions": {identity: []string{everything, statement("Deny", "NotAction", `"iam:*"`, "")}},
		"a service":                          {identity: []string{statement("Allow", "Action", `"iam:*"`, "")}},
		"everything on some resources":       {identity: []string{`{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::*"}`}},
		"everything with MFA":                {identity: []string{statement("Allow", "Action", `"*"`, mfa)}, want: true},
		"everything, and what is denied without MFA": {
			identity: []string{everything, statement("Deny", "NotAction", `"iam:ChangePassword"`, noMFA)}, want: true,
		},
		"some with MFA and the rest without": {identity: []string{
			statement("Allow", "NotAction", `"iam:*"`, mfa), statement("Allow", "Action", `"iam:*"`, noMFA),
		}},
		"a boundary that allows all":      {[]string{everything}, policy(everything), "", "", true},
		"a boundary that allows some":     {[]string{everything}, allow("s3:*"), "", "", false},
		"a boundary that denies one":      {[]string{everything}, policy(everything, denied("iam:PassRole")), "", "", false},
		"an SCP that denies one":          {[]string{everything}, "", policy(everything, denied("s3:Put*Acl")), "", false},
		"an SCP that allows all but some": {[]string{everything}, "", policy(allBut("iam:*")), "", false},
		"an RCP that denies one": {[]string{everything}, "", "",
			`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"*"}]}`, false},
		"an RCP that denies an action of a service to which RCPs do not apply": {[]string{everything}, "", "",
			`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"iam:*","Resource":"*"}]}`, true},
		"nothing": {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newState(t)
			s.stand(c.identity, c.boundary, c.scp, c.rcp)
			if got := s.mayEverything(s.authorizer(), anaID); got != c.want {
				t.Errorf("an administrator: %t, want %t", got, c.want)
			}
		})
	}
}

// stand sets ana's identity-based statements, boundary, SCP and RCP.
func (s state) stand(identity []string, boundary, control, resources string) {
	s.Helper()
	for i, one := range identity {
		s.inline(anaID, fmt.Sprintf("p%d", i), policy(one))
	}
	if boundary != "" {
		s.boundary(s.managed("boundary", boundary))
	}
	list := []persistence.OrganizationPolicy{full}
	o := org{list, list, list}
	if control != "" {
		o.unit = []persistence.OrganizationPolicy{scp("control", control)}
	}
	if resources != "" {
		o.root = []persistence.OrganizationPolicy{full, rcp("resources", resources)}
	}
	if control != "" || resources != "" {
		s.organization(o)
	}
}

// TestMayEverythingIsExact compares MayEverything, on random policies, with decisions about
// each action of the catalogue.
func TestMayEverythingIsExact(t *testing.T) {
	t.Parallel()
	all := []string{actions.Unknown}
	for service := range catalog.Services() {
		known, _ := catalog.Find(service.Prefix)
		for a := range known.Actions() {
			all = append(all, service.Prefix+":"+a.Name)
		}
	}
	random := rand.New(rand.NewPCG(19, 1))
	administrators := 0
	for range 60 {
		s := newState(t)
		w := writer{random, all}
		identity, boundary, control, resources := w.identity(), w.maybe(policy), w.maybe(policy), w.maybe(everybody)
		s.stand(identity, boundary, control, resources)
		a := s.authorizer()
		got, want := s.mayEverything(a, anaID), true
		s.inquire(a, anaID, func(q *authz.Inquiry) {
			for _, action := range all {
				ok, err := q.May(&authz.Need{Action: action, Resource: "*"})
				if err != nil {
					t.Fatal(err)
				}
				if want = want && ok; !want {
					return
				}
			}
		})
		if got != want {
			t.Errorf("an administrator: %t, want %t\nidentity %s\nboundary %s\nSCP %s\nRCP %s",
				got, want, identity, boundary, control, resources)
		}
		if want {
			administrators++
		}
	}
	if administrators < 10 || administrators > 50 {
		t.Errorf("%d of 60 are administrators: the policies do not try both", administrators)
	}
}

// everybody is a policy with a Principal element in each statement.
func everybody(statements ...string) string {
	return strings.ReplaceAll(policy(statements...), `{"Effect"`, `{"Principal":"*","Effect"`)
}

// writer writes random policies, of which many allow nearly everything.
type writer struct {
	*rand.Rand
	actions []string
}

// text returns a value for Action: an action, an action that does not exist, or a pattern.
func (w writer) text() string {
	action := w.actions[w.IntN(len(w.actions))]
	service, name, _ := strings.Cut(action, ":")
	switch w.IntN(7) {
	case 0:
		return service + ":*"
	case 1:
		return service + ":" + name[:w.IntN(len(name))] + "*"
	case 2:
		return "*:" + name[:1+w.IntN(len(name)-1)] + "*"
	case 3:
		return strings.ToUpper(service) + ":?" + name[1:]
	case 4:
		return service + ":" + name + "OfNone"
	case 5:
		return "nothing:" + name
	}
	return action
}

func (w writer) list() string {
	texts := []string{}
	for range 1 + w.IntN(3) {
		texts = append(texts, `"`+w.text()+`"`)
	}
	return "[" + strings.Join(texts, ",") + "]"
}

// identity returns statements that allow everything, in one statement or in two that
// complement each other, and often one that denies an action that may not exist or is on
// another resource.
func (w writer) identity() []string {
	list := []string{statement("Allow", "Action", `"*"`, "")}
	if w.IntN(2) == 0 {
		texts := w.list()
		list = []string{statement("Allow", "NotAction", texts, ""), statement("Allow", "Action", texts, "")}
	}
	if w.IntN(4) == 0 {
		list = append(list, statement("Deny", "Action", w.list(), ""))
	}
	if w.IntN(3) == 0 {
		list = append(list, statement("Deny", "Action", `["nothing:*","`+w.text()+`OfNone"]`, ""))
	}
	if w.IntN(8) == 0 {
		list = list[1:]
	}
	return list
}

func (w writer) maybe(of func(...string) string) string {
	if w.IntN(3) > 0 {
		return ""
	}
	return of(w.identity()...)
}
