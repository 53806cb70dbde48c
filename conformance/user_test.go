package conformance_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/internal/testkit"
)

func userName(u types.User) *string   { return u.UserName }
func groupName(g types.Group) *string { return g.GroupName }

func TestLifeOfAUser(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	created := testkit.Must(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: aws.String("Anna"), Path: aws.String("/a/")}))(t).User
	if *created.Arn != "arn:aws:iam::000000000000:user/a/Anna" || created.CreateDate == nil {
		t.Errorf("created = %s at %v", *created.Arn, created.CreateDate)
	}
	testkit.WantError(t, testkit.Refused(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: aws.String("ANNA")})),
		"EntityAlreadyExists", "User with name ANNA already exists.")
	testkit.Must(w.UpdateUser(w.ctx, &iam.UpdateUserInput{UserName: aws.String("anna"), NewUserName: aws.String("Eva"),
		NewPath: aws.String("/")}))(t)
	got := testkit.Must(w.GetUser(w.ctx, &iam.GetUserInput{UserName: aws.String("eva")}))(t).User
	if *got.UserId != *created.UserId || *got.Arn != "arn:aws:iam::000000000000:user/Eva" {
		t.Errorf("renamed = %s %s", *got.UserId, *got.Arn)
	}
	if names := joined(testkit.Must(w.ListUsers(w.ctx, nil))(t).Users, userName); names != "Eva" {
		t.Errorf("users = %q", names)
	}
	testkit.Must(w.DeleteUser(w.ctx, &iam.DeleteUserInput{UserName: aws.String("EVA")}))(t)
	err := testkit.Refused(w.GetUser(w.ctx, &iam.GetUserInput{UserName: aws.String("Eva")}))
	testkit.WantError(t, err, "NoSuchEntity", "The user with name Eva cannot be found.")
	if typed := new(types.NoSuchEntityException); !errors.As(err, &typed) {
		t.Errorf("error = %T; want the SDK's type", err)
	}
}

func TestNamesAndPathsOfUsersAndGroups(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const (
		badName = "is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-"
		badPath = "is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters."
	)
	long := strings.Repeat("n", 65)
	for _, c := range []struct {
		why  string
		err  error
		want string
	}{
		{"a name with a blank", testkit.Refused(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: aws.String("a b")})),
			"The specified value for userName " + badName},
		{"a group's name with an accent", testkit.Refused(w.CreateGroup(w.ctx, &iam.CreateGroupInput{GroupName: aws.String("é")})),
			"The specified value for groupName " + badName},
		{"a path that does not end", testkit.Refused(w.CreateUser(w.ctx,
			&iam.CreateUserInput{UserName: aws.String("a"), Path: aws.String("/a")})),
			"The specified value for path " + badPath},
		{"a new path that does not begin", testkit.Refused(w.UpdateGroup(w.ctx,
			&iam.UpdateGroupInput{GroupName: aws.String("a"), NewPath: aws.String("a/")})),
			"The specified value for newPath " + badPath},
		{"a name of 65 characters", testkit.Refused(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: &long})),
			"1 validation error detected: Value at 'userName' failed to satisfy constraint: Member must have length less than or equal to 64"},
		{"a page of nothing", testkit.Refused(w.ListUsers(w.ctx, &iam.ListUsersInput{MaxItems: aws.Int32(0)})),
			"1 validation error detected: Value at 'maxItems' failed to satisfy constraint: Member must have value greater than or equal to 1"},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			testkit.WantError(t, c.err, "ValidationError", c.want)
		})
	}
}

func TestPaginatorSeesEveryUserOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var want []string
	for c := 'a'; c <= 'm'; c++ {
		want = append(want, string(c))
		testkit.Must(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: aws.String(string(c))}))(t)
	}
	var got []string
	pages := 0
	for p := iam.NewListUsersPaginator(w, &iam.ListUsersInput{MaxItems: aws.Int32(5)}); p.HasMorePages(); pages++ {
		page, err := p.NextPage(w.ctx)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, joined(page.Users, userName))
	}
	if strings.Join(got, " ") != strings.Join(want, " ") || pages != 3 {
		t.Errorf("%d pages: %q", pages, got)
	}
}

func TestLifeOfAGroup(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user("anna", "")
	group, name := aws.String("dev"), aws.String("anna")
	testkit.Must(w.CreateGroup(w.ctx, &iam.CreateGroupInput{GroupName: group}))(t)
	testkit.Must(w.AddUserToGroup(w.ctx, &iam.AddUserToGroupInput{GroupName: group, UserName: name}))(t)
	if got := joined(testkit.Must(w.ListGroupsForUser(w.ctx, &iam.ListGroupsForUserInput{UserName: name}))(t).Groups,
		groupName); got != "dev" {
		t.Errorf("groups of anna = %q", got)
	}
	testkit.Must(w.UpdateGroup(w.ctx, &iam.UpdateGroupInput{GroupName: group, NewGroupName: aws.String("ops")}))(t)
	group = aws.String("ops")
	if got := joined(testkit.Must(w.GetGroup(w.ctx, &iam.GetGroupInput{GroupName: group}))(t).Users, userName); got != "anna" {
		t.Errorf("members of ops = %q", got)
	}
	if got := joined(testkit.Must(w.ListGroups(w.ctx, nil))(t).Groups, groupName); got != "ops" {
		t.Errorf("groups = %q", got)
	}
	testkit.WantError(t, testkit.Refused(w.DeleteGroup(w.ctx, &iam.DeleteGroupInput{GroupName: group})),
		"DeleteConflict", "Cannot delete entity, must remove users from group first.")
	testkit.Must(w.RemoveUserFromGroup(w.ctx, &iam.RemoveUserFromGroupInput{GroupName: group, UserName: name}))(t)
	testkit.Must(w.DeleteGroup(w.ctx, &iam.DeleteGroupInput{GroupName: group}))(t)
	testkit.WantError(t, testkit.Refused(w.GetGroup(w.ctx, &iam.GetGroupInput{GroupName: group})), "NoSuchEntity",
		"The group with name ops cannot be found.")
}

// What a member may do begins and ends with the membership.
func TestMembershipGivesAndTakesPermissions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := w.user("anna", "")
	group, name := aws.String("dev"), aws.String("anna")
	testkit.Must(w.CreateGroup(w.ctx, &iam.CreateGroupInput{GroupName: group}))(t)
	testkit.Must(w.PutGroupPolicy(w.ctx, &iam.PutGroupPolicyInput{
		GroupName: group, PolicyName: aws.String("p"), PolicyDocument: aws.String(allow("iam:ListUsers")),
	}))(t)
	const denial = "User: arn:aws:iam::000000000000:user/anna is not authorized to perform: iam:ListUsers on resource: " +
		"arn:aws:iam::000000000000:user/ because no identity-based policy allows the iam:ListUsers action"
	testkit.WantError(t, testkit.Refused(anna.ListUsers(w.ctx, nil)), "AccessDenied", denial)
	testkit.Must(w.AddUserToGroup(w.ctx, &iam.AddUserToGroupInput{GroupName: group, UserName: name}))(t)
	testkit.Must(anna.ListUsers(w.ctx, nil))(t)
	testkit.Must(w.RemoveUserFromGroup(w.ctx, &iam.RemoveUserFromGroupInput{GroupName: group, UserName: name}))(t)
	testkit.WantError(t, testkit.Refused(anna.ListUsers(w.ctx, nil)), "AccessDenied", denial)
}

func TestUserAsksForItself(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := w.user("anna", allow("iam:Get*"))
	if got := *testkit.Must(anna.GetUser(w.ctx, nil))(t).User.UserName; got != "anna" {
		t.Errorf("anna is %q", got)
	}
	testkit.WantError(t, testkit.Refused(anna.ListAccessKeys(w.ctx, nil)), "AccessDenied",
		"User: arn:aws:iam::000000000000:user/anna is not authorized to perform: iam:ListAccessKeys on resource: user nullanna"+
			" because no identity-based policy allows the iam:ListAccessKeys action")
	root := testkit.Must(w.GetUser(w.ctx, nil))(t).User
	if *root.Arn != "arn:aws:iam::000000000000:root" || *root.UserId != "000000000000" || root.UserName != nil {
		t.Errorf("root = %+v", root)
	}
}
