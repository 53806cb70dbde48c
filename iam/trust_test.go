package iam_test

import (
	"net/url"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/iam/managed"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
)

// trust is a trust policy whose only statement has the principal.
func trust(principal string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":` + principal + `,"Action":"sts:AssumeRole"}]}`
}

// trusting makes a role with the trust policy, or returns AWS's error.
func (f *fixture) trusting(name, document string) error {
	return testkit.Refused(f.CreateRole(f.root, &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: &document}))
}

// shown returns a role's trust policy as GetRole shows it.
func (f *fixture) shown(name string) string {
	f.t.Helper()
	r := testkit.Must(f.GetRole(f.root, &iam.GetRoleInput{RoleName: &name}))(f.t).Role
	document, err := url.PathUnescape(*r.AssumeRolePolicyDocument)
	if err != nil {
		f.t.Fatal(err)
	}
	return document
}

func arnOf(resource string) string { return "arn:aws:iam::" + account + ":" + resource }

func TestPrincipalsOfTrustPolicies(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ana := testkit.Must(f.CreateUser(f.root, &iam.CreateUserInput{UserName: aws.String("Ana"), Path: aws.String("/people/")}))(t).User
	f.role("Other")
	f.group("g")
	aws1 := func(value string) string { return `{"AWS":"` + value + `"}` }
	invalid := func(kind, value string) string { return `Invalid principal in policy: "` + kind + `":"` + value + `"` }
	for _, c := range []struct {
		name, principal string
		shown           string // as the document shows it; empty: refused
		text            string
	}{
		{"a user", aws1(arnOf("user/people/Ana")), aws1(arnOf("user/people/Ana")), ""},
		{"a user by unique ID", aws1(*ana.UserId), aws1(arnOf("user/people/Ana")), ""},
		{"a user without its path", aws1(arnOf("user/Ana")), "", invalid("AWS", arnOf("user/Ana"))},
		{"a user in the wrong case", aws1(arnOf("user/people/ana")), "", invalid("AWS", arnOf("user/people/ana"))},
		{"a user that does not exist", aws1(arnOf("user/eve")), "", invalid("AWS", arnOf("user/eve"))},
		{"a unique ID that nobody has", aws1("AIDA23456723456723456"), "", invalid("AWS", "AIDA23456723456723456")},
		{"a group", aws1(arnOf("group/g")), "", invalid("AWS", arnOf("group/g"))},
		{"users by wildcard", aws1(arnOf("user/*")), "", invalid("AWS", arnOf("user/*"))},
		{"a role", aws1(arnOf("role/Other")), aws1(arnOf("role/Other")), ""},
		{"a role session", aws1("arn:aws:sts::" + account + ":assumed-role/Other/s"),
			aws1("arn:aws:sts::" + account + ":assumed-role/Other/s"), ""},
		{"a session of no role", aws1("arn:aws:sts::" + account + ":assumed-role/none/s"), "",
			invalid("AWS", "arn:aws:sts::"+account+":assumed-role/none/s")},
		{"a session of a role in the wrong case", aws1("arn:aws:sts::" + account + ":assumed-role/other/s"), "",
			invalid("AWS", "arn:aws:sts::"+account+":assumed-role/other/s")},
		{"a session with a slash", aws1("arn:aws:sts::" + account + ":assumed-role/Other/s/t"), "",
			invalid("AWS", "arn:aws:sts::"+account+":assumed-role/Other/s/t")},
		{"a federated user", aws1("arn:aws:sts::" + account + ":federated-user/bo"),
			aws1("arn:aws:sts::" + account + ":federated-user/bo"), ""},
		{"an account", aws1("111122223333"), aws1("arn:aws:iam::111122223333:root"), ""},
		{"an account's root", aws1("arn:aws:iam::111122223333:root"), aws1("arn:aws:iam::111122223333:root"), ""},
		{"a user of another account", aws1("arn:aws:iam::111122223333:user/x"), "", invalid("AWS", "arn:aws:iam::111122223333:user/x")},
		{"everyone", aws1("*"), aws1("*"), ""},
		{"a star alone", `"*"`, "", `AssumeRolepolicy contained an invalid principal: "STAR":"*".`},
		{"two, the second absent", `{"AWS":["` + arnOf("role/Other") + `","` + arnOf("role/none") + `"]}`, "",
			invalid("AWS", arnOf("role/none"))},
		{"a service", `{"Service":"lambda.amazonaws.com"}`, `{"Service":"lambda.amazonaws.com"}`, ""},
		{"a service in a Region", `{"Service":"logs.us-east-1.amazonaws.com"}`, `{"Service":"logs.us-east-1.amazonaws.com"}`, ""},
		{"a service in China", `{"Service":"ec2.amazonaws.com.cn"}`, `{"Service":"ec2.amazonaws.com.cn"}`, ""},
		{"an unknown service", `{"Service":"tagging.amazonaws.com"}`, "", invalid("SERVICE", "tagging.amazonaws.com")},
		{"no service", `{"Service":"amazonaws.com"}`, "", invalid("SERVICE", "amazonaws.com")},
		{"lists of one", `{"Service":["ec2.amazonaws.com"],"AWS":["111122223333"]}`,
			`{"Service":"ec2.amazonaws.com","AWS":"arn:aws:iam::111122223333:root"}`, ""},
		{"a SAML provider that does not exist", `{"Federated":"` + arnOf("saml-provider/P") + `"}`,
			`{"Federated":"` + arnOf("saml-provider/P") + `"}`, ""},
		{"any provider", `{"Federated":"*"}`, "", "Federated principals must be valid domain names or SAML metadata ARNs"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := f.trusting("r", trust(c.principal))
			if c.shown == "" {
				testkit.WantError(t, err, "MalformedPolicyDocument", c.text)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := f.shown("r"); got != trust(c.shown) {
				t.Errorf("shown: %s\n want: %s", got, trust(c.shown))
			}
			testkit.Must(f.DeleteRole(f.root, &iam.DeleteRoleInput{RoleName: aws.String("r")}))(t)
		})
	}
}

func TestADeletedPrincipalIsShownByItsID(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ana := testkit.Must(f.CreateUser(f.root, &iam.CreateUserInput{UserName: aws.String("ana")}))(t).User
	other := f.role("other")
	document := trust(`{"AWS":["` + arnOf("user/ana") + `","` + arnOf("role/other") + `"]}`)
	if err := f.trusting("r", document); err != nil {
		t.Fatal(err)
	}
	testkit.Must(f.DeleteUser(f.root, &iam.DeleteUserInput{UserName: aws.String("ana")}))(t)
	testkit.Must(f.DeleteRole(f.root, &iam.DeleteRoleInput{RoleName: aws.String("other")}))(t)
	f.user("ana")
	f.role("other")
	want := trust(`{"AWS":["` + *ana.UserId + `","` + *other.RoleId + `"]}`)
	if got := f.shown("r"); got != want {
		t.Errorf("shown: %s\n want: %s", got, want)
	}
	out := testkit.Must(f.ListRoles(f.root, &iam.ListRolesInput{MaxItems: aws.Int32(1), PathPrefix: aws.String("/")}))(t)
	if *out.Roles[0].RoleName != "other" {
		t.Errorf("first role = %s", *out.Roles[0].RoleName)
	}
	err := testkit.Refused(f.UpdateAssumeRolePolicy(f.root,
		&iam.UpdateAssumeRolePolicyInput{RoleName: aws.String("r"), PolicyDocument: &want}))
	testkit.WantError(t, err, "MalformedPolicyDocument", `Invalid principal in policy: "AWS":"`+*ana.UserId+`"`)
}

func TestARenamedUserStaysTrusted(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user("ana")
	if err := f.trusting("r", trust(`{"AWS":"`+arnOf("user/ana")+`"}`)); err != nil {
		t.Fatal(err)
	}
	testkit.Must(f.UpdateUser(f.root, &iam.UpdateUserInput{UserName: aws.String("ana"), NewUserName: aws.String("eve"),
		NewPath: aws.String("/x/")}))(t)
	if got, want := f.shown("r"), trust(`{"AWS":"`+arnOf("user/x/eve")+`"}`); got != want {
		t.Errorf("shown: %s\n want: %s", got, want)
	}
}

func TestAPrincipalOfAnotherAccount(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	const other = "111122223333"
	f.update(func(tx persistence.Tx) error {
		if err := persistence.Accounts.Put(tx, other, &persistence.Account{ID: other, CreateDate: birth}); err != nil {
			return err
		}
		return persistence.Users.Put(tx, other, &persistence.User{Name: "bo", Path: "/", ID: "AIDAOTHERBO", CreateDate: birth})
	})
	document := trust(`{"AWS":"arn:aws:iam::` + other + `:user/bo"}`)
	if err := f.trusting("r", document); err != nil {
		t.Fatal(err)
	}
	if got := f.shown("r"); got != document {
		t.Errorf("shown: %s\n want: %s", got, document)
	}
	f.update(func(tx persistence.Tx) error { return persistence.Users.Delete(tx, other, "bo") })
	if got, want := f.shown("r"), trust(`{"AWS":"AIDAOTHERBO"}`); got != want {
		t.Errorf("shown: %s\n want: %s", got, want)
	}
}

func TestARoleTrustsItselfOnlyOnceItExists(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	self := trust(`{"AWS":"` + arnOf("role/r") + `"}`)
	testkit.WantError(t, f.trusting("r", self), "MalformedPolicyDocument", `Invalid principal in policy: "AWS":"`+arnOf("role/r")+`"`)
	f.role("r")
	testkit.Must(f.UpdateAssumeRolePolicy(f.root, &iam.UpdateAssumeRolePolicyInput{RoleName: aws.String("r"), PolicyDocument: &self}))(t)
	if got := f.shown("r"); got != self {
		t.Errorf("shown: %s\n want: %s", got, self)
	}
}

// The authorizer matches callers with the stored form of trust policies.
func TestTrustPoliciesAreStoredWithUniqueIDs(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ana := testkit.Must(f.CreateUser(f.root, &iam.CreateUserInput{UserName: aws.String("ana")}))(t).User
	if err := f.trusting("r", trust(`{"AWS":"`+arnOf("user/ana")+`"}`)); err != nil {
		t.Fatal(err)
	}
	f.update(func(tx persistence.Tx) error {
		r, err := persistence.Roles.Get(tx, account, "r")
		if err != nil {
			return err
		}
		if want := trust(`{"AWS":"` + *ana.UserId + `"}`); r.TrustPolicy != want {
			t.Errorf("stored: %s\n want: %s", r.TrustPolicy, want)
		}
		return nil
	})
}

func TestServicesWithServiceLinkedRolesAreKnown(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, r := range managed.ServiceLinkedRoles() {
		if err := f.trusting("r", trust(`{"Service":"`+r.Service+`"}`)); err != nil {
			t.Errorf("%s: %v", r.Service, err)
			continue
		}
		testkit.Must(f.DeleteRole(f.root, &iam.DeleteRoleInput{RoleName: aws.String("r")}))(t)
	}
}

func TestCommonServicesAreKnown(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, name := range []string{
		"alexa-appkit.amazon.com", "apigateway.amazonaws.com", "batch.amazonaws.com", "build.apprunner.amazonaws.com",
		"cloudformation.amazonaws.com",
		"cloudtrail.amazonaws.com", "codebuild.amazonaws.com", "codedeploy.amazonaws.com", "codedeploy.us-west-2.amazonaws.com",
		"codepipeline.amazonaws.com",
		"config.amazonaws.com", "dax.amazonaws.com", "delivery.logs.amazonaws.com", "dlm.amazonaws.com", "dms.amazonaws.com",
		"ec2.amazonaws.com",
		"ecs-tasks.amazonaws.com", "ecs.amazonaws.com", "edgelambda.amazonaws.com", "eks-fargate-pods.amazonaws.com", "eks.amazonaws.com",
		"pods.eks.amazonaws.com", "elasticmapreduce.amazonaws.com", "es.amazonaws.com", "events.amazonaws.com", "firehose.amazonaws.com",
		"glue.amazonaws.com",
		"iot.amazonaws.com", "kinesisanalytics.amazonaws.com", "lambda.amazonaws.com", "logs.amazonaws.com", "monitoring.rds.amazonaws.com",
		"opensearchservice.amazonaws.com", "pipes.amazonaws.com", "rds.amazonaws.com", "redshift.amazonaws.com", "s3.amazonaws.com",
		"batchoperations.s3.amazonaws.com", "sagemaker.amazonaws.com", "scheduler.amazonaws.com", "sns.amazonaws.com",
		"spotfleet.amazonaws.com",
		"ssm.amazonaws.com", "states.amazonaws.com", "states.eu-central-1.amazonaws.com", "streams.metrics.cloudwatch.amazonaws.com",
		"tasks.apprunner.amazonaws.com",
		"transfer.amazonaws.com", "vmie.amazonaws.com", "vpc-flow-logs.amazonaws.com",
	} {
		if err := f.trusting("r", trust(`{"Service":"`+name+`"}`)); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		testkit.Must(f.DeleteRole(f.root, &iam.DeleteRoleInput{RoleName: aws.String("r")}))(t)
	}
}
