package iamtest_test

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/understudy-iam/understudy/internal/testkit"
)

// call is a live call and the permissions that it needs, as a simulation
// would be asked about them.
type call struct {
	name  string
	needs []need
	make  func(*actor) error
}

type need struct {
	action, resource string
	keys             []types.ContextEntry
}

func one(action, resource string, keys ...types.ContextEntry) []need {
	return []need{{action, resource, keys}}
}

func key(name string, kind types.ContextKeyTypeEnum, values ...string) types.ContextEntry {
	return types.ContextEntry{ContextKeyName: &name, ContextKeyType: kind, ContextKeyValues: values}
}

// call returns a random call on something that exists.
func (w *world) call() call {
	list := w.calls()
	return list[w.IntN(len(list))]
}

func (w *world) callNames() []string {
	var names []string
	for _, c := range w.calls() {
		names = append(names, c.name)
	}
	return names
}

func (w *world) calls() []call {
	user, role := w.principals[w.IntN(4)], w.principals[4+w.IntN(3)]
	return append(w.userCalls(user), w.otherCalls(role)...)
}

func (w *world) userCalls(u *actor) []call {
	policy, team := w.pick(w.managed...), w.pick(teams...)
	tag := []types.ContextEntry{
		key("aws:RequestTag/team", types.ContextKeyTypeEnumString, team), key("aws:TagKeys", types.ContextKeyTypeEnumStringList, "team"),
	}
	tags := []types.Tag{{Key: aws.String("team"), Value: &team}}
	return []call{
		{"GetUser", one("iam:GetUser", u.arn), func(a *actor) error {
			return testkit.Refused(a.iam.GetUser(ctx, &iam.GetUserInput{UserName: &u.name}))
		}},
		{"ListUserPolicies", one("iam:ListUserPolicies", u.arn), func(a *actor) error {
			return testkit.Refused(a.iam.ListUserPolicies(ctx, &iam.ListUserPoliciesInput{UserName: &u.name}))
		}},
		{"TagUser", one("iam:TagUser", u.arn, tag...), func(a *actor) error {
			return testkit.Refused(a.iam.TagUser(ctx, &iam.TagUserInput{UserName: &u.name, Tags: tags}))
		}},
		{"UntagUser", one("iam:UntagUser", u.arn, key("aws:TagKeys", types.ContextKeyTypeEnumStringList, "other")), func(a *actor) error {
			return testkit.Refused(a.iam.UntagUser(ctx, &iam.UntagUserInput{UserName: &u.name, TagKeys: []string{"other"}}))
		}},
		{"AttachUserPolicy", one("iam:AttachUserPolicy", u.arn, key("iam:PolicyARN", types.ContextKeyTypeEnumString, policy)),
			func(a *actor) error {
				return testkit.Refused(a.iam.AttachUserPolicy(ctx, &iam.AttachUserPolicyInput{UserName: &u.name, PolicyArn: &policy}))
			}},
		{"PutUserPolicy", one("iam:PutUserPolicy", u.arn), func(a *actor) error {
			return testkit.Refused(a.iam.PutUserPolicy(ctx, &iam.PutUserPolicyInput{
				UserName: &u.name, PolicyName: aws.String("extra"), PolicyDocument: aws.String(w.document()),
			}))
		}},
		{"CreateUser", []need{
			{"iam:CreateUser", account + "user/u0", tag}, {"iam:TagUser", account + "user/u0", tag},
		}, func(a *actor) error { // it exists, so that nothing changes
			return testkit.Refused(a.iam.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("u0"), Tags: tags}))
		}},
	}
}

func (w *world) otherCalls(r *actor) []call {
	policy, group := w.pick(w.managed...), w.pick("g0", "g1", "g2")
	return []call{
		{"ListUsers", one("iam:ListUsers", account+"user/"), func(a *actor) error {
			return testkit.Refused(a.iam.ListUsers(ctx, &iam.ListUsersInput{}))
		}},
		{"GetGroup", one("iam:GetGroup", account+"group/"+group), func(a *actor) error {
			return testkit.Refused(a.iam.GetGroup(ctx, &iam.GetGroupInput{GroupName: &group}))
		}},
		{"GetRole", one("iam:GetRole", r.arn), func(a *actor) error {
			return testkit.Refused(a.iam.GetRole(ctx, &iam.GetRoleInput{RoleName: &r.name}))
		}},
		{"DeleteRole", one("iam:DeleteRole", r.arn), func(a *actor) error { // its policy prevents the deletion
			return testkit.Refused(a.iam.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: &r.name}))
		}},
		{"GetPolicy", one("iam:GetPolicy", policy), func(a *actor) error {
			return testkit.Refused(a.iam.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: &policy}))
		}},
		{"AssumeRole", one("sts:AssumeRole", r.arn, key("sts:RoleSessionName", types.ContextKeyTypeEnumString, "property")),
			func(a *actor) error {
				return testkit.Refused(a.sts.AssumeRole(ctx,
					&sts.AssumeRoleInput{RoleArn: &r.arn, RoleSessionName: aws.String("property")}))
			}},
	}
}
