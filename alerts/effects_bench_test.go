package alerts_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/alerts"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/badgerstore"
	"github.com/understudy-iam/understudy/persistence/history"
	"github.com/understudy-iam/understudy/principal"
)

// crowd is how many principals the account of a benchmark has: nine users to a role.
const crowd = 1000

const crowdGroup = "AGPACROWDCROWDCROWDCR"

// newCrowd is an account in which each user may assume roles, has a managed policy of
// its own account and one of AWS, and is in a group. Each role is trusted to EC2, and the
// role boss is an administrator.
func newCrowd(b *testing.B) *history.Store {
	b.Helper()
	store, err := badgerstore.Open(badgerstore.Options{}) // in memory, as servers are by default
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = store.Close() })
	err = store.Update(b.Context(), func(tx persistence.Tx) error {
		return errors.Join(
			persistence.Accounts.Put(tx, home, &persistence.Account{ID: home}),
			persistence.Groups.Put(tx, home, &persistence.Group{Name: "all", Path: "/", ID: crowdGroup}),
			persistence.Policies.Put(tx, home, &persistence.Policy{Name: "own", Path: "/", ID: "ANPAOWN", ARN: own, DefaultVersion: 1}),
			persistence.PolicyVersions.Put(tx, home, &persistence.PolicyVersion{PolicyID: "ANPAOWN", Number: 1, Document: allOfS3}),
			putPeople(tx),
		)
	})
	if err != nil {
		b.Fatal(err)
	}
	return newHistory(store)
}

func putPeople(tx persistence.Tx) error {
	const assume = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}]}`
	var faults []error
	for i := range crowd {
		name, id := fmt.Sprintf("p%d", i), fmt.Sprintf("%s%017d", principal.UserIDPrefix, i)
		if i%10 == 0 {
			id = fmt.Sprintf("%s%017d", principal.RoleIDPrefix, i)
			faults = append(faults, persistence.Roles.Put(tx, home, &persistence.Role{Name: name, Path: "/", ID: id, TrustPolicy: toEC2}))
		} else {
			faults = append(faults, persistence.Users.Put(tx, home, &persistence.User{Name: name, Path: "/", ID: id}),
				persistence.Memberships.Put(tx, home, &persistence.Membership{GroupID: crowdGroup, UserID: id}),
				persistence.InlinePolicies.Put(tx, home, &persistence.InlinePolicy{EntityID: id, Name: "be", Document: assume}))
		}
		faults = append(faults, attached(tx, id, own), attached(tx, id, managed("ReadOnlyAccess")))
	}
	boss := principal.RoleIDPrefix + "BOSSBOSSBOSSBOSSB"
	return errors.Join(append(faults, attached(tx, boss, everything),
		persistence.Roles.Put(tx, home, &persistence.Role{Name: "boss", Path: "/", ID: boss, TrustPolicy: toEC2}))...)
}

func attached(tx persistence.Tx, id, arn string) error {
	return persistence.Attachments.Put(tx, home, &persistence.Attachment{EntityID: id, PolicyName: principal.Name(arn), PolicyARN: arn})
}

// BenchmarkAfter makes a call that gives something, and one that takes it back, and
// looks at both: an iteration is one of them.
func BenchmarkAfter(b *testing.B) {
	user := aws.String("p1")
	change := func(operation string, in any, f func(tx persistence.Tx, on bool) error) func(*testing.B) {
		return func(b *testing.B) { benchmarkAfter(b, event(home, operation, "call", in), f) }
	}
	b.Run("a policy of one user", change("AttachUserPolicy", &iam.AttachUserPolicyInput{UserName: user},
		func(tx persistence.Tx, on bool) error {
			return switchAttachment(tx, fmt.Sprintf("%s%017d", principal.UserIDPrefix, 1), on)
		}))
	b.Run("a policy of a group of all users", change("AttachGroupPolicy", &iam.AttachGroupPolicyInput{GroupName: aws.String("all")},
		func(tx persistence.Tx, on bool) error { return switchAttachment(tx, crowdGroup, on) }))
	b.Run("a policy that all have", change("CreatePolicyVersion", &iam.CreatePolicyVersionInput{PolicyArn: aws.String(own)},
		func(tx persistence.Tx, on bool) error {
			return persistence.PolicyVersions.Put(tx, home, &persistence.PolicyVersion{PolicyID: "ANPAOWN", Number: 1,
				Document: pick(on, allActions, allOfS3)})
		}))
	boss := &iam.UpdateAssumeRolePolicyInput{RoleName: aws.String("boss")}
	b.Run("a trust opened to the account", change("UpdateAssumeRolePolicy", boss,
		func(tx persistence.Tx, on bool) error {
			return persistence.Roles.Change(tx, home, func(r *persistence.Role) error {
				r.TrustPolicy = pick(on, *trusting(home, ""), toEC2)
				return nil
			}, "boss")
		}))
	b.Run("a call that names nobody", change("CreateSAMLProvider", &iam.CreateSAMLProviderInput{},
		func(persistence.Tx, bool) error { return nil }))
}

func switchAttachment(tx persistence.Tx, id string, on bool) error {
	if on {
		return attached(tx, id, everything)
	}
	err := persistence.Attachments.Delete(tx, home, id, principal.Name(everything), everything)
	if errors.Is(err, persistence.ErrNotFound) {
		err = nil
	}
	return err
}

func pick(on bool, yes, no string) string {
	if on {
		return yes
	}
	return no
}

func benchmarkAfter(b *testing.B, e *events.Event, change func(tx persistence.Tx, on bool) error) {
	store := newCrowd(b)
	w, err := alerts.NewWatcher(b.Context(), watched(store), []*alerts.Effect{
		administrators(), {Gains: []string{"iam:PassRole", "iam:CreateAccessKey"}}, {Reaches: rolePrefix + "boss"},
	})
	if err != nil {
		b.Fatal(err)
	}
	on, told := false, 0
	ctx := principal.NewContext(b.Context(), e.Caller)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		on = !on
		if err := store.Update(ctx, func(tx persistence.Tx) error { return change(tx, on) }); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		changes, err := w.After(b.Context(), e)
		if err != nil {
			b.Fatal(err)
		}
		told = max(told, len(changes))
	}
	b.ReportMetric(float64(told), "changes")
}
