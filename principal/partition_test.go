package principal_test

import (
	"reflect"
	"testing"

	"github.com/understudy-iam/understudy/principal"
)

func TestPartitions(t *testing.T) {
	t.Parallel()
	type facts struct {
		name, mark, user, session, policy, region, ec2 string
		global                                         bool
	}
	for p, want := range map[principal.Partition]facts{
		"": {
			"aws", "", "arn:aws:iam::1:user/a", "arn:aws:sts::1:assumed-role/r/s", "arn:aws:iam::aws:policy/job-function/Billing",
			"us-east-1", "ec2.amazonaws.com", true,
		},
		principal.AWS: {
			"aws", "", "arn:aws:iam::1:user/a", "arn:aws:sts::1:assumed-role/r/s", "arn:aws:iam::aws:policy/job-function/Billing",
			"us-east-1", "ec2.amazonaws.com", true,
		},
		principal.China: {
			"aws-cn", "aws-cn", "arn:aws-cn:iam::1:user/a", "arn:aws-cn:sts::1:assumed-role/r/s",
			"arn:aws-cn:iam::aws:policy/job-function/Billing",
			"cn-north-1", "ec2.amazonaws.com.cn", false,
		},
		principal.GovCloud: {
			"aws-us-gov", "aws-us-gov", "arn:aws-us-gov:iam::1:user/a", "arn:aws-us-gov:sts::1:assumed-role/r/s",
			"arn:aws-us-gov:iam::aws:policy/job-function/Billing",
			"us-gov-west-1", "ec2.amazonaws.com", false,
		},
	} {
		own := principal.Account{Partition: p, ID: "1"}
		got := facts{
			p.String(), p.Mark(), own.IAM("user/a"), own.STS("assumed-role/r/s"), p.AWSPolicy("job-function/Billing"),
			p.Region(), p.EC2(), p.HasGlobalSTS(),
		}
		if got != want {
			t.Errorf("%q is %+v; want %+v", string(p), got, want)
		}
		if parsed, err := principal.ParsePartition(string(p)); err != nil || parsed.String() != want.name {
			t.Errorf("ParsePartition(%q) = %q, %v", string(p), parsed, err)
		}
		if a, ok := principal.ParseARN(want.user); !ok || !p.Is(a) || p.ARN(a) != want.user {
			t.Errorf("%s is not of the partition %q", want.user, string(p))
		}
	}
}

func TestNoSuchPartition(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"aws-iso", "AWS", "china", " "} {
		if p, err := principal.ParsePartition(name); err == nil {
			t.Errorf("a server can be in %q: %q", name, p)
		}
	}
	if !principal.IsPartition("aws-iso") || principal.IsPartition("china") || principal.IsPartition("") {
		t.Error("IsPartition does not know AWS's partitions")
	}
}

func TestIsAWSPolicy(t *testing.T) {
	t.Parallel()
	for arn, want := range map[string]bool{
		"arn:aws:iam::aws:policy/a": true, "arn:aws-cn:iam::aws:policy/b/a": true, "arn:aws:iam::aws:policy/": true,
		"arn:aws:iam::111122223333:policy/a": false, "arn:aws:iam:x:aws:policy/a": false, "arn:aws:s3::aws:policy/a": false,
		"arn:aws:iam::aws:role-template/a": false, "": false, "policy/a": false,
	} {
		if got := principal.IsAWSPolicy(arn); got != want {
			t.Errorf("IsAWSPolicy(%q) = %v", arn, got)
		}
	}
}

func TestRewrite(t *testing.T) {
	t.Parallel()
	const text = `["arn:aws:s3:::a","arn:aws-cn:s3:::b","aws:SourceArn","arn:*:s3:::c"]`
	if got := principal.AWS.Rewrite(text); got != text {
		t.Errorf("aws: %s", got)
	}
	const want = `["arn:aws-us-gov:s3:::a","arn:aws-cn:s3:::b","aws:SourceArn","arn:*:s3:::c"]`
	if got := principal.GovCloud.Rewrite(text); got != want {
		t.Errorf("aws-us-gov: %s", got)
	}
}

func TestElsewhere(t *testing.T) {
	t.Parallel()
	for arn, want := range map[string][2]string{
		"arn:aws:iam::1:role/a":    {"it is of the partition aws, and the server is in aws-cn", "arn:aws-cn:iam::1:role/a"},
		"arn:AWS-CN:s3:::b":        {"it is of the partition AWS-CN, and the server is in aws-cn", "arn:aws-cn:s3:::b"},
		"arn:aws-cn:iam::1:role/a": {}, "arn:*:s3:::b": {}, "arn:a?s:s3:::b": {}, "arn:${aws:Partition}:s3:::b": {}, "arn::s3:::b": {},
		"*": {}, "a": {}, "arn:aws:s3": {},
	} {
		if where, here := principal.China.Elsewhere(arn); where != want[0] || here != want[1] {
			t.Errorf("Elsewhere(%q) = %q, %q", arn, where, here)
		}
	}
}

func TestParseIAM(t *testing.T) {
	t.Parallel()
	for arn, want := range map[string]bool{
		"arn:aws-cn:iam::111122223333:role/a":   true,
		"arn:aws:iam::111122223333:role/a":      false,
		"arn:aws-cn:iam:x:111122223333:role/a":  false,
		"arn:aws-cn:iam::1:role/a":              false,
		"arn:aws-cn:sts::111122223333:role/a":   false,
		"arn:aws-cn:iam::111122223333":          false,
		"arn:aws-cn-1:iam::111122223333:role/a": false,
	} {
		if _, ok := principal.China.ParseIAM(arn); ok != want {
			t.Errorf("ParseIAM(%q) = %v", arn, ok)
		}
	}
}

// What an account makes ARNs of is what is read from them.
func TestARNsOfAnAccount(t *testing.T) {
	t.Parallel()
	own := principal.GovCloud.In("000000000000")
	for got, want := range map[string]string{
		own.Root():                             "arn:aws-us-gov:iam::000000000000:root",
		own.Entity("user", "/", "ann"):         "arn:aws-us-gov:iam::000000000000:user/ann",
		own.Entity("role", "/a/b/", "app"):     "arn:aws-us-gov:iam::000000000000:role/a/b/app",
		own.RoleSession("app", "night"):        "arn:aws-us-gov:sts::000000000000:assumed-role/app/night",
		principal.Partition("").In("1").Root(): "arn:aws:iam::1:root",
	} {
		if got != want {
			t.Errorf("%s; want %s", got, want)
		}
	}
	arn, _ := principal.ParseARN(own.Entity("role", "/a/b/", "app"))
	if kind, path, name := arn.Entity(); kind != "role" || path != "/a/b/" || name != "app" {
		t.Errorf("read as %q, %q, %q", kind, path, name)
	}
	want := principal.Principal{Kind: principal.Root, AccountID: own.ID, ARN: own.Root(), UserID: own.ID}
	if got := own.RootUser(); got.Kind != want.Kind || got.AccountID != want.AccountID || got.ARN != want.ARN || got.UserID != want.UserID {
		t.Errorf("the root user is %+v", got)
	}
}

func TestCallersOfAnAccount(t *testing.T) {
	t.Parallel()
	own := principal.China.In("000000000000")
	for _, c := range []struct{ got, want principal.Principal }{
		{own.User("AIDA1", "/a/", "ann"), principal.Principal{
			Kind: principal.User, AccountID: own.ID, ARN: "arn:aws-cn:iam::000000000000:user/a/ann", UserID: "AIDA1",
			EntityID: "AIDA1", Name: "ann",
		}},
		{own.AssumedRole("AROA1", "app", "night"), principal.Principal{
			Kind: principal.AssumedRole, AccountID: own.ID, ARN: "arn:aws-cn:sts::000000000000:assumed-role/app/night",
			UserID: "AROA1:night", EntityID: "AROA1", Name: "app", SessionName: "night",
		}},
	} {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("%+v; want %+v", c.got, c.want)
		}
	}
}
