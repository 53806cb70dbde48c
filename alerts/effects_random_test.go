package alerts_test

import (
	"math/rand/v2"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/alerts"
)

// TestWatcherAgreesWithANewOne makes random calls. After each of them the Watcher knows
// what one knows that begins then, and it has told who has won something.
func TestWatcherAgreesWithANewOne(t *testing.T) {
	t.Parallel()
	effects := []*alerts.Effect{
		administrators(), {Gains: []string{"iam:PassRole", "s3:DeleteBucket"}}, {Reaches: rolePrefix + "admin"},
	}
	w := newWorld(t, people, effects...)
	c, random := w.iam(home), rand.New(rand.NewPCG(19, 7))
	changed := 0
	for i := range 400 {
		before := w.watcher.Holdings()
		w.changes = nil
		_ = randomStep(random)(t.Context(), c) // some calls fail, for there is nothing to take away
		fresh, err := alerts.NewWatcher(t.Context(), watched(w.store), effects)
		if err != nil {
			t.Fatal(err)
		}
		after := w.watcher.Holdings()
		if diff := cmp.Diff(fresh.Holdings(), after); diff != "" {
			t.Fatalf("after %d calls: %s", i, diff)
		}
		if w.watcher.Size() != fresh.Size() {
			t.Fatalf("after %d calls %d subjects are kept, and there are %d", i, w.watcher.Size(), fresh.Size())
		}
		if won := gained(before, after); won != len(w.changes) {
			t.Fatalf("after %d calls %d were won, and %q were told", i, won, told(w.changes))
		}
		if len(w.changes) > 0 {
			changed++
		}
	}
	if changed < 30 {
		t.Errorf("only %d of 400 calls gave something to somebody", changed)
	}
}

// gained counts what is in the second list alone.
func gained(before, after []string) (n int) {
	had := map[string]bool{}
	for _, h := range before {
		had[h] = true
	}
	for _, h := range after {
		if !had[h] {
			n++
		}
	}
	return n
}

func randomStep(r *rand.Rand) step {
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	user, role := pick("ana", "bob", "carl", "dora", "eve"), pick("admin", "app", "hop", "new")
	policy := pick("AdministratorAccess", "IAMFullAccess", "ReadOnlyAccess", "own")
	document := pick(allActions, allOfS3, `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:Delete*","Resource":"*"}]}`,
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}]}`)
	trusted := pick(home, abroad, userPrefix+"ana", userPrefix+"bob", rolePrefix+"hop", rolePrefix+"app", rolePrefix+"admin")
	group := pick("devs", "admins")
	arn := aws.String(managed(policy))
	return []step{
		attachUser(user, policy), attachRole(role, policy), attachGroup(group, policy), bound(user, policy), join(user, group),
		putUser(user, "be", document), putRole(role, document), putGroup(group, document),
		trust(role, trusting(trusted, "")), trust(role, trusting(trusted, "")), trust(role, aws.String(toEC2)),
		version(document, r.IntN(2) == 0),
		call((*iam.Client).DetachUserPolicy, &iam.DetachUserPolicyInput{UserName: &user, PolicyArn: arn}),
		call((*iam.Client).DetachRolePolicy, &iam.DetachRolePolicyInput{RoleName: &role, PolicyArn: arn}),
		call((*iam.Client).DetachGroupPolicy, &iam.DetachGroupPolicyInput{GroupName: &group, PolicyArn: arn}),
		call((*iam.Client).DeleteUserPermissionsBoundary, &iam.DeleteUserPermissionsBoundaryInput{UserName: &user}),
		call((*iam.Client).RemoveUserFromGroup, &iam.RemoveUserFromGroupInput{UserName: &user, GroupName: &group}),
		call((*iam.Client).DeleteUserPolicy, &iam.DeleteUserPolicyInput{UserName: &user, PolicyName: aws.String("be")}),
		call((*iam.Client).DeleteRolePolicy, &iam.DeleteRolePolicyInput{RoleName: &role, PolicyName: aws.String("in")}),
		call((*iam.Client).DeleteGroupPolicy, &iam.DeleteGroupPolicyInput{GroupName: &group, PolicyName: aws.String("in")}),
		call((*iam.Client).DeleteRole, &iam.DeleteRoleInput{RoleName: &role}),
		call((*iam.Client).CreateRole, &iam.CreateRoleInput{RoleName: &role, AssumeRolePolicyDocument: trusting(trusted, "")}),
		call((*iam.Client).DeleteUser, &iam.DeleteUserInput{UserName: &user}),
		create(user),
		call((*iam.Client).SetDefaultPolicyVersion, &iam.SetDefaultPolicyVersionInput{
			PolicyArn: aws.String(own), VersionId: aws.String(pick("v1", "v2", "v3")),
		}),
	}[r.IntN(25)]
}
