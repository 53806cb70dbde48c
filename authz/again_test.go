package authz_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/badgerstore"
	"github.com/understudy-iam/understudy/persistence/lagstore"
	"github.com/understudy-iam/understudy/persistence/memstore"
	"github.com/understudy-iam/understudy/principal"
)

const (
	gone       = "InvalidClientTokenId: The security token included in the request is invalid."
	noneAllows = "AccessDenied: User: " + anaARN +
		" is not authorized to perform: iam:GetUser on resource: user bob because no identity-based policy allows the iam:GetUser action"
)

// begin decides a call of ana, which must be allowed.
func begin(t *testing.T, a *authz.Authorizer, ctx context.Context) context.Context {
	t.Helper()
	ctx, err := a.Decide(ctx, "GetUser", getBob())
	if err != nil {
		t.Fatal(err)
	}
	return ctx
}

// effect makes the change of a call, and reports whether it was made.
func (s state) effect(ctx context.Context) (changed bool, err error) {
	err = authz.Deciding(s.Store).Update(ctx, func(tx persistence.Tx) error {
		changed = true
		return nil
	})
	return changed, err
}

func (s state) withoutInline(name string) {
	s.Helper()
	s.update(func(tx persistence.Tx) error { return persistence.InlinePolicies.Delete(tx, account, anaID, name) })
}

// What a call changes and reads is allowed in the state that it changes and reads: a
// permission ends a thousand times after the decision, on each engine.
func TestPermissionsThatEndOnTheWay(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func() (persistence.Store, error){
		"memstore":    func() (persistence.Store, error) { return memstore.New(), nil },
		"badgerstore": func() (persistence.Store, error) { return badgerstore.Open(badgerstore.Options{}) },
		"lagstore": func() (persistence.Store, error) {
			s := lagstore.New(memstore.New(), lagstore.Options{})
			s.Record(time.Hour)
			return s, nil
		},
		"a store that does not number its states": func() (persistence.Store, error) {
			return testkit.NewFailingStore(memstore.New()), nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store, err := open()
			if err != nil {
				t.Fatal(err)
			}
			s := newStateOn(t, store)
			a := s.authorizer()
			for range 1000 {
				s.inline(anaID, "p", allow("iam:GetUser"))
				ctx := begin(t, a, as(ana()))
				if changed, err := s.effect(ctx); err != nil || !changed {
					t.Fatalf("nothing has ended: %v", err)
				}
				s.withoutInline("p")
				if changed, err := s.effect(ctx); changed || testkit.Answer(err) != noneAllows {
					t.Fatalf("changed %v, %v", changed, err)
				}
				err := authz.Deciding(s.Store).View(ctx, func(persistence.Tx) error { t.Error("it reads"); return nil })
				if testkit.Answer(err) != noneAllows {
					t.Fatalf("a View: %v", err)
				}
			}
		})
	}
}

// A call is decided once while nothing changes that was read for it, and once again for
// each state in which something has changed.
func TestHowOftenACallIsDecided(t *testing.T) {
	t.Parallel()
	s := newState(t)
	s.inline(anaID, "p", allow("iam:GetUser"))
	var notes []bool
	a := s.authorizer(func(o *authz.Options) {
		o.Observe = func(_ *principal.Caller, d *authz.Decision) { notes = append(notes, d.Again) }
	})
	store, nothing := authz.Deciding(s.Store), func(persistence.Tx) error { return nil }
	ctx := begin(t, a, as(ana()))
	for range 3 {
		s.update(func(tx persistence.Tx) error { // bob is asked about, and cid is not
			return persistence.Users.Put(tx, account, &persistence.User{Name: "cid", Path: "/", ID: "AIDACID"})
		})
		if err := store.View(ctx, nothing); err != nil {
			t.Fatal(err)
		}
	}
	s.inline(devsID, "q", allow("s3:*"))
	for range 3 {
		if err := store.View(ctx, nothing); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Update(ctx, func(tx persistence.Tx) error { return errors.New("no") }); err == nil {
		t.Error("the error is lost")
	}
	if diff := cmp.Diff([]bool{false, true}, notes); diff != "" {
		t.Errorf("decided again (-want +got):\n%s", diff)
	}
	if changed, err := s.effect(t.Context()); !changed || err != nil {
		t.Errorf("who makes no call: %v, %v", changed, err)
	}
}

// What ends a call on its way, by mode.
func TestWhatEndsACallOnItsWay(t *testing.T) {
	t.Parallel()
	rename := func(s state, id, name string) {
		s.update(func(tx persistence.Tx) error {
			err := persistence.Users.Delete(tx, account, "ana")
			if id == "" {
				return err
			}
			return errors.Join(err, persistence.Users.Put(tx, account, &persistence.User{Name: name, Path: "/staff/", ID: id}))
		})
	}
	keyFault := errors.New("the key is inactive")
	for name, c := range map[string]struct {
		change       func(state, *error)
		on, log, off string
	}{
		"nothing":                {func(state, *error) {}, "", "", ""},
		"the permission ends":    {func(s state, _ *error) { s.withoutInline("p") }, noneAllows, "", ""},
		"the user is deleted":    {func(s state, _ *error) { rename(s, "", "") }, gone, gone, gone},
		"the user is made again": {func(s state, _ *error) { rename(s, "AIDANEW", "ana") }, gone, gone, gone},
		"the user is renamed":    {func(s state, _ *error) { rename(s, anaID, "anna") }, gone, gone, gone},
		"the access key ends": {func(s state, valid *error) { *valid = keyFault; s.inline(devsID, "q", allow("s3:*")) },
			keyFault.Error(), keyFault.Error(), keyFault.Error()},
		"something else is denied": {func(s state, _ *error) { s.inline(anaID, "q", deny("iam:CreateUser")) }, "", "", ""},
	} {
		for mode, want := range map[authz.Mode]string{authz.On: c.on, authz.Log: c.log, authz.Off: c.off} {
			t.Run(name+", "+mode.String(), func(t *testing.T) {
				t.Parallel()
				s := newState(t)
				s.inline(anaID, "p", allow("iam:GetUser"))
				var valid error
				a := s.authorizer(func(o *authz.Options) {
					o.Mode = mode
					o.Valid = func(persistence.Tx, *principal.Principal) error { return valid }
				})
				ctx := begin(t, a, as(ana()))
				c.change(s, &valid)
				changed, err := s.effect(ctx)
				got := ""
				if err != nil {
					got = testkit.Answer(err)
				}
				if got != want || changed != (want == "") {
					t.Errorf("changed %v, %q; want %q", changed, got, want)
				}
			})
		}
	}
}

// A user who was renamed between the credentials and the decision calls under the new
// name: what the operation does by the caller's name is what was decided.
func TestARenamedUserCallsUnderTheNewName(t *testing.T) {
	t.Parallel()
	s := newState(t)
	s.inline(anaID, "p", allow("iam:GetUser"))
	p := ana()
	p.Name, p.ARN = "former", principal.AWS.IAM(account, "user/former")
	ctx := begin(t, s.authorizer(), as(p))
	if c := principal.FromContext(ctx); c.Name != "ana" || c.ARN != anaARN {
		t.Errorf("the caller is %s, %s", c.Name, c.ARN)
	}
}

// The record shows the decision that counted.
func TestTheRecordOfACallThatEndsOnItsWay(t *testing.T) {
	t.Parallel()
	for mode, want := range map[authz.Mode]authz.Verdict{authz.On: authz.Denied, authz.Log: authz.WouldBeDenied} {
		s := newState(t)
		s.inline(anaID, "p", allow("iam:GetUser"))
		var r recorder
		a := s.authorizer(r.observe, func(o *authz.Options) { o.Mode = mode })
		ctx := begin(t, a, as(ana()))
		s.withoutInline("p")
		_, _ = s.effect(ctx)
		if len(r) != 2 || r[0].Verdict != authz.Allowed || r[0].Again || len(r[0].Checks) != 1 {
			t.Fatalf("records %+v", r)
		}
		last := r[1]
		if !last.Again || last.Verdict != want || len(last.Checks) != 1 || testkit.Answer(last.Denial) != noneAllows {
			t.Errorf("the last record is %+v", last)
		}
	}
}

// A caller that sees changes late keeps a permission for that long, and no longer.
func TestPermissionsThatEndLate(t *testing.T) {
	t.Parallel()
	now := noon
	store := lagstore.New(memstore.New(), lagstore.Options{Now: func() time.Time { return now }})
	s := newStateOn(t, store)
	s.inline(anaID, "p", allow("iam:GetUser"))
	store.Record(time.Minute)
	late := persistence.WithLag(as(ana()), time.Minute)
	ctx := begin(t, s.authorizer(), late)
	s.withoutInline("p")
	if changed, err := s.effect(ctx); !changed || err != nil {
		t.Errorf("at once: changed %v, %v", changed, err)
	}
	now = now.Add(time.Minute)
	if changed, err := s.effect(ctx); changed || testkit.Answer(err) != noneAllows {
		t.Errorf("a minute later: changed %v, %v", changed, err)
	}
	if changed, err := s.effect(persistence.WithLag(ctx, 0)); !changed || err != nil {
		t.Errorf("what an operation reads for itself: changed %v, %v", changed, err)
	}
}

// A call that a provider vouches for is decided again too, with its needs at that time.
func TestFederationsThatEndOnTheirWay(t *testing.T) {
	t.Parallel()
	s := newState(t)
	trusts, vouches := "Allow", error(nil)
	changed := func() {
		s.update(func(tx persistence.Tx) error {
			return persistence.Accounts.Put(tx, account, &persistence.Account{ID: account, Alias: trusts})
		})
	}
	changed()
	f := &authz.Federation{
		Caller: &principal.Caller{}, Input: &sts.AssumeRoleWithWebIdentityInput{}, Kind: evaluator.WebIdentity,
		Provider: "accounts.google.com",
		Needs: func(tx persistence.Tx) ([]authz.Need, error) {
			if _, err := persistence.Accounts.Get(tx, account); err != nil {
				return nil, err
			}
			document := `{"Version":"2012-10-17","Statement":[{"Effect":"` + trusts +
				`","Principal":{"Federated":"accounts.google.com"},"Action":"sts:AssumeRoleWithWebIdentity"}]}`
			return []authz.Need{
				{Action: "sts:AssumeRoleWithWebIdentity", Resource: auditARN, Owner: account, Trust: true, TrustPolicy: document},
			}, vouches
		},
	}
	ctx, err := s.authorizer().Federate(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	if changed, err := s.effect(ctx); !changed || err != nil {
		t.Errorf("nothing has ended: %v", err)
	}
	trusts = "Deny"
	changed()
	const denied = "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity"
	if changed, err := s.effect(ctx); changed || testkit.Answer(err) != denied {
		t.Errorf("the trust ends: changed %v, %v", changed, err)
	}
	trusts, vouches = "Allow", errors.New("the provider is gone")
	changed()
	if changed, err := s.effect(ctx); changed || !errors.Is(err, vouches) {
		t.Errorf("the provider ends: changed %v, %v", changed, err)
	}
}
