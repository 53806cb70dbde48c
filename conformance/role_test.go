package conformance_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/understudy-iam/understudy/internal/testkit"
)

const (
	ec2Trust      = `{"Version":"2012-10-17","Statement":[{"Action":["sts:AssumeRole"],"Principal":{"Service":["ec2.amazonaws.com"]},"Effect":"Allow"}]}`
	ec2TrustShown = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
)

func roleNameOf(r types.Role) *string { return r.RoleName }

// role makes a role with the trust policy.
func (w *world) role(name, document string) *types.Role {
	w.t.Helper()
	return testkit.Must(w.CreateRole(w.ctx, &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: &document}))(w.t).Role
}

// trustIn is a trust policy for one AWS principal.
func trustIn(principal string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + principal + `"},"Action":"sts:AssumeRole"}]}`
}

func TestLifeOfARole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	created := w.role("Build", ec2Trust)
	if got := decoded(t, created.AssumeRolePolicyDocument); got != ec2Trust || created.MaxSessionDuration != nil ||
		created.RoleLastUsed != nil {
		t.Errorf("created = %+v, trust %s", created, got)
	}
	if err := iam.NewRoleExistsWaiter(w).Wait(w.ctx, &iam.GetRoleInput{RoleName: aws.String("Build")}, time.Minute); err != nil {
		t.Fatal(err)
	}
	testkit.Must(w.UpdateRole(w.ctx, &iam.UpdateRoleInput{
		RoleName: aws.String("build"), Description: aws.String("d"), MaxSessionDuration: aws.Int32(7200),
	}))(t)
	got := testkit.Must(w.GetRole(w.ctx, &iam.GetRoleInput{RoleName: aws.String("BUILD")}))(t).Role
	if *got.RoleName != "Build" || *got.Description != "d" || *got.MaxSessionDuration != 7200 || got.RoleLastUsed == nil ||
		got.Tags != nil {
		t.Errorf("role = %+v", got)
	}
	if document := decoded(t, got.AssumeRolePolicyDocument); document != ec2TrustShown {
		t.Errorf("trust policy = %s", document)
	}
	testkit.Must(w.UpdateRole(w.ctx, &iam.UpdateRoleInput{RoleName: aws.String("Build")}))(t)
	testkit.Must(w.UpdateRole(w.ctx, &iam.UpdateRoleInput{RoleName: aws.String("Build"), Description: aws.String("")}))(t)
	row := testkit.Must(w.ListRoles(w.ctx, &iam.ListRolesInput{}))(t).Roles[0]
	if *row.MaxSessionDuration != 7200 || aws.ToString(row.Description) != "" {
		t.Errorf("row = %+v", row)
	}
	testkit.Must(w.DeleteRole(w.ctx, &iam.DeleteRoleInput{RoleName: aws.String("Build")}))(t)
	testkit.WantError(t, testkit.Refused(w.GetRole(w.ctx, &iam.GetRoleInput{RoleName: aws.String("Build")})), "NoSuchEntity",
		"The role with name Build cannot be found.")
}

func TestInputsOfRoleCalls(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	create := func(in iam.CreateRoleInput) error {
		if in.RoleName == nil {
			in.RoleName = aws.String("new")
		}
		in.AssumeRolePolicyDocument = aws.String(ec2Trust)
		err := testkit.Refused(w.CreateRole(w.ctx, &in))
		if err == nil {
			testkit.Must(w.DeleteRole(w.ctx, &iam.DeleteRoleInput{RoleName: in.RoleName}))(t)
		}
		return err
	}
	for _, c := range []struct {
		why  string
		in   iam.CreateRoleInput
		want string // empty: taken
	}{
		{"a description of 1000 letters", iam.CreateRoleInput{Description: aws.String(strings.Repeat("é", 1000))}, ""},
		{"a description of 1001 letters", iam.CreateRoleInput{Description: aws.String(strings.Repeat("é", 1001))},
			"1 validation error detected: Value at 'description' failed to satisfy constraint: Member must have length less than or equal to 1000"},
		{"sessions of less than an hour", iam.CreateRoleInput{MaxSessionDuration: aws.Int32(3599)},
			"1 validation error detected: Value at 'maxSessionDuration' failed to satisfy constraint: Member must have value greater than or equal to 3600"},
		{"sessions of more than twelve hours", iam.CreateRoleInput{MaxSessionDuration: aws.Int32(43201)},
			"1 validation error detected: Value at 'maxSessionDuration' failed to satisfy constraint: Member must have value less than or equal to 43200"},
		{"sessions of twelve hours", iam.CreateRoleInput{MaxSessionDuration: aws.Int32(43200)}, ""},
		{"a name with a blank", iam.CreateRoleInput{RoleName: aws.String("a b")},
			"The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-"},
		{"two slashes in the path", iam.CreateRoleInput{Path: aws.String("/a//b/")}, ""},
	} {
		t.Run(c.why, func(t *testing.T) {
			if err := create(c.in); c.want != "" {
				testkit.WantError(t, err, "ValidationError", c.want)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

func TestPaginatorSeesEveryRoleOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for c := 'a'; c <= 'g'; c++ {
		w.role(string(c), ec2Trust)
	}
	var names []string
	for p := iam.NewListRolesPaginator(w, &iam.ListRolesInput{MaxItems: aws.Int32(3)}); p.HasMorePages(); {
		page, err := p.NextPage(w.ctx)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, joined(page.Roles, roleNameOf))
	}
	if got := strings.Join(names, "|"); got != "a b c|d e f|g" {
		t.Errorf("pages = %s", got)
	}
}

// Whoever takes the name of a deleted user is not trusted in that user's place.
func TestTrustIsInAUserAndNotInAName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := aws.String("anna")
	assume := func() error {
		key := testkit.Must(w.CreateAccessKey(w.ctx, &iam.CreateAccessKeyInput{UserName: anna}))(t).AccessKey
		_, err := sts.NewFromConfig(w.config(key)).AssumeRole(w.ctx, &sts.AssumeRoleInput{
			RoleArn: aws.String("arn:aws:iam::000000000000:role/r"), RoleSessionName: aws.String("session"),
		})
		testkit.Must(w.DeleteAccessKey(w.ctx, &iam.DeleteAccessKeyInput{UserName: anna, AccessKeyId: key.AccessKeyId}))(t)
		return err
	}
	id := testkit.Must(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: anna}))(t).User.UserId
	w.role("r", trustIn("arn:aws:iam::000000000000:user/anna"))
	if err := assume(); err != nil {
		t.Fatal(err)
	}
	testkit.Must(w.DeleteUser(w.ctx, &iam.DeleteUserInput{UserName: anna}))(t)
	testkit.Must(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: anna}))(t)
	testkit.WantError(t, assume(), "AccessDenied",
		"User: arn:aws:iam::000000000000:user/anna is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::000000000000:role/r")
	r := testkit.Must(w.GetRole(w.ctx, &iam.GetRoleInput{RoleName: aws.String("r")}))(t).Role
	if got := decoded(t, r.AssumeRolePolicyDocument); got != trustIn(*id) {
		t.Errorf("trust policy = %s", got)
	}
	testkit.Must(w.UpdateAssumeRolePolicy(w.ctx,
		&iam.UpdateAssumeRolePolicyInput{
			RoleName: r.RoleName, PolicyDocument: aws.String(trustIn("arn:aws:iam::000000000000:user/anna")),
		}))(t)
	if err := assume(); err != nil {
		t.Error(err)
	}
}

func TestTrustInNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	document := trustIn("arn:aws:iam::000000000000:user/nobody")
	err := testkit.Refused(w.CreateRole(w.ctx, &iam.CreateRoleInput{RoleName: aws.String("r"), AssumeRolePolicyDocument: &document}))
	testkit.WantError(t, err, "MalformedPolicyDocument", `Invalid principal in policy: "AWS":"arn:aws:iam::000000000000:user/nobody"`)
}
