package events_test

import (
	"encoding/json"
	"net/netip"
	"regexp"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/principal"
)

// made111 is the account of the callers, and other222 another one.
const (
	made111  = "111122223333"
	other222 = "444455556666"
)

// call is a call that succeeded.
func call(who principal.Principal, service, operation string, input any) *events.Event {
	who.AccessKeyID = "AKIAEXAMPLE"
	return &events.Event{
		Caller: &principal.Caller{Principal: who, Request: principal.Request{
			ID: "9e4f", Time: noon.Add(123 * time.Millisecond), Service: service, Operation: operation, Region: "eu-west-1",
			SourceIP: netip.MustParseAddr("192.0.2.1"), UserAgent: "aws-cli/2",
		}},
		Input: input, Status: 200,
	}
}

func ana() principal.Principal { return principal.AWS.In(made111).User("AIDA1", "/staff/", "Ana") }

// record is the JSON of the only record of an event.
func record(t *testing.T, e *events.Event) map[string]any {
	t.Helper()
	list := e.Records()
	if len(list) != 1 {
		t.Fatalf("%d records", len(list))
	}
	return decoded(t, list[0])
}

func decoded(t *testing.T, value any) map[string]any {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	var members map[string]any
	if err := json.Unmarshal(text, &members); err != nil {
		t.Fatal(err)
	}
	return members
}

func TestRecord(t *testing.T) {
	t.Parallel()
	e := call(ana(), "iam", "CreateUser", &iam.CreateUserInput{
		UserName: aws.String("bob"), Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("red")}},
	})
	got := record(t, e)
	if id := got["eventID"].(string); !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(id) {
		t.Errorf("the event ID is %s", id)
	}
	if diff := cmp.Diff(got, record(t, e)); diff != "" {
		t.Errorf("made again it is another (-first +second):\n%s", diff)
	}
	delete(got, "eventID")
	want := map[string]any{
		"eventVersion": "1.11", "eventTime": "2026-03-01T12:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "CreateUser",
		"awsRegion": "us-east-1", "sourceIPAddress": "192.0.2.1", "userAgent": "aws-cli/2", "requestID": "9e4f", "readOnly": false,
		"eventType": "AwsApiCall", "managementEvent": true, "recipientAccountId": made111, "eventCategory": "Management",
		"responseElements": nil,
		"requestParameters": map[string]any{
			"userName": "bob", "tags": []any{map[string]any{"key": "team", "value": "red"}},
		},
		"userIdentity": map[string]any{
			"type": "IAMUser", "principalId": "AIDA1", "arn": "arn:aws:iam::111122223333:user/staff/Ana", "accountId": made111,
			"accessKeyId": "AKIAEXAMPLE", "userName": "Ana",
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCallsWithoutARecord(t *testing.T) {
	t.Parallel()
	asked, dropped := call(ana(), "iam", "GetUser", nil), call(ana(), "iam", "GetUser", nil)
	asked.Origin, dropped.Status = events.Asked, 0
	for name, e := range map[string]*events.Event{"nobody called": asked, "dropped": dropped} {
		if list := e.Records(); len(list) != 0 {
			t.Errorf("%s: %d records", name, len(list))
		}
	}
}

func TestRecordsOfACallAcrossAccounts(t *testing.T) {
	t.Parallel()
	e := call(ana(), "sts", "AssumeRole", &sts.AssumeRoleInput{
		RoleArn: aws.String("arn:aws:iam::444455556666:role/ops"), RoleSessionName: aws.String("night"), TokenCode: aws.String("123456"),
	})
	list := e.Records()
	if len(list) != 2 {
		t.Fatalf("%d records", len(list))
	}
	own, other := list[0], list[1]
	if own.SharedEventID == "" || own.SharedEventID != other.SharedEventID || own.EventID == other.EventID {
		t.Errorf("shared %q and %q, own %q and %q", own.SharedEventID, other.SharedEventID, own.EventID, other.EventID)
	}
	if own.RecipientAccountID != made111 || other.RecipientAccountID != other222 {
		t.Errorf("for %s and %s", own.RecipientAccountID, other.RecipientAccountID)
	}
	want := events.Identity{Type: "AWSAccount", PrincipalID: "AIDA1", AccountID: made111}
	if diff := cmp.Diff(want, other.UserIdentity); diff != "" {
		t.Errorf("to the other account the caller is (-want +got):\n%s", diff)
	}
	wantResources := []events.Resource{{AccountID: other222, Type: "AWS::IAM::Role", ARN: "arn:aws:iam::444455556666:role/ops"}}
	if diff := cmp.Diff(wantResources, own.Resources); diff != "" {
		t.Errorf("resources (-want +got):\n%s", diff)
	}
	if own.AWSRegion != "eu-west-1" || !own.ReadOnly {
		t.Errorf("in %s, read only %v", own.AWSRegion, own.ReadOnly)
	}
	e.Code = "AccessDenied"
	if list := e.Records(); len(list) != 1 || list[0].RecipientAccountID != made111 || list[0].SharedEventID != "" ||
		string(list[0].RequestParameters) != "null" {
		t.Errorf("denied: %+v", list)
	}
}

func TestIdentities(t *testing.T) {
	t.Parallel()
	own := principal.AWS.In(made111)
	session := func(p principal.Principal, s principal.Session) principal.Principal {
		s.IssuedAt = noon.Add(-time.Hour)
		p.Session = &s
		return p
	}
	attributes := func(mfa string) map[string]any {
		return map[string]any{"creationDate": "2026-03-01T11:00:00Z", "mfaAuthenticated": mfa}
	}
	federated := principal.Principal{
		Kind: principal.FederatedUser, AccountID: made111, ARN: own.STS("federated-user/guest"), UserID: made111 + ":guest",
		EntityID: "AIDA1", Name: "Ana", SessionName: "guest",
	}
	ofRoot := federated
	ofRoot.EntityID, ofRoot.Name = "", ""
	federated.EntityPath = "/staff/"
	app := own.AssumedRole("AROA1", "app", "night")
	app.EntityPath = "/service/"
	for _, c := range []struct {
		name string
		who  principal.Principal
		want map[string]any
	}{
		{"root", own.RootUser(), map[string]any{
			"type": "Root", "principalId": made111, "arn": own.Root(), "accountId": made111, "accessKeyId": "AKIAEXAMPLE",
		}},
		{"session token with MFA", session(ana(), principal.Session{Operation: "GetSessionToken", MFAAt: noon}), map[string]any{
			"type": "IAMUser", "principalId": "AIDA1", "arn": own.IAM("user/staff/Ana"), "accountId": made111, "accessKeyId": "AKIAEXAMPLE",
			"userName": "Ana", "sessionContext": map[string]any{"attributes": attributes("true")},
		}},
		{"role", session(app, principal.Session{Operation: "AssumeRole", SourceIdentity: "ana"}),
			map[string]any{
				"type": "AssumedRole", "principalId": "AROA1:night", "arn": own.RoleSession("app", "night"), "accountId": made111,
				"accessKeyId": "AKIAEXAMPLE", "sessionContext": map[string]any{
					"sessionIssuer": map[string]any{
						"type": "Role", "principalId": "AROA1", "arn": own.IAM("role/service/app"), "accountId": made111, "userName": "app",
					},
					"attributes": attributes("false"), "sourceIdentity": "ana",
				},
			}},
		{"federated user", session(federated, principal.Session{Operation: "GetFederationToken"}), map[string]any{
			"type": "FederatedUser", "principalId": made111 + ":guest", "arn": own.STS("federated-user/guest"), "accountId": made111,
			"accessKeyId": "AKIAEXAMPLE", "sessionContext": map[string]any{
				"sessionIssuer": map[string]any{
					"type": "IAMUser", "principalId": "AIDA1", "arn": own.IAM("user/staff/Ana"), "accountId": made111, "userName": "Ana",
				},
				"attributes": attributes("false"),
			},
		}},
		{"federated user of root", session(ofRoot, principal.Session{Operation: "GetFederationToken"}), map[string]any{
			"type": "FederatedUser", "principalId": made111 + ":guest", "arn": own.STS("federated-user/guest"), "accountId": made111,
			"accessKeyId": "AKIAEXAMPLE", "sessionContext": map[string]any{
				"sessionIssuer": map[string]any{"type": "Root", "principalId": made111, "arn": own.Root(), "accountId": made111},
				"attributes":    attributes("false"),
			},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := record(t, call(c.who, "iam", "ListUsers", &iam.ListUsersInput{}))["userIdentity"]
			if diff := cmp.Diff(any(c.want), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestIdentitiesOfWhomNobodyKnows(t *testing.T) {
	t.Parallel()
	unproved := call(principal.Principal{}, "iam", "ListUsers", nil)
	claimed := ana()
	claimed.AccessKeyID = "AKIAEXAMPLE"
	unproved.Caller.AccessKeyID, unproved.Caller.Claimed, unproved.Code = "", &claimed, "SignatureDoesNotMatch"
	service := call(principal.Principal{}, "sts", "AssumeRole", nil)
	service.Origin = events.FromService
	events.Note(service.Caller, &authz.Decision{Caller: &principal.Caller{Principal: principal.Principal{
		Kind: principal.Anonymous, Name: "ec2.amazonaws.com",
	}}})
	for _, c := range []struct {
		name      string
		event     *events.Event
		recipient string
		want      events.Identity
	}{
		{"wrong signature", unproved, made111, events.Identity{
			Type: "Unknown", PrincipalID: "AIDA1", ARN: "arn:aws:iam::111122223333:user/staff/Ana", AccountID: made111,
			AccessKeyID: "AKIAEXAMPLE", UserName: "Ana",
		}},
		{"service", service, "", events.Identity{Type: "AWSService", InvokedBy: "ec2.amazonaws.com"}},
	} {
		list := c.event.Records()
		if len(list) != 1 || list[0].RecipientAccountID != c.recipient {
			t.Errorf("%s: %+v", c.name, list)
			continue
		}
		if diff := cmp.Diff(c.want, list[0].UserIdentity); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestSecretsAreNotInRecords(t *testing.T) {
	t.Parallel()
	for _, input := range []any{
		&iam.CreateLoginProfileInput{UserName: aws.String("bob"), Password: aws.String("hunter2")},
		&iam.ChangePasswordInput{OldPassword: aws.String("hunter2"), NewPassword: aws.String("hunter2")},
		&iam.UploadServerCertificateInput{ServerCertificateName: aws.String("bob"), PrivateKey: aws.String("hunter2")},
		&iam.EnableMFADeviceInput{UserName: aws.String("bob"), AuthenticationCode1: aws.String("hunter2")},
		&sts.AssumeRoleWithSAMLInput{SAMLAssertion: aws.String("hunter2")},
	} {
		r := call(ana(), "iam", "Any", input).Records()[0]
		if regexp.MustCompile("hunter2").Match(r.RequestParameters) {
			t.Errorf("%T: %s", input, r.RequestParameters)
		}
	}
}

// Secrets are left out of answers, but for the session token, which CloudTrail shows and
// which is hidden here.
func TestResponseElements(t *testing.T) {
	t.Parallel()
	date := time.Date(2014, 3, 24, 21, 11, 59, 0, time.UTC)
	for _, c := range []struct {
		name   string
		output any
		want   any
	}{
		{"key", &iam.CreateAccessKeyOutput{AccessKey: &types.AccessKey{
			AccessKeyId: aws.String("AKIA1"), UserName: aws.String("bob"), SecretAccessKey: aws.String("hunter2"),
			Status: types.StatusTypeActive, CreateDate: &date,
		}}, map[string]any{"accessKey": map[string]any{
			"accessKeyId": "AKIA1", "userName": "bob", "status": "Active", "createDate": "Mar 24, 2014 9:11:59 PM",
		}}},
		{"session", &sts.GetSessionTokenOutput{Credentials: &ststypes.Credentials{
			AccessKeyId: aws.String("ASIA1"), SecretAccessKey: aws.String("hunter2"), SessionToken: aws.String("hunter2"),
			Expiration: &date,
		}}, map[string]any{"credentials": map[string]any{
			"accessKeyId": "ASIA1", "sessionToken": events.Hidden, "expiration": "Mar 24, 2014 9:11:59 PM",
		}}},
		{"device", &iam.CreateVirtualMFADeviceOutput{VirtualMFADevice: &types.VirtualMFADevice{
			SerialNumber: aws.String("arn:aws:iam::111122223333:mfa/m"), Base32StringSeed: []byte("hunter2"), QRCodePNG: []byte("hunter2"),
		}}, map[string]any{"virtualMFADevice": map[string]any{"serialNumber": "arn:aws:iam::111122223333:mfa/m"}}},
		{"flag that is off", &iam.CreateLoginProfileOutput{LoginProfile: &types.LoginProfile{UserName: aws.String("bob")}},
			map[string]any{"loginProfile": map[string]any{"userName": "bob", "passwordResetRequired": false}}},
		{"nothing", &iam.DeleteUserOutput{}, nil},
	} {
		e := call(ana(), "iam", "Any", nil)
		e.Output = c.output
		if diff := cmp.Diff(c.want, record(t, e)["responseElements"]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestErrorCodesAreNamesOfExceptions(t *testing.T) {
	t.Parallel()
	e := call(ana(), "iam", "GetUser", &iam.GetUserInput{UserName: aws.String("bob")})
	e.Code, e.Message, e.Exception = "NoSuchEntity", "The user with name bob cannot be found.", "NoSuchEntityException"
	got := record(t, e)
	if got["errorCode"] != "NoSuchEntityException" || got["errorMessage"] != e.Message {
		t.Errorf("%v: %v", got["errorCode"], got["errorMessage"])
	}
	if diff := cmp.Diff(any(map[string]any{"userName": "bob"}), got["requestParameters"]); diff != "" {
		t.Errorf("parameters (-want +got):\n%s", diff)
	}
	e.Code, e.Exception = "AccessDenied", ""
	if got := record(t, e); got["errorCode"] != "AccessDenied" || got["requestParameters"] != nil {
		t.Errorf("denied: %v, %v", got["errorCode"], got["requestParameters"])
	}
}
