package alerts_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/alerts"
	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/events"
	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/persistence"
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
	in := &iam.AttachUserPolicyInput{UserName: aws.String("ana"), PolicyArn: aws.String(everything)}
	attach := func(change func(*events.Event)) *events.Event {
		e := event(home, "AttachUserPolicy", in)
		change(e)
		return e
	}
	w := newWorld(t, people, administrators())
	store := &counting{Store: w.store}
	watcher, err := alerts.NewWatcher(t.Context(), watched(store), []*alerts.Effect{administrators()})
	if err != nil {
		t.Fatal(err)
	}
	began := store.views
	for name, e := range map[string]*events.Event{
		"a call that failed":        attach(func(e *events.Event) { e.Status, e.Code = 403, "AccessDenied" }),
		"a question":                attach(func(e *events.Event) { e.Origin = events.Asked }),
		"a call of another service": attach(func(e *events.Event) { e.Caller.Request.Service = "s3" }),
		"a call that reads":         event(home, "GetUser", &iam.GetUserInput{UserName: aws.String("ana")}),
	} {
		changes, err := watcher.After(t.Context(), e)
		if err != nil || changes != nil || store.views != began {
			t.Errorf("%s: %v, %v, and %d looks at the state", name, changes, err, store.views-began)
		}
	}
	if _, err := watcher.After(t.Context(), attach(func(*events.Event) {})); err != nil || store.views != began+1 {
		t.Errorf("a call that succeeded: %v, and %d looks at the state", err, store.views-began)
	}
}

// counting counts the Views, and fails those that it is to fail.
type counting struct {
	persistence.Store
	views int
	fail  error
}

func (s *counting) View(ctx context.Context, f func(persistence.Tx) error) error {
	s.views++
	if s.fail != nil {
		return s.fail
	}
	return s.Store.View(ctx, f)
}

// TestNothingIsLostByAnError fails at a call that makes an administrator, who is told
// with the next one.
func TestNothingIsLostByAnError(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	w := newWorld(t, people, administrators())
	store := &counting{Store: w.store}
	var err error
	w.watcher, err = alerts.NewWatcher(t.Context(), watched(store), []*alerts.Effect{administrators()})
	if err != nil {
		t.Fatal(err)
	}
	in := &iam.AttachUserPolicyInput{UserName: aws.String("ana"), PolicyArn: aws.String(everything)}
	w.attach(in)
	store.fail = broken
	if _, err := w.watcher.After(t.Context(), event(home, "AttachUserPolicy", in)); !errors.Is(err, broken) {
		t.Errorf("the error is %v", err)
	}
	store.fail = nil
	if diff := cmp.Diff([]string{anaIsAdministrator}, w.run(putUser("bob", "s3", allOfS3))); diff != "" {
		t.Error(diff)
	}
}

// attach attaches a policy without telling the Watcher.
func (w *world) attach(in *iam.AttachUserPolicyInput) {
	w.Helper()
	watcher := w.watcher
	defer func() { w.watcher = watcher }()
	var err error
	if w.watcher, err = alerts.NewWatcher(w.Context(), watched(w.store), nil); err != nil {
		w.Fatal(err)
	}
	if _, err := w.iam(home).AttachUserPolicy(w.Context(), in); err != nil {
		w.Fatal(err)
	}
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
		w.watcher, _ = alerts.NewWatcher(t.Context(), watched(w.store), nil)
		w.run(call((*iam.Client).UpdateAssumeRolePolicy, in))
		e := event(home, "UpdateAssumeRolePolicy", in)
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
	w := newWorld(t, people)
	var err error
	store := unnumbered{w.store}
	o := watched(store)
	o.Authorizer = authz.New(authz.Options{Store: store, Managed: iamsvc.ManagedDocument})
	if w.watcher, err = alerts.NewWatcher(t.Context(), o, []*alerts.Effect{administrators()}); err != nil {
		t.Fatal(err)
	}
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
