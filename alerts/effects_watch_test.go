package alerts_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/alerts"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/memstore"
)

const anaIsAdministrator = "user/ana becomes administrator: Statement 1 of AWS managed policy AdministratorAccess allows it."

func administrators() *alerts.Effect { return &alerts.Effect{Becomes: alerts.Administrator} }

// TestOrganization limits an account by an SCP, and lets it go.
func TestOrganization(t *testing.T) {
	t.Parallel()
	member := people + `
organization:
  management: "999900001111"
  policies:
  - {name: guard, type: SCP, document: {Version: 2012-10-17, Statement: [{Effect: %s, Action: "iam:CreateUser", Resource: "*"}]}}
  root:
    units:
    - {name: Work, policies: [FullAWSAccess, guard], accounts: ["000000000000"]}
`
	w := newWorld(t, fmt.Sprintf(member, "Deny"), administrators())
	if got := w.run(attachUser("ana", "AdministratorAccess")); got != nil {
		t.Errorf("an administrator in spite of an SCP: %q", got)
	}
	w.seed(fmt.Sprintf(member, "Allow"))
	if err := w.watcher.Renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := w.run(putUser("ana", "more", allOfS3)); got != nil {
		t.Errorf("what was renewed is told: %q", got)
	}
	if diff := cmp.Diff([]string{"user/bob becomes administrator: Statement 1 of AWS managed policy AdministratorAccess allows it."},
		w.run(attachUser("bob", "AdministratorAccess"))); diff != "" {
		t.Error(diff)
	}
}

// TestRenewTellsNothing makes an administrator by a seed: that is not a call.
func TestRenewTellsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, people, administrators())
	w.seed(`accounts: [{id: "000000000000", users: [{name: ana, policies: [AdministratorAccess]}, {name: fay, policies: [AdministratorAccess]}]}]`)
	if err := w.watcher.Renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ana", "fay"} {
		if got := w.run(putUser(name, "more", allOfS3)); got != nil {
			t.Errorf("a call of no effect tells %q", got)
		}
	}
}

// TestCallsThatNameNobody make roles, of whose names their inputs do not speak.
func TestCallsThatNameNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t, people, &alerts.Effect{Gains: []string{"elasticloadbalancing:DescribeLoadBalancers"}})
	got := w.run(call((*iam.Client).CreateServiceLinkedRole,
		&iam.CreateServiceLinkedRoleInput{AWSServiceName: aws.String("autoscaling.amazonaws.com")}))
	if diff := cmp.Diff([]string{
		"role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling gains elasticloadbalancing:DescribeLoadBalancers: " +
			"Statement ELBManagement of AWS managed policy AutoScalingServiceRolePolicy allows it.",
	}, got); diff != "" {
		t.Error(diff)
	}
}

// TestCallsOfNoEffect change nothing, and so the state is not looked at.
func TestCallsOfNoEffect(t *testing.T) {
	t.Parallel()
	engine := &counting{Store: memstore.New()}
	w := newWorldOn(t, engine, people, administrators())
	for name, calls := range map[string]struct {
		step  step
		looks int64
	}{
		"a call that reads":           {call((*iam.Client).GetUser, &iam.GetUserInput{UserName: aws.String("ana")}), 0},
		"a call about something else": {call((*iam.Client).CreateAccessKey, &iam.CreateAccessKeyInput{UserName: aws.String("ana")}), 0},
		"a call that changes a user":  {putUser("ana", "s3", allOfS3), 1},
	} {
		id := w.unwatched(calls.step)
		began := engine.views.Load()
		changes, err := w.watcher.After(t.Context(), event(home, "", id, nil))
		if got := engine.views.Load() - began; err != nil || changes != nil || got != calls.looks {
			t.Errorf("%s: %v, %v, and %d looks at the state", name, changes, err, got)
		}
	}
}

// counting counts the Views, and fails those that it is to fail.
type counting struct {
	persistence.Store
	views atomic.Int64
	fail  atomic.Bool
}

var errBroken = errors.New("broken")

func (s *counting) View(ctx context.Context, f func(persistence.Tx) error) error {
	s.views.Add(1)
	if s.fail.Load() {
		return errBroken
	}
	return s.Store.View(ctx, f)
}

// TestNothingIsLostByAnError fails at a call that makes an administrator, who is told
// with the next one.
func TestNothingIsLostByAnError(t *testing.T) {
	t.Parallel()
	engine := &counting{Store: memstore.New()}
	w := newWorldOn(t, engine, people, administrators())
	id := w.unwatched(attachUser("ana", "AdministratorAccess"))
	engine.fail.Store(true)
	if _, err := w.watcher.After(t.Context(), event(home, "AttachUserPolicy", id, nil)); !errors.Is(err, errBroken) {
		t.Errorf("the error is %v", err)
	}
	engine.fail.Store(false)
	if diff := cmp.Diff([]string{anaIsAdministrator}, w.run(putUser("bob", "s3", allOfS3))); diff != "" {
		t.Error(diff)
	}
}

// unwatched makes a call without telling the Watcher, and returns the ID of its request.
func (w *world) unwatched(s step) (id string) {
	w.Helper()
	watcher := w.watcher
	defer func() { w.watcher = watcher }()
	var err error
	if w.watcher, err = alerts.NewWatcher(w.Context(), watched(w.store), nil); err != nil {
		w.Fatal(err)
	}
	if err := s(w.Context(), w.iam(home)); err != nil {
		w.Fatal(err)
	}
	return w.id
}

// TestACanceledRoundIsMadeUpFor ends rounds early, each at another place: the round
// that follows tells all of it, once.
func TestACanceledRoundIsMadeUpFor(t *testing.T) {
	t.Parallel()
	in := &iam.UpdateAssumeRolePolicyInput{RoleName: aws.String("admin"), PolicyDocument: trusting(home, "")}
	ended := 0
	for looks := range 60 {
		w := newWorld(t, people, administrators())
		watcher := w.watcher
		e := event(home, "UpdateAssumeRolePolicy", w.unwatched(call((*iam.Client).UpdateAssumeRolePolicy, in)), in)
		changes, err := watcher.After(&endsAfter{Context: t.Context(), looks: looks}, e)
		if err != nil {
			ended++
			if changes, err = watcher.After(t.Context(), e); err != nil {
				t.Fatal(err)
			}
		}
		if len(changes) != 4 {
			t.Fatalf("ended after %d looks at its context, then told %q, want 4 changes", looks, told(changes))
		}
		if changes, err = watcher.After(t.Context(), e); err != nil || len(changes) > 0 {
			t.Fatalf("told again: %q, %v", told(changes), err)
		}
	}
	if ended == 0 {
		t.Error("no round was ended early")
	}
}

// endsAfter is a context that is done after it was looked at some times.
type endsAfter struct {
	context.Context
	looks int
}

func (c *endsAfter) Err() error {
	if c.looks--; c.looks < 0 {
		return context.Canceled
	}
	return nil
}

// TestWatcherWithoutStateNumbers watches a store that does not tell what has changed.
func TestWatcherWithoutStateNumbers(t *testing.T) {
	t.Parallel()
	w := newWorldOn(t, unnumbered{memstore.New()}, people, administrators())
	if diff := cmp.Diff([]string{anaIsAdministrator}, w.run(attachUser("ana", "AdministratorAccess"))); diff != "" {
		t.Error(diff)
	}
	if got := w.run(call((*iam.Client).CreateAccountAlias, &iam.CreateAccountAliasInput{AccountAlias: aws.String("shop")})); got != nil {
		t.Errorf("a call about nobody tells %q", got)
	}
}

// unnumbered is a store of an engine that does not number its states.
type unnumbered struct{ persistence.Store }

func (s unnumbered) View(ctx context.Context, f func(persistence.Tx) error) error {
	return s.Store.View(ctx, func(tx persistence.Tx) error { return f(struct{ persistence.Tx }{tx}) })
}
