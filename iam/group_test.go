package iam_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
)

func groupNames(groups []types.Group) string {
	var names []string
	for _, g := range groups {
		names = append(names, *g.GroupName)
	}
	return strings.Join(names, " ")
}

func (f *fixture) join(user, group string) error {
	return testkit.Refused(f.AddUserToGroup(f.root, &iam.AddUserToGroupInput{UserName: &user, GroupName: &group}))
}

func (f *fixture) leave(user, group string) error {
	return testkit.Refused(f.RemoveUserFromGroup(f.root, &iam.RemoveUserFromGroupInput{UserName: &user, GroupName: &group}))
}

func TestGroupIsAnsweredWhole(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	created := testkit.Must(f.CreateGroup(f.root, &iam.CreateGroupInput{GroupName: aws.String("Dev"), Path: aws.String("/x/")}))(t).Group
	want := &types.Group{
		GroupName: aws.String("Dev"), Path: aws.String("/x/"), GroupId: created.GroupId,
		Arn: aws.String("arn:aws:iam::123456789012:group/x/Dev"), CreateDate: aws.Time(birth),
	}
	if id := *created.GroupId; len(id) != 21 || !strings.HasPrefix(id, "AGPA") {
		t.Errorf("GroupId = %q", id)
	}
	if diff := cmp.Diff(want, created, unexported); diff != "" {
		t.Errorf("created group (-want +got):\n%s", diff)
	}
	got := testkit.Must(f.GetGroup(f.root, &iam.GetGroupInput{GroupName: aws.String("DEV")}))(t)
	if diff := cmp.Diff(want, got.Group, unexported); diff != "" {
		t.Errorf("group found by another case (-want +got):\n%s", diff)
	}
	if got.Users == nil || len(got.Users) != 0 {
		t.Errorf("Users = %v; want an empty list", got.Users)
	}
}

func TestGroupRefusals(t *testing.T) {
	t.Parallel()
	f := newFixtureWith(t, iamsvc.Quotas{GroupsPerAccount: 2})
	f.group("a")
	f.group("b")
	name := aws.String("Nobody")
	for _, c := range []struct {
		why        string
		err        error
		code, text string
	}{
		{"a name in another case is taken", testkit.Refused(f.CreateGroup(f.root, &iam.CreateGroupInput{GroupName: aws.String("A")})),
			"EntityAlreadyExists", "Group with name A already exists."},
		{"the account is full", testkit.Refused(f.CreateGroup(f.root, &iam.CreateGroupInput{GroupName: aws.String("c")})),
			"LimitExceeded", "Cannot exceed quota for GroupsPerAccount: 2"},
		{"a new name is taken", testkit.Refused(f.UpdateGroup(f.root,
			&iam.UpdateGroupInput{GroupName: aws.String("a"), NewGroupName: aws.String("B")})),
			"EntityAlreadyExists", "Group with name B already exists."},
		{"get", testkit.Refused(f.GetGroup(f.root, &iam.GetGroupInput{GroupName: name})), "NoSuchEntity",
			"The group with name Nobody cannot be found."},
		{"update", testkit.Refused(f.UpdateGroup(f.root, &iam.UpdateGroupInput{GroupName: name})), "NoSuchEntity",
			"The group with name Nobody cannot be found."},
		{"delete", testkit.Refused(f.DeleteGroup(f.root, &iam.DeleteGroupInput{GroupName: name})), "NoSuchEntity",
			"The group with name Nobody cannot be found."},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			testkit.WantError(t, c.err, c.code, c.text)
		})
	}
}

func TestGroupsInPages(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, name := range []string{"c", "B", "a"} {
		f.group(name)
	}
	testkit.Must(f.CreateGroup(f.root, &iam.CreateGroupInput{GroupName: aws.String("bb"), Path: aws.String("/other/")}))(t)
	first := testkit.Must(f.ListGroups(f.root, &iam.ListGroupsInput{MaxItems: aws.Int32(2)}))(t)
	second := testkit.Must(f.ListGroups(f.root, &iam.ListGroupsInput{MaxItems: aws.Int32(2), Marker: first.Marker}))(t)
	if got := groupNames(first.Groups) + "|" + groupNames(second.Groups); got != "a B|bb c" || second.IsTruncated {
		t.Errorf("pages = %q, truncated %v", got, second.IsTruncated)
	}
	other := testkit.Must(f.ListGroups(f.root, &iam.ListGroupsInput{PathPrefix: aws.String("/o")}))(t)
	if got := groupNames(other.Groups); got != "bb" {
		t.Errorf("groups under /o = %q", got)
	}
}

func TestUpdateGroupKeepsMembersAndPolicies(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user("u")
	id := *f.group("old").GroupId
	if err := f.join("u", "old"); err != nil {
		t.Fatal(err)
	}
	testkit.Must(f.PutGroupPolicy(f.root, &iam.PutGroupPolicyInput{GroupName: aws.String("old"), PolicyName: aws.String("p"),
		PolicyDocument: aws.String(allowAll)}))(t)
	testkit.Must(f.UpdateGroup(f.root, &iam.UpdateGroupInput{GroupName: aws.String("OLD"), NewGroupName: aws.String("new"),
		NewPath: aws.String("/y/")}))(t)

	testkit.WantError(t, testkit.Refused(f.GetGroup(f.root, &iam.GetGroupInput{GroupName: aws.String("old")})), "NoSuchEntity",
		"The group with name old cannot be found.")
	got := testkit.Must(f.GetGroup(f.root, &iam.GetGroupInput{GroupName: aws.String("new")}))(t)
	if *got.Group.GroupId != id || *got.Group.Arn != "arn:aws:iam::123456789012:group/y/new" || userNames(got.Users) != "u" {
		t.Errorf("renamed group = %s %s with %q", *got.Group.GroupId, *got.Group.Arn, userNames(got.Users))
	}
	testkit.Must(f.GetGroupPolicy(f.root, &iam.GetGroupPolicyInput{GroupName: aws.String("new"), PolicyName: aws.String("p")}))(t)
}

func TestDeleteGroupConflictsInOrder(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user("u")
	name, id := aws.String("g"), *f.group("g").GroupId
	if err := f.join("u", "g"); err != nil {
		t.Fatal(err)
	}
	testkit.Must(f.PutGroupPolicy(f.root, &iam.PutGroupPolicyInput{
		GroupName: name, PolicyName: aws.String("p"), PolicyDocument: aws.String(allowAll),
	}))(t)
	attachment := &persistence.Attachment{EntityID: id, PolicyARN: "arn:aws:iam::123456789012:policy/m", PolicyName: "m"}
	f.update(func(tx persistence.Tx) error { return persistence.Attachments.Put(tx, account, attachment) })
	for _, step := range []struct {
		conflict string
		clear    func()
	}{
		{"must detach all policies first.", func() {
			f.update(func(tx persistence.Tx) error {
				return persistence.Attachments.Delete(tx, account, id, "m", attachment.PolicyARN)
			})
		}},
		{"must delete policies first.", func() {
			testkit.Must(f.DeleteGroupPolicy(f.root, &iam.DeleteGroupPolicyInput{GroupName: name, PolicyName: aws.String("p")}))(t)
		}},
		{"must remove users from group first.", func() {
			if err := f.leave("u", "g"); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		testkit.WantError(t, testkit.Refused(f.DeleteGroup(f.root, &iam.DeleteGroupInput{GroupName: name})),
			"DeleteConflict", "Cannot delete entity, "+step.conflict)
		step.clear()
	}
	testkit.Must(f.DeleteGroup(f.root, &iam.DeleteGroupInput{GroupName: name}))(t)
}

func TestMembershipIsASet(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user("u")
	f.group("g")
	for _, step := range []struct {
		why  string
		do   func(user, group string) error
		want string
	}{
		{"a user who is not a member can be removed", f.leave, ""},
		{"a user joins", f.join, "u"},
		{"a member who joins stays a member", f.join, "u"},
		{"a member leaves", f.leave, ""},
	} {
		if err := step.do("U", "G"); err != nil {
			t.Fatalf("%s: %v", step.why, err)
		}
		got := userNames(testkit.Must(f.GetGroup(f.root, &iam.GetGroupInput{GroupName: aws.String("g")}))(t).Users)
		if got != step.want {
			t.Errorf("%s: members = %q; want %q", step.why, got, step.want)
		}
	}
}

func TestMembershipOfTheUnknown(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user("u")
	f.group("g")
	for _, do := range []func(user, group string) error{f.join, f.leave} {
		testkit.WantError(t, do("x", "g"), "NoSuchEntity", "The user with name x cannot be found.")
		testkit.WantError(t, do("u", "y"), "NoSuchEntity", "The group with name y cannot be found.")
		testkit.WantError(t, do("x", "y"), "NoSuchEntity", "The user with name x cannot be found.")
	}
}

func TestGroupsPerUser(t *testing.T) {
	t.Parallel()
	f := newFixtureWith(t, iamsvc.Quotas{GroupsPerUser: 2})
	f.user("u")
	for _, name := range []string{"a", "b", "c"} {
		f.group(name)
	}
	if err := f.join("u", "a"); err != nil {
		t.Fatal(err)
	}
	if err := f.join("u", "b"); err != nil {
		t.Fatal(err)
	}
	testkit.WantError(t, f.join("u", "c"), "LimitExceeded", "Cannot exceed quota for GroupsPerUser: 2")
	if err := f.join("u", "a"); err != nil {
		t.Errorf("a member at the limit joins again: %v", err)
	}
}

func TestOnlyAsManyJoinAtOnceAsTheQuotaAllows(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user("u")
	for i := range 20 {
		f.group(*numbered("g", i))
	}
	if won := race(20, func(i int) error { return f.join("u", *numbered("g", i)) }); won != 10 {
		t.Errorf("%d joined; want 10", won)
	}
}

func TestMembersInPagesByName(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.group("g")
	for _, name := range []string{"e", "B", "d", "a", "C"} {
		f.user(name)
		if err := f.join(name, "g"); err != nil {
			t.Fatal(err)
		}
	}
	page := func(marker *string) *iam.GetGroupOutput {
		return testkit.Must(f.GetGroup(f.root, &iam.GetGroupInput{GroupName: aws.String("g"), MaxItems: aws.Int32(2), Marker: marker}))(t)
	}
	first := page(nil)
	second := page(first.Marker)
	third := page(second.Marker)
	if got := userNames(first.Users) + "|" + userNames(second.Users) + "|" + userNames(third.Users); got != "a B|C d|e" {
		t.Errorf("pages = %q", got)
	}
	if !first.IsTruncated || !second.IsTruncated || third.IsTruncated || third.Marker != nil {
		t.Errorf("truncated = %v %v %v", first.IsTruncated, second.IsTruncated, third.IsTruncated)
	}
	if err := f.leave("C", "g"); err != nil {
		t.Fatal(err)
	}
	if got := userNames(page(second.Marker).Users); got != "e" {
		t.Errorf("third page after a member left = %q", got)
	}
}

// GetGroup never shows when a member's password was used; GetUser does.
func TestMembersWithoutPasswordLastUsed(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user("u")
	f.group("g")
	if err := f.join("u", "g"); err != nil {
		t.Fatal(err)
	}
	f.update(func(tx persistence.Tx) error {
		u, err := persistence.Users.Get(tx, account, "u")
		if err != nil {
			return err
		}
		u.PasswordLastUsed = birth
		return persistence.Users.Put(tx, account, u)
	})
	if got := testkit.Must(f.GetGroup(f.root, &iam.GetGroupInput{GroupName: aws.String("g")}))(t).Users[0].PasswordLastUsed; got != nil {
		t.Errorf("GetGroup shows PasswordLastUsed %v", got)
	}
	if got := testkit.Must(f.GetUser(f.root, &iam.GetUserInput{UserName: aws.String("u")}))(t).User.PasswordLastUsed; got == nil {
		t.Error("GetUser shows no PasswordLastUsed")
	}
}

func TestGroupsOfAUserByName(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user("u")
	for _, name := range []string{"c", "A", "b"} {
		f.group(name)
		if err := f.join("u", name); err != nil {
			t.Fatal(err)
		}
	}
	f.group("without")
	list := func(marker *string) *iam.ListGroupsForUserOutput {
		return testkit.Must(f.ListGroupsForUser(f.root,
			&iam.ListGroupsForUserInput{UserName: aws.String("U"), MaxItems: aws.Int32(2), Marker: marker}))(t)
	}
	first := list(nil)
	second := list(first.Marker)
	if got := groupNames(first.Groups) + "|" + groupNames(second.Groups); got != "A b|c" || second.IsTruncated {
		t.Errorf("pages = %q, truncated %v", got, second.IsTruncated)
	}
}
