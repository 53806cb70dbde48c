package iam_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

var unexported = cmpopts.IgnoreUnexported(
	types.User{}, types.Group{}, types.Tag{}, types.AttachedPermissionsBoundary{}, types.AccessKeyMetadata{}, types.AccessKeyLastUsed{},
)

func TestCreateUserAnswersWhatGetUserAnswers(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	created := testkit.Must(f.CreateUser(f.root, &iam.CreateUserInput{
		UserName: aws.String("Anna"), Path: aws.String("/a/b/"),
		Tags: []types.Tag{{Key: aws.String("Team"), Value: aws.String("red")}, {Key: aws.String("a"), Value: aws.String("")}},
	}))(t).User
	if id := *created.UserId; len(id) != 21 || !strings.HasPrefix(id, "AIDA") {
		t.Errorf("UserId = %q", id)
	}
	want := &types.User{
		UserName: aws.String("Anna"), Path: aws.String("/a/b/"), UserId: created.UserId,
		Arn: aws.String("arn:aws:iam::123456789012:user/a/b/Anna"), CreateDate: aws.Time(birth),
		Tags: []types.Tag{{Key: aws.String("Team"), Value: aws.String("red")}, {Key: aws.String("a"), Value: aws.String("")}},
	}
	if diff := cmp.Diff(want, created, unexported); diff != "" {
		t.Errorf("created user (-want +got):\n%s", diff)
	}
	got := testkit.Must(f.GetUser(f.root, &iam.GetUserInput{UserName: aws.String("ANNA")}))(t).User
	if diff := cmp.Diff(want, got, unexported); diff != "" {
		t.Errorf("user found by another case (-want +got):\n%s", diff)
	}
	row := testkit.Must(f.ListUsers(f.root, &iam.ListUsersInput{}))(t).Users[0]
	want.Tags = nil
	if diff := cmp.Diff(*want, row, unexported); diff != "" {
		t.Errorf("row of the list (-want +got):\n%s", diff)
	}
}

func TestUserWithoutPathTagsOrBoundary(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	u := testkit.Must(f.CreateUser(f.root, &iam.CreateUserInput{UserName: aws.String("u")}))(t).User
	if *u.Path != "/" || u.Tags != nil || u.PermissionsBoundary != nil || u.PasswordLastUsed != nil {
		t.Errorf("user = %+v; want path / and nothing more", u)
	}
}

func TestCreateUserRefuses(t *testing.T) {
	t.Parallel()
	f := newFixtureWith(t, iamsvc.Quotas{UsersPerAccount: 1})
	f.user("Anna")
	create := func(in iam.CreateUserInput) error { return testkit.Refused(f.CreateUser(f.root, &in)) }

	testkit.WantError(t, create(iam.CreateUserInput{UserName: aws.String("aNNA"), Path: aws.String("/other/")}),
		"EntityAlreadyExists", "User with name aNNA already exists.")
	testkit.WantError(t, create(iam.CreateUserInput{UserName: aws.String("b")}),
		"LimitExceeded", "Cannot exceed quota for UsersPerAccount: 1")
	testkit.WantError(t, create(iam.CreateUserInput{UserName: aws.String("b"), Tags: tags("AWS:x", "1")}),
		"InvalidInput", "Tag keys beginning with aws: are reserved for system use.")
	testkit.WantError(t, create(iam.CreateUserInput{
		UserName: aws.String("b"), PermissionsBoundary: aws.String("arn:aws:iam::123456789012:policy/no"),
	}),
		"NoSuchEntity", "Scope ARN: arn:aws:iam::123456789012:policy/no does not exist or is not attachable.")
}

// A user that was refused or deleted does not count against the quota.
func TestUserQuotaCountsUsersOnly(t *testing.T) {
	t.Parallel()
	f := newFixtureWith(t, iamsvc.Quotas{UsersPerAccount: 1})
	for range 3 {
		f.user("u")
		testkit.Must(f.DeleteUser(f.root, &iam.DeleteUserInput{UserName: aws.String("U")}))(t)
	}
}

func TestGetUserWithoutName(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	asUser := f.user("u")
	if u := testkit.Must(f.GetUser(asUser, &iam.GetUserInput{}))(t).User; *u.UserName != "u" {
		t.Errorf("the caller is %q; want u", *u.UserName)
	}
	want := &types.User{Arn: aws.String("arn:aws:iam::123456789012:root"), UserId: aws.String(account), CreateDate: aws.Time(birth)}
	if diff := cmp.Diff(want, testkit.Must(f.GetUser(f.root, &iam.GetUserInput{}))(t).User, unexported); diff != "" {
		t.Errorf("root (-want +got):\n%s", diff)
	}
	testkit.WantError(t, testkit.Refused(f.GetUser(f.asRole(), &iam.GetUserInput{})),
		"ValidationError", "Must specify userName when calling with non-User credentials")
}

func TestUnknownUser(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	name := aws.String("Nobody")
	for operation, err := range map[string]error{
		"GetUser":           testkit.Refused(f.GetUser(f.root, &iam.GetUserInput{UserName: name})),
		"UpdateUser":        testkit.Refused(f.UpdateUser(f.root, &iam.UpdateUserInput{UserName: name})),
		"DeleteUser":        testkit.Refused(f.DeleteUser(f.root, &iam.DeleteUserInput{UserName: name})),
		"TagUser":           testkit.Refused(f.TagUser(f.root, &iam.TagUserInput{UserName: name, Tags: tags("a", "b")})),
		"UntagUser":         testkit.Refused(f.UntagUser(f.root, &iam.UntagUserInput{UserName: name})),
		"ListUserTags":      testkit.Refused(f.ListUserTags(f.root, &iam.ListUserTagsInput{UserName: name})),
		"ListGroupsForUser": testkit.Refused(f.ListGroupsForUser(f.root, &iam.ListGroupsForUserInput{UserName: name})),
		"CreateAccessKey":   testkit.Refused(f.CreateAccessKey(f.root, &iam.CreateAccessKeyInput{UserName: name})),
		"ListAccessKeys":    testkit.Refused(f.ListAccessKeys(f.root, &iam.ListAccessKeysInput{UserName: name})),
		"ListUserPolicies":  testkit.Refused(f.ListUserPolicies(f.root, &iam.ListUserPoliciesInput{UserName: name})),
	} {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			testkit.WantError(t, err, "NoSuchEntity", "The user with name Nobody cannot be found.")
		})
	}
}

func userNames(users []types.User) string {
	var names []string
	for _, u := range users {
		names = append(names, *u.UserName)
	}
	return strings.Join(names, " ")
}

func TestListUsersByPathPrefix(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for name, path := range map[string]string{"c": "/", "B": "/team/", "a": "/team/x/", "d": "/teams/"} {
		testkit.Must(f.CreateUser(f.root, &iam.CreateUserInput{UserName: aws.String(name), Path: aws.String(path)}))(t)
	}
	for _, c := range []struct {
		why    string
		prefix *string
		want   string
	}{
		{"no prefix lists all by name without regard to case", nil, "a B c d"},
		{"the root path lists all", aws.String("/"), "a B c d"},
		{"a prefix may end inside a segment", aws.String("/te"), "a B d"},
		{"a prefix that ends in a slash is a folder", aws.String("/team/"), "a B"},
		{"a prefix that nothing has lists nothing", aws.String("/x/"), ""},
	} {
		out := testkit.Must(f.ListUsers(f.root, &iam.ListUsersInput{PathPrefix: c.prefix}))(t)
		if got := userNames(out.Users); got != c.want || out.Users == nil || out.IsTruncated || out.Marker != nil {
			t.Errorf("%s: got %q, truncated %v; want %q", c.why, got, out.IsTruncated, c.want)
		}
	}
}

// Pages do not overlap or leave a gap when users come and go between them.
func TestPagesOfUsersWhileOthersWrite(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, name := range []string{"b", "d", "f", "h"} {
		f.user(name)
	}
	two := func(marker *string) *iam.ListUsersOutput {
		return testkit.Must(f.ListUsers(f.root, &iam.ListUsersInput{MaxItems: aws.Int32(2), Marker: marker}))(t)
	}
	first := two(nil)
	if got := userNames(first.Users); got != "b d" || !first.IsTruncated || first.Marker == nil {
		t.Fatalf("first page = %q, truncated %v", got, first.IsTruncated)
	}
	f.user("a")
	f.user("e")
	testkit.Must(f.DeleteUser(f.root, &iam.DeleteUserInput{UserName: aws.String("d")}))(t)
	second := two(first.Marker)
	third := two(second.Marker)
	if got := userNames(second.Users) + "|" + userNames(third.Users); got != "e f|h" {
		t.Errorf("next pages = %q; want e f|h", got)
	}
	if third.IsTruncated || third.Marker != nil {
		t.Errorf("last page is truncated: %v, marker %v", third.IsTruncated, third.Marker)
	}
}

func TestPageThatIsJustFullIsTheLast(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user("a")
	f.user("b")
	out := testkit.Must(f.ListUsers(f.root, &iam.ListUsersInput{MaxItems: aws.Int32(2)}))(t)
	if out.IsTruncated || out.Marker != nil {
		t.Errorf("truncated %v, marker %v", out.IsTruncated, out.Marker)
	}
}

// A marker is valid only for its list, and for the entity of that list.
func TestMarkerOfAnotherListIsInvalid(t *testing.T) {
	t.Parallel()
	f := stage(t)
	fill(f)
	marker := testkit.Must(f.ListUsers(f.root, &iam.ListUsersInput{MaxItems: aws.Int32(1)}))(t).Marker
	if marker == nil {
		t.Fatal("there is one page of users only")
	}
	bob, dev, app := aws.String("Bob"), aws.String("Dev"), aws.String("App")
	for operation, list := range map[string]func(m *string) error{
		"ListGroups": func(m *string) error { return testkit.Refused(f.ListGroups(f.root, &iam.ListGroupsInput{Marker: m})) },
		"GetGroup": func(m *string) error {
			return testkit.Refused(f.GetGroup(f.root, &iam.GetGroupInput{GroupName: dev, Marker: m}))
		},
		"ListGroupsForUser": func(m *string) error {
			return testkit.Refused(f.ListGroupsForUser(f.root, &iam.ListGroupsForUserInput{UserName: bob, Marker: m}))
		},
		"ListAccessKeys": func(m *string) error {
			return testkit.Refused(f.ListAccessKeys(f.root, &iam.ListAccessKeysInput{UserName: bob, Marker: m}))
		},
		"ListUserPolicies": func(m *string) error {
			return testkit.Refused(f.ListUserPolicies(f.root, &iam.ListUserPoliciesInput{UserName: bob, Marker: m}))
		},
		"ListGroupPolicies": func(m *string) error {
			return testkit.Refused(f.ListGroupPolicies(f.root, &iam.ListGroupPoliciesInput{GroupName: dev, Marker: m}))
		},
		"ListRolePolicies": func(m *string) error {
			return testkit.Refused(f.ListRolePolicies(f.root, &iam.ListRolePoliciesInput{RoleName: app, Marker: m}))
		},
		"ListUserTags": func(m *string) error {
			return testkit.Refused(f.ListUserTags(f.root, &iam.ListUserTagsInput{UserName: bob, Marker: m}))
		},
		"ListRoleTags": func(m *string) error {
			return testkit.Refused(f.ListRoleTags(f.root, &iam.ListRoleTagsInput{RoleName: app, Marker: m}))
		},
		"ListPolicyTags": func(m *string) error {
			return testkit.Refused(f.ListPolicyTags(f.root, &iam.ListPolicyTagsInput{PolicyArn: aws.String(ownPolicy), Marker: m}))
		},
	} {
		for why, m := range map[string]*string{
			"of another list": marker, "no base64": aws.String("%%%"), "too short": aws.String("AAAA"),
			"of nobody": aws.String("QUJDREVGR0hJSktM"),
		} {
			t.Run(operation+", marker "+why, func(t *testing.T) {
				t.Parallel()
				testkit.WantError(t, list(m), "ValidationError", "Invalid Marker.")
			})
		}
	}
	testkit.Must(f.ListUsers(f.root, &iam.ListUsersInput{Marker: marker}))(t)
}

func TestMarkerOfAnotherUserIsInvalid(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, name := range []string{"a", "b"} {
		f.user(name)
		testkit.Must(f.TagUser(f.root, &iam.TagUserInput{UserName: aws.String(name), Tags: tags("x", "1", "y", "2")}))(t)
	}
	marker := testkit.Must(f.ListUserTags(f.root, &iam.ListUserTagsInput{UserName: aws.String("a"), MaxItems: aws.Int32(1)}))(t).Marker
	testkit.WantError(t, testkit.Refused(f.ListUserTags(f.root, &iam.ListUserTagsInput{UserName: aws.String("b"), Marker: marker})),
		"ValidationError", "Invalid Marker.")
}

// Without randomness nothing is made, so no ID is ever weak or empty.
func TestNothingIsMadeWithoutRandomness(t *testing.T) {
	t.Parallel()
	f := stage(t)
	before := testkit.Pairs(t, f.store)
	for size := range 10 {
		s := iamsvc.New(iamsvc.Options{Store: f.store, Random: strings.NewReader(strings.Repeat("x", size))})
		for operation, err := range map[string]error{
			"CreateUser":      testkit.Refused(s.CreateUser(f.root, &iam.CreateUserInput{UserName: aws.String("x")})),
			"CreateGroup":     testkit.Refused(s.CreateGroup(f.root, &iam.CreateGroupInput{GroupName: aws.String("x")})),
			"CreateAccessKey": testkit.Refused(s.CreateAccessKey(f.root, &iam.CreateAccessKeyInput{UserName: aws.String("Bob")})),
		} {
			if err == nil {
				t.Errorf("%s succeeds with %d random bytes", operation, size)
			}
		}
	}
	if diff := cmp.Diff(before, testkit.Pairs(t, f.store)); diff != "" {
		t.Errorf("the store has changed (-before +after):\n%s", diff)
	}
}

func TestUpdateUserKeepsWhatBelongsToIt(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user("old")
	f.group("g")
	testkit.Must(f.AddUserToGroup(f.root, &iam.AddUserToGroupInput{UserName: aws.String("old"), GroupName: aws.String("g")}))(t)
	key := testkit.Must(f.CreateAccessKey(f.root, &iam.CreateAccessKeyInput{UserName: aws.String("old")}))(t).AccessKey
	before := testkit.Must(f.GetUser(f.root, &iam.GetUserInput{UserName: aws.String("old")}))(t).User

	testkit.Must(f.UpdateUser(f.root, &iam.UpdateUserInput{UserName: aws.String("old"), NewUserName: aws.String("new"),
		NewPath: aws.String("/p/")}))(t)
	testkit.WantError(t, testkit.Refused(f.GetUser(f.root, &iam.GetUserInput{UserName: aws.String("old")})),
		"NoSuchEntity", "The user with name old cannot be found.")
	after := testkit.Must(f.GetUser(f.root, &iam.GetUserInput{UserName: aws.String("new")}))(t).User
	if *after.UserId != *before.UserId || *after.Arn != "arn:aws:iam::123456789012:user/p/new" {
		t.Errorf("renamed user = %s %s; ID was %s", *after.UserId, *after.Arn, *before.UserId)
	}
	if got := userNames(testkit.Must(f.GetGroup(f.root, &iam.GetGroupInput{GroupName: aws.String("g")}))(t).Users); got != "new" {
		t.Errorf("members = %q; want new", got)
	}
	keys := testkit.Must(f.ListAccessKeys(f.root, &iam.ListAccessKeysInput{UserName: aws.String("new")}))(t).AccessKeyMetadata
	if len(keys) != 1 || *keys[0].AccessKeyId != *key.AccessKeyId || *keys[0].UserName != "new" {
		t.Errorf("keys = %+v", keys)
	}
}

func TestUpdateUserName(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		why, newName, want string
	}{
		{"a name in another case is the user's own", "OLD", ""},
		{"a name that is free can be taken", "free", ""},
		{"a name that another user has in another case is taken", "TAKEN", "User with name TAKEN already exists."},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.user("old")
			f.user("taken")
			err := testkit.Refused(f.UpdateUser(f.root,
				&iam.UpdateUserInput{UserName: aws.String("old"), NewUserName: aws.String(c.newName)}))
			if c.want != "" {
				testkit.WantError(t, err, "EntityAlreadyExists", c.want)
				testkit.Must(f.GetUser(f.root, &iam.GetUserInput{UserName: aws.String("old")}))(t)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := *testkit.Must(f.GetUser(f.root, &iam.GetUserInput{
				UserName: aws.String(c.newName),
			}))(t).User.UserName; got != c.newName {
				t.Errorf("name = %q; want %q", got, c.newName)
			}
		})
	}
}

func TestUpdateUserOfNothing(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user("u")
	testkit.Must(f.UpdateUser(f.root, &iam.UpdateUserInput{UserName: aws.String("u")}))(t)
	if got := *testkit.Must(f.GetUser(f.root, &iam.GetUserInput{
		UserName: aws.String("u"),
	}))(t).User.Arn; got != "arn:aws:iam::123456789012:user/u" {
		t.Errorf("ARN = %s", got)
	}
}

// What the user has is removed step by step, and each step shows the next conflict.
func TestDeleteUserConflictsInOrder(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx, name := f.user("u"), aws.String("u")
	id := principal.FromContext(ctx).EntityID
	f.group("g")
	testkit.Must(f.AddUserToGroup(f.root, &iam.AddUserToGroupInput{UserName: name, GroupName: aws.String("g")}))(t)
	testkit.Must(f.PutUserPolicy(f.root, &iam.PutUserPolicyInput{
		UserName: name, PolicyName: aws.String("p"), PolicyDocument: aws.String(allowAll),
	}))(t)
	attachment := &persistence.Attachment{EntityID: id, PolicyARN: "arn:aws:iam::123456789012:policy/m", PolicyName: "m"}
	f.update(func(tx persistence.Tx) error { return persistence.Attachments.Put(tx, account, attachment) })
	key := testkit.Must(f.CreateAccessKey(f.root, &iam.CreateAccessKeyInput{UserName: name}))(t).AccessKey.AccessKeyId

	for _, step := range []struct {
		conflict string
		clear    func()
	}{
		{"must delete access keys first.", func() {
			testkit.Must(f.DeleteAccessKey(f.root, &iam.DeleteAccessKeyInput{UserName: name, AccessKeyId: key}))(t)
		}},
		{"must detach all policies first.", func() {
			f.update(func(tx persistence.Tx) error {
				return persistence.Attachments.Delete(tx, account, id, "m", attachment.PolicyARN)
			})
		}},
		{"must delete policies first.", func() {
			testkit.Must(f.DeleteUserPolicy(f.root, &iam.DeleteUserPolicyInput{UserName: name, PolicyName: aws.String("P")}))(t)
		}},
		{"must remove users from group first.", func() {
			testkit.Must(f.RemoveUserFromGroup(f.root, &iam.RemoveUserFromGroupInput{UserName: name, GroupName: aws.String("g")}))(t)
		}},
	} {
		testkit.WantError(t, testkit.Refused(f.DeleteUser(f.root, &iam.DeleteUserInput{UserName: name})),
			"DeleteConflict", "Cannot delete entity, "+step.conflict)
		step.clear()
	}
	testkit.Must(f.DeleteUser(f.root, &iam.DeleteUserInput{UserName: name}))(t)
}

// A new user with the name of a deleted one gets nothing that the old one had.
func TestNewUserOfAnOldName(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	first := principal.FromContext(f.user("u")).EntityID
	testkit.Must(f.DeleteUser(f.root, &iam.DeleteUserInput{UserName: aws.String("u")}))(t)
	if second := principal.FromContext(f.user("u")).EntityID; second == first {
		t.Errorf("the new user has the ID of the old one, %s", first)
	}
}

func TestOneOfManyCreationsOfANameWins(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	names := []string{"Same", "same", "SAME", "sAmE"}
	won := race(len(names)*4, func(i int) error {
		return testkit.Refused(f.CreateUser(f.root, &iam.CreateUserInput{UserName: aws.String(names[i%len(names)])}))
	})
	if won != 1 {
		t.Errorf("%d creations of one name succeeded", won)
	}
	if users := testkit.Must(f.ListUsers(f.root, &iam.ListUsersInput{}))(t).Users; len(users) != 1 {
		t.Errorf("there are %d users", len(users))
	}
}

func TestUsersOfAccountsAreApart(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user("u")
	other := principal.NewContext(context.Background(), &principal.Caller{
		Principal: principal.Principal{Kind: principal.Root, AccountID: "999999999999"},
	})
	testkit.Must(f.CreateUser(other, &iam.CreateUserInput{UserName: aws.String("U")}))(t)
	if got := userNames(testkit.Must(f.ListUsers(other, &iam.ListUsersInput{}))(t).Users); got != "U" {
		t.Errorf("users of the other account = %q", got)
	}
}

// race calls f n times at once and returns how many calls succeeded.
func race(n int, f func(i int) error) (won int) {
	var (
		wait sync.WaitGroup
		lock sync.Mutex
	)
	for i := range n {
		wait.Go(func() {
			if err := f(i); err == nil {
				lock.Lock()
				won++
				lock.Unlock()
			}
		})
	}
	wait.Wait()
	return won
}
