package authz_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/principal"
)

// keysOf returns the condition keys of a call's first check: a multi-valued key
// as its values in brackets.
func keysOf(t *testing.T, who principal.Principal, request principal.Request, operation string, input any) map[string]string {
	t.Helper()
	var record *authz.Decision
	s := newState(t)
	a := s.authorizer(func(o *authz.Options) {
		o.Observe = func(_ *principal.Caller, d *authz.Decision) { record = d }
		o.RootAssumeRole = true
	})
	ctx := principal.NewContext(t.Context(), &principal.Caller{Principal: who, Request: request})
	_ = a.Authorize(ctx, operation, input) // allowed or not, the keys are the same
	if record == nil || len(record.Checks) == 0 {
		t.Fatal("nothing was evaluated")
	}
	return flat(record.Checks[0].Request.Context)
}

func flat(c *evaluator.Context) map[string]string {
	keys := map[string]string{}
	for _, name := range c.Names() {
		values, multi, _ := c.Lookup(name)
		keys[name] = strings.Join(values, " ")
		if multi {
			keys[name] = "[" + keys[name] + "]"
		}
	}
	return keys
}

var request = principal.Request{
	Time: noon, Region: "eu-west-1", SourceIP: netip.MustParseAddr("192.0.2.7"), UserAgent: "aws-cli/2",
	Referer: "https://example.com/", SecureTransport: true,
}

// always returns the keys of every IAM call of the account with that request, and others.
func always(others map[string]string) map[string]string {
	keys := map[string]string{
		"aws:CurrentTime": "2026-03-01T12:00:00Z", "aws:EpochTime": "1772366400", "aws:SecureTransport": "true",
		"aws:RequestedRegion": "us-east-1", "aws:ViaAWSService": "false", "aws:UserAgent": "aws-cli/2",
		"aws:SourceIp": "192.0.2.7", "aws:Referer": "https://example.com/",
		"aws:PrincipalAccount": account, "aws:PrincipalIsAWSService": "false", "aws:ResourceAccount": account,
		"aws:ResourceTag/Owner": "me", "iam:ResourceTag/Owner": "me",
	}
	for k, v := range others {
		keys[k] = v
	}
	return keys
}

func TestConditionKeysOfEachPrincipal(t *testing.T) {
	t.Parallel()
	chained := audit()
	chained.Session.Tags = []principal.Tag{{Key: "Team", Value: "green"}, {Key: "shift", Value: "1"}}
	chained.Session.SourceIdentity, chained.Session.FederatedProvider = "ana@example.com", "idp"
	chained.Session.Keys = map[string][]string{"saml:sub": {"s"}, "cognito-identity.amazonaws.com:amr": {"a"}}
	for name, c := range map[string]struct {
		who  principal.Principal
		want map[string]string
	}{
		"a user with long-term keys has no MFA key": {ana(), map[string]string{
			"aws:PrincipalType": "User", "aws:userid": anaID, "aws:username": "ana", "aws:PrincipalArn": anaARN,
			"aws:PrincipalTag/team": "red",
		}},
		"a user with a session token and MFA": {anaSession(true), map[string]string{
			"aws:PrincipalType": "User", "aws:userid": anaID, "aws:username": "ana", "aws:PrincipalArn": anaARN,
			"aws:PrincipalTag/team": "red", "aws:TokenIssueTime": "2026-03-01T11:00:00Z",
			"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "3600",
		}},
		"root": {root(), map[string]string{
			"aws:PrincipalType": "Account", "aws:userid": account, "aws:PrincipalArn": "arn:aws:iam::111122223333:root",
		}},
		"a role session is the role with its path": {audit(), map[string]string{
			"aws:PrincipalType": "AssumedRole", "aws:userid": auditID + ":night", "aws:PrincipalArn": auditARN,
			"aws:PrincipalTag/team": "blue", "aws:PrincipalTag/site": "north",
			"aws:TokenIssueTime": "2026-03-01T11:59:00Z", "aws:MultiFactorAuthPresent": "false",
		}},
		"session tags win over the role's, ignoring case": {chained, map[string]string{
			"aws:PrincipalType": "AssumedRole", "aws:userid": auditID + ":night", "aws:PrincipalArn": auditARN,
			"aws:PrincipalTag/team": "green", "aws:PrincipalTag/site": "north", "aws:PrincipalTag/shift": "1",
			"aws:TokenIssueTime": "2026-03-01T11:59:00Z", "aws:MultiFactorAuthPresent": "false",
			"aws:SourceIdentity": "ana@example.com", "aws:FederatedProvider": "idp", "saml:sub": "s",
			"cognito-identity.amazonaws.com:amr": "[a]",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := keysOf(t, c.who, request, "GetUser", getBob())
			if diff := cmp.Diff(always(c.want), got); diff != "" {
				t.Errorf("keys (-want +got):\n%s", diff)
			}
		})
	}
}

// A role session's identity in a trust policy's conditions; the region of STS
// is the endpoint's, and the resource's account may be another.
func TestConditionKeysOfAnSTSCall(t *testing.T) {
	t.Parallel()
	in := &sts.AssumeRoleInput{RoleArn: aws.String("arn:aws:iam::444455556666:role/theirs"), Policy: aws.String(trust("Allow", account))}
	got := keysOf(t, root(), request, "AssumeRole", in)
	for key, want := range map[string]string{"aws:RequestedRegion": "eu-west-1", "aws:ResourceAccount": other} {
		if got[key] != want {
			t.Errorf("%s = %q, want %q", key, got[key], want)
		}
	}
	global, none := request, request
	global.GlobalEndpoint, none.Region = true, ""
	for name, r := range map[string]principal.Request{"the global endpoint": global, "an unknown one": none} {
		if got := keysOf(t, root(), r, "AssumeRole", in)["aws:RequestedRegion"]; got != "us-east-1" {
			t.Errorf("aws:RequestedRegion at %s = %q", name, got)
		}
	}
}

func TestConditionKeysOfABareRequest(t *testing.T) {
	t.Parallel()
	got := keysOf(t, root(), principal.Request{}, "CreateUser", &iam.CreateUserInput{UserName: aws.String("bob")})
	want := map[string]string{
		"aws:CurrentTime": "2026-03-01T12:00:00Z", "aws:EpochTime": "1772366400", "aws:SecureTransport": "false",
		"aws:RequestedRegion": "us-east-1", "aws:ViaAWSService": "false", "aws:PrincipalType": "Account",
		"aws:userid": account, "aws:PrincipalArn": "arn:aws:iam::111122223333:root", "aws:PrincipalAccount": account,
		"aws:PrincipalIsAWSService": "false", "aws:ResourceAccount": account,
		"aws:RequestTag/Cost": "42", "aws:TagKeys": "[Cost]",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
}

func TestConditionKeysOfAnAnonymousCall(t *testing.T) {
	t.Parallel()
	in := &sts.AssumeRoleInput{RoleArn: aws.String(auditARN), Policy: aws.String(trust("Allow", "*"))}
	got := keysOf(t, principal.Principal{Kind: principal.Anonymous}, principal.Request{Time: noon.Add(time.Second)}, "AssumeRole", in)
	want := map[string]string{
		"aws:CurrentTime": "2026-03-01T12:00:01Z", "aws:EpochTime": "1772366401", "aws:SecureTransport": "false",
		"aws:RequestedRegion": "us-east-1", "aws:ViaAWSService": "false", "aws:PrincipalType": "Anonymous",
		"aws:userid": "anonymous", "aws:PrincipalAccount": "anonymous", "aws:ResourceAccount": account,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
}

func TestKeysWithoutTags(t *testing.T) {
	t.Parallel()
	if got := authz.RequestTags(nil); got != nil {
		t.Errorf("RequestTags of none = %v", got)
	}
	if got := authz.TagKeys(); got != nil {
		t.Errorf("TagKeys of none = %v", got)
	}
}
