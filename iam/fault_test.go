package iam_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/internal/testkit"
)

// Whichever access to the store fails, the operation returns that error and leaves
// everything as it was.
func TestFaultOfTheStoreChangesNothing(t *testing.T) {
	t.Parallel()
	for name, call := range faultCalls() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := stage(t)
			x := fill(f)
			store := testkit.NewFailingStore(f.store)
			x.service = iamsvc.New(iamsvc.Options{Store: store})
			store.AtEachAccess(t, func() error { return call(f, x) })
		})
	}
}

// things are the resources of the calls, besides those that stage makes.
type things struct {
	service *iamsvc.Service
	key     *string // of Bob
}

// fill gives Bob a key, a group and a policy, and the group and role a policy.
func fill(f *fixture) *things {
	bob, dev, app, p, doc := aws.String("Bob"), aws.String("Dev"), aws.String("App"), aws.String("p"), aws.String(allowAll)
	testkit.Must(f.AddUserToGroup(f.root, &iam.AddUserToGroupInput{UserName: bob, GroupName: dev}))(f.t)
	testkit.Must(f.PutUserPolicy(f.root, &iam.PutUserPolicyInput{UserName: bob, PolicyName: p, PolicyDocument: doc}))(f.t)
	testkit.Must(f.PutGroupPolicy(f.root, &iam.PutGroupPolicyInput{GroupName: dev, PolicyName: p, PolicyDocument: doc}))(f.t)
	testkit.Must(f.PutRolePolicy(f.root, &iam.PutRolePolicyInput{RoleName: app, PolicyName: p, PolicyDocument: doc}))(f.t)
	return &things{key: f.key(f.root, bob).AccessKeyId}
}

func faultCalls() map[string]func(*fixture, *things) error {
	bob, dev, app, p, doc := aws.String("Bob"), aws.String("Dev"), aws.String("App"), aws.String("p"), aws.String(allowAll)
	anna, own, list := aws.String("anna"), aws.String(ownPolicy), tags("a", "b")
	return map[string]func(*fixture, *things) error{
		"CreateUser": func(f *fixture, x *things) error {
			return testkit.Refused(x.service.CreateUser(f.root, &iam.CreateUserInput{UserName: aws.String("x")}))
		},
		"GetUser": func(f *fixture, x *things) error {
			return testkit.Refused(x.service.GetUser(f.root, &iam.GetUserInput{UserName: bob}))
		},
		"GetUser by root": func(f *fixture, x *things) error {
			return testkit.Refused(x.service.GetUser(f.root, &iam.GetUserInput{}))
		},
		"ListUsers": func(f *fixture, x *things) error {
			return testkit.Refused(x.service.ListUsers(f.root, &iam.ListUsersInput{}))
		},
		"UpdateUser": func(f *fixture, x *things) error {
			return testkit.Refused(x.service.UpdateUser(f.root, &iam.UpdateUserInput{UserName: bob, NewUserName: aws.String("rob")}))
		},
		"DeleteUser": func(f *fixture, x *things) error {
			return testkit.Refused(x.service.DeleteUser(f.root, &iam.DeleteUserInput{UserName: anna}))
		},
		"CreateGroup": func(f *fixture, x *things) error {
			return testkit.Refused(x.service.CreateGroup(f.root, &iam.CreateGroupInput{GroupName: aws.String("x")}))
		},
		"GetGroup": func(f *fixture, x *things) error {
			return testkit.Refused(x.service.GetGroup(f.root, &iam.GetGroupInput{GroupName: dev}))
		},
		"ListGroups": func(f *fixture, x *things) error {
			return testkit.Refused(x.service.ListGroups(f.root, &iam.ListGroupsInput{}))
		},
		"UpdateGroup": func(f *fixture, x *things) error {
			return testkit.Refused(x.service.UpdateGroup(f.root, &iam.UpdateGroupInput{GroupName: dev, NewGroupName: aws.String("x")}))
		},
		"AddUserToGroup": func(f *fixture, x *things) error {
			return testkit.Refused(x.service.AddUserToGroup(f.root, &iam.AddUserToGroupInput{GroupName: dev, UserName: anna}))
		},
		"RemoveUserFromGroup": func(f *fixture, x *things) error {
			return testkit.Refused(x.service.RemoveUserFromGroup(f.root, &iam.RemoveUserFromGroupInput{GroupName: dev, UserName: bob}))
		},
		"ListGroupsForUser": func(f *fixture, x *things) error {
			return testkit.Refused(x.service.ListGroupsForUser(f.root, &iam.ListGroupsForUserInput{UserName: bob}))
		},
		"CreateAccessKey": func(f *fixture, x *things) error {
			return testkit.Refused(x.service.CreateAccessKey(f.root, &iam.CreateAccessKeyInput{UserName: anna}))
		},
		"ListAccessKeys": func(f *fixture, x *things) error {
			return testkit.Refused(x.service.ListAccessKeys(f.root, &iam.ListAccessKeysInput{UserName: bob}))
		},
		"UpdateAccessKey": func(f *fixture, x *things) error {
			return testkit.Refused(x.service.UpdateAccessKey(f.root,
				&iam.UpdateAccessKeyInput{UserName: bob, AccessKeyId: x.key, Status: types.StatusTypeInactive}))
		},
		"DeleteAccessKey": func(f *fixture, x *things) error {
			return testkit.Refused(x.service.DeleteAccessKey(f.root, &iam.DeleteAccessKeyInput{UserName: bob, AccessKeyId: x.key}))
		},
		"GetAccessKeyLastUsed": func(f *fixture, x *things) error {
			return testkit.Refused(x.service.GetAccessKeyLastUsed(f.root, &iam.GetAccessKeyLastUsedInput{AccessKeyId: x.key}))
		},
		"PutUserPolicy": func(f *fixture, x *things) error {
			return testkit.Refused(x.service.PutUserPolicy(f.root,
				&iam.PutUserPolicyInput{UserName: bob, PolicyName: aws.String("q"), PolicyDocument: doc}))
		},
		"GetGroupPolicy": func(f *fixture, x *things) error {
			return testkit.Refused(x.service.GetGroupPolicy(f.root, &iam.GetGroupPolicyInput{GroupName: dev, PolicyName: p}))
		},
		"DeleteRolePolicy": func(f *fixture, x *things) error {
			return testkit.Refused(x.service.DeleteRolePolicy(f.root, &iam.DeleteRolePolicyInput{RoleName: app, PolicyName: p}))
		},
		"ListUserPolicies": func(f *fixture, x *things) error {
			return testkit.Refused(x.service.ListUserPolicies(f.root, &iam.ListUserPoliciesInput{UserName: bob}))
		},
		"TagUser": func(f *fixture, x *things) error {
			return testkit.Refused(x.service.TagUser(f.root, &iam.TagUserInput{UserName: bob, Tags: list}))
		},
		"UntagRole": func(f *fixture, x *things) error {
			return testkit.Refused(x.service.UntagRole(f.root, &iam.UntagRoleInput{RoleName: app, TagKeys: []string{"a"}}))
		},
		"TagPolicy": func(f *fixture, x *things) error {
			return testkit.Refused(x.service.TagPolicy(f.root, &iam.TagPolicyInput{PolicyArn: own, Tags: list}))
		},
		"ListPolicyTags": func(f *fixture, x *things) error {
			return testkit.Refused(x.service.ListPolicyTags(f.root, &iam.ListPolicyTagsInput{PolicyArn: own}))
		},
	}
}

// If a decision cannot be made, that is an error; the call is not allowed.
func TestFaultOfTheStoreWhileDeciding(t *testing.T) {
	t.Parallel()
	key := &iam.GetAccessKeyLastUsedInput{}
	for operation, in := range map[string]any{
		"GetUser":              &iam.GetUserInput{UserName: aws.String("Bob")},
		"ListPolicyTags":       &iam.ListPolicyTagsInput{PolicyArn: aws.String(ownPolicy)},
		"UpdateUser":           &iam.UpdateUserInput{UserName: aws.String("Bob"), NewPath: aws.String("/q/")},
		"GetAccessKeyLastUsed": key,
	} {
		t.Run(operation, func(t *testing.T) {
			f := stage(t)
			key.AccessKeyId = fill(f).key
			if err := f.decide(statement("iam:*", "*"), operation, in); err != nil {
				t.Fatal(err)
			}
			store := testkit.NewFailingStore(f.store)
			f.authz = newAuthorizer(store)
			store.AtEachAccess(t, func() error { return f.decideAgain(operation, in) })
		})
	}
}
