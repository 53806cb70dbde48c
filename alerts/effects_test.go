package alerts_test

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/alerts"
)

const (
	allActions = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	allOfS3    = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`
	toEC2      = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
)

// people are users and roles of whom none but the role admin is an administrator.
const people = `
accounts:
- id: "000000000000"
  policies:
  - {name: own, document: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: "s3:*", Resource: "*"}]}}
  groups:
  - {name: devs}
  - {name: admins, policies: [AdministratorAccess]}
  - {name: empty}
  users:
  - {name: ana}
  - {name: bob, groups: [devs], policies: [own]}
  - {name: carl, boundary: own, policies: [AdministratorAccess]}
  - name: dora
    policies: [AdministratorAccess]
    inline: {guard: {Version: 2012-10-17, Statement: [{Sid: Keep, Effect: Deny, Action: "s3:DeleteBucket", Resource: "*"}]}}
  - name: eve
    inline: {be: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: "sts:AssumeRole", Resource: "*"}]}}
  roles:
  - name: admin
    policies: [AdministratorAccess]
    trust: {Version: 2012-10-17, Statement: [{Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: "sts:AssumeRole"}]}
  - name: app
    trust: {Version: 2012-10-17, Statement: [{Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: "sts:AssumeRole"}]}
  - name: hop
    inline: {be: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: "sts:AssumeRole", Resource: "*"}]}}
    trust: {Version: 2012-10-17, Statement: [{Effect: Allow, Principal: {AWS: "arn:aws:iam::000000000000:user/ana"}, Action: "sts:AssumeRole"}]}
- id: "111122223333"
  users:
  - name: zoe
    policies: [AdministratorAccess]
`

// trusting is a trust policy for the principal of AWS, with more in its statement.
func trusting(principal, more string) *string {
	return aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + principal +
		`"},"Action":"sts:AssumeRole"` + more + `}]}`)
}

// A step is a call, after which the changes are looked at.
type step = func(ctx context.Context, c *iam.Client) error

// call is a step of one operation.
func call[In, Out any](f func(*iam.Client, context.Context, *In, ...func(*iam.Options)) (*Out, error), in *In) step {
	return func(ctx context.Context, c *iam.Client) error {
		_, err := f(c, ctx, in)
		return err
	}
}

func attachUser(name, policy string) step {
	return call((*iam.Client).AttachUserPolicy, &iam.AttachUserPolicyInput{UserName: &name, PolicyArn: aws.String(managed(policy))})
}

func detachUser(name, policy string) step {
	return call((*iam.Client).DetachUserPolicy, &iam.DetachUserPolicyInput{UserName: &name, PolicyArn: aws.String(managed(policy))})
}

func attachRole(name, policy string) step {
	return call((*iam.Client).AttachRolePolicy, &iam.AttachRolePolicyInput{RoleName: &name, PolicyArn: aws.String(managed(policy))})
}

func attachGroup(name, policy string) step {
	return call((*iam.Client).AttachGroupPolicy, &iam.AttachGroupPolicyInput{GroupName: &name, PolicyArn: aws.String(managed(policy))})
}

func putUser(name, policy, document string) step {
	return call((*iam.Client).PutUserPolicy, &iam.PutUserPolicyInput{
		UserName: &name, PolicyName: &policy, PolicyDocument: &document,
	})
}

func putGroup(name, document string) step {
	return call((*iam.Client).PutGroupPolicy, &iam.PutGroupPolicyInput{
		GroupName: &name, PolicyName: aws.String("in"), PolicyDocument: &document,
	})
}

func putRole(name, document string) step {
	return call((*iam.Client).PutRolePolicy, &iam.PutRolePolicyInput{
		RoleName: &name, PolicyName: aws.String("in"), PolicyDocument: &document,
	})
}

func join(user, group string) step {
	return call((*iam.Client).AddUserToGroup, &iam.AddUserToGroupInput{UserName: &user, GroupName: &group})
}

func version(document string, isDefault bool) step {
	return call((*iam.Client).CreatePolicyVersion, &iam.CreatePolicyVersionInput{
		PolicyArn: aws.String(own), PolicyDocument: &document, SetAsDefault: isDefault,
	})
}

func trust(role string, document *string) step {
	return call((*iam.Client).UpdateAssumeRolePolicy, &iam.UpdateAssumeRolePolicyInput{RoleName: &role, PolicyDocument: document})
}

func bound(user, policy string) step {
	return call((*iam.Client).PutUserPermissionsBoundary, &iam.PutUserPermissionsBoundaryInput{
		UserName: &user, PermissionsBoundary: aws.String(managed(policy)),
	})
}

func create(user string) step {
	return call((*iam.Client).CreateUser, &iam.CreateUserInput{UserName: &user})
}

const own = "arn:aws:iam::000000000000:policy/own"

func managed(policy string) string {
	if policy == "own" {
		return own
	}
	return "arn:aws:iam::aws:policy/" + policy
}

// told writes changes in lines.
func told(changes []alerts.Change) (list []string) {
	short := strings.NewReplacer("arn:aws:iam::000000000000:", "", "arn:aws:iam::", "")
	for _, c := range changes {
		list = append(list, short.Replace(c.Principal+" "+c.Kind+" "+c.What+": "+c.Because))
	}
	return list
}

// run makes the calls and returns what the last one changed.
func (w *world) run(steps ...step) []string {
	w.Helper()
	c := w.iam(home)
	for _, s := range steps {
		if err := s(w.Context(), c); err != nil {
			w.Fatal(err)
		}
	}
	return told(w.changes)
}

func TestBecomesAdministrator(t *testing.T) {
	t.Parallel()
	const mfa = `,"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`
	const administrator = "AdministratorAccess"
	const elsewhere = `,"Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.1"}}`
	const byAWS = " becomes administrator: Statement 1 of AWS managed policy AdministratorAccess allows it"
	const trusted = "It can assume role role/admin: statement 1 of its trust policy allows it"
	const eve = "user/eve becomes administrator: " + trusted + ", and so does statement 1 of inline policy be of user eve."
	const hop = "role/hop becomes administrator: " + trusted + ", and so does statement 1 of inline policy be of role hop."
	const dora = "user/dora becomes administrator: " + trusted + ", and so does statement 1 of AWS managed policy AdministratorAccess."
	const ana = "user/ana becomes administrator: It can assume role role/hop: statement 1 of its trust policy allows it; " +
		"from there it can assume role role/admin."
	for name, c := range map[string]struct {
		steps []step
		want  []string
	}{
		"a policy attached to a user":               {[]step{attachUser("ana", "AdministratorAccess")}, []string{"user/ana" + byAWS + "."}},
		"all but an administrator's policy":         {[]step{attachUser("ana", "PowerUserAccess")}, nil},
		"a policy attached to a group":              {[]step{attachGroup("devs", administrator)}, []string{"user/bob" + byAWS + "."}},
		"a policy attached to a group of nobody":    {[]step{attachGroup("empty", "AdministratorAccess")}, nil},
		"a policy attached to a role":               {[]step{attachRole("app", "AdministratorAccess")}, []string{"role/app" + byAWS + "."}},
		"all of IAM attached to a role":             {[]step{attachRole("app", "IAMFullAccess")}, nil},
		"what an administrator has, attached again": {[]step{attachRole("admin", "PowerUserAccess")}, nil},
		"an inline policy of a user": {[]step{putUser("ana", "all", allActions)}, []string{
			"user/ana becomes administrator: Statement 1 of inline policy all of user ana allows it.",
		}},
		"an inline policy of a service": {[]step{putUser("ana", "all", allOfS3)}, nil},
		"an inline policy of a group": {[]step{putGroup("devs", allActions)}, []string{
			"user/bob becomes administrator: Statement 1 of inline policy in of group devs allows it.",
		}},
		"an inline policy of a group, of a service": {[]step{putGroup("devs", allOfS3)}, nil},
		"an inline policy of a role": {[]step{putRole("app", allActions)}, []string{
			"role/app becomes administrator: Statement 1 of inline policy in of role app allows it.",
		}},
		"an inline policy of a role, of a service": {[]step{putRole("app", allOfS3)}, nil},
		"a group joined":       {[]step{join("ana", "admins")}, []string{"user/ana" + byAWS + "."}},
		"another group joined": {[]step{join("ana", "devs")}, nil},
		"a version that is the default": {[]step{version(allActions, true)}, []string{
			"user/bob becomes administrator: Statement 1 of managed policy own allows it.",
			"user/carl becomes administrator: Statement 1 of AWS managed policy AdministratorAccess allows it; " +
				"before, permissions boundary own did not allow it.",
		}},
		"a version that is not":   {[]step{version(allActions, false)}, nil},
		"a version of no account": {[]step{version(allOfS3, true)}, nil},
		"a version made the default": {[]step{version(allActions, false), call((*iam.Client).SetDefaultPolicyVersion,
			&iam.SetDefaultPolicyVersionInput{PolicyArn: aws.String(own), VersionId: aws.String("v2")})}, []string{
			"user/bob becomes administrator: Statement 1 of managed policy own allows it.",
			"user/carl becomes administrator: Statement 1 of AWS managed policy AdministratorAccess allows it; " +
				"before, permissions boundary own did not allow it.",
		}},
		"a boundary removed": {[]step{call((*iam.Client).DeleteUserPermissionsBoundary,
			&iam.DeleteUserPermissionsBoundaryInput{UserName: aws.String("carl")})}, []string{
			"user/carl" + byAWS + "; before, permissions boundary own did not allow it.",
		}},
		"a boundary widened to all": {[]step{bound("carl", "AdministratorAccess")}, []string{
			"user/carl" + byAWS + "; before, permissions boundary own did not allow it.",
		}},
		"a boundary widened": {[]step{bound("carl", "PowerUserAccess")}, nil},
		"a denial removed": {[]step{call((*iam.Client).DeleteUserPolicy,
			&iam.DeleteUserPolicyInput{UserName: aws.String("dora"), PolicyName: aws.String("guard")})}, []string{
			"user/dora" + byAWS + "; before, statement Keep of inline policy guard of user dora denied it.",
		}},
		"a denial of another action": {[]step{putUser("dora", "guard", strings.ReplaceAll(allOfS3, "Allow", "Deny"))}, nil},
		"a trust opened to a user": {[]step{trust("admin", trusting("arn:aws:iam::000000000000:user/bob", ""))}, []string{
			"user/bob becomes administrator: " + trusted + ".",
		}},
		"a trust opened to a service": {[]step{trust("admin", aws.String(strings.Replace(toEC2, "ec2", "lambda", 1)))}, nil},
		"a trust opened to the account, and so to who may assume it, and who may assume such a role": {
			[]step{trust("admin", trusting(home, ""))}, []string{hop, ana, dora, eve},
		},
		"a trust opened to those with MFA":             {[]step{trust("admin", trusting(home, mfa))}, []string{hop, ana, dora, eve}},
		"a trust opened to the account on a condition": {[]step{trust("admin", trusting(home, elsewhere))}, nil},
		"a trust opened to a name of sessions, which is chosen": {
			[]step{trust("admin", trusting(userPrefix+"bob", `,"Condition":{"StringEquals":{"sts:RoleSessionName":"night"}}`))},
			[]string{"user/bob becomes administrator: " + trusted + "."},
		},
		"a trust opened to an external ID, which has to be known": {
			[]step{trust("admin", trusting(userPrefix+"bob", `,"Condition":{"StringEquals":{"sts:ExternalId":"x"}}`))}, nil,
		},
		"a trust of a role that can do little": {[]step{trust("app", trusting(home, ""))}, nil},
		"a trust opened to a user with a boundary": {[]step{
			trust("admin", trusting(home, "")), trust("hop", trusting("arn:aws:iam::000000000000:user/carl", "")),
		}, []string{
			"user/carl becomes administrator: It can assume role role/hop: statement 1 of its trust policy allows it, " +
				"and so does statement 1 of AWS managed policy AdministratorAccess; from there it can assume role role/admin.",
		}},
		"a role chained": {[]step{
			trust("app", trusting("arn:aws:iam::000000000000:role/hop", "")), attachRole("app", "AdministratorAccess"),
		}, []string{
			"role/app" + byAWS + ".",
			"role/hop becomes administrator: It can assume role role/app: statement 1 of its trust policy allows it, " +
				"and so does statement 1 of inline policy be of role hop.",
			"user/ana becomes administrator: It can assume role role/hop: statement 1 of its trust policy allows it; " +
				"from there it can assume role role/app.",
		}},
		"a role chained to one that can do little": {[]step{trust("app", trusting("arn:aws:iam::000000000000:role/hop", ""))}, nil},
		"a user made": {[]step{create("fay")}, nil},
		"a policy attached to a user who was made": {
			[]step{create("fay"), attachUser("fay", "AdministratorAccess")}, []string{"user/fay" + byAWS + "."},
		},
		"a user made who is named like an administrator who was deleted": {[]step{
			attachUser("ana", "AdministratorAccess"),
			detachUser("ana", administrator),
			call((*iam.Client).DeleteUser, &iam.DeleteUserInput{UserName: aws.String("ana")}),
			create("ana"), attachUser("ana", "AdministratorAccess"),
		}, []string{"user/ana" + byAWS + "."}},
		"a second policy of an administrator": {[]step{attachUser("ana", "AdministratorAccess"), putUser("ana", "all", allActions)}, nil},
		"an administrator renamed": {[]step{attachUser("ana", "AdministratorAccess"),
			call((*iam.Client).UpdateUser, &iam.UpdateUserInput{UserName: aws.String("ana"), NewUserName: aws.String("anna")})}, nil},
		"an administrator who has lost it and gets it again": {[]step{
			attachUser("ana", "AdministratorAccess"),
			detachUser("ana", administrator),
			attachUser("ana", "AdministratorAccess"),
		}, []string{"user/ana" + byAWS + "."}},
		"a policy of a user who was renamed": {[]step{
			call((*iam.Client).UpdateUser, &iam.UpdateUserInput{UserName: aws.String("ana"), NewUserName: aws.String("anna")}),
			attachUser("anna", "AdministratorAccess"),
		}, []string{"user/anna" + byAWS + "."}},
		"another way to be what one is": {[]step{
			trust("admin", trusting(home, "")), putUser("eve", "all", allActions),
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, people, &alerts.Effect{Becomes: alerts.Administrator})
			if diff := cmp.Diff(c.want, w.run(c.steps...)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
