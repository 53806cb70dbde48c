package sts_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
	stssvc "github.com/understudy-iam/understudy/sts"
)

// trusting is a trust policy for a service under a condition.
func trusting(service, actions, condition string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"` + service + `"},"Action":[` + actions +
		`],"Condition":` + condition + `}]}`
}

func TestServiceSessions(t *testing.T) {
	t.Parallel()
	const assume, both = `"sts:AssumeRole"`, `"sts:AssumeRole","sts:TagSession"`
	const denied = "AccessDenied: Not authorized to perform sts:AssumeRole"
	known := `{"Bool":{"aws:PrincipalIsAWSService":"true"},"StringEquals":{"aws:PrincipalServiceName":"ec2.amazonaws.com","aws:SourceAccount":"` + account + `"},` +
		`"ForAnyValue:StringEquals":{"aws:PrincipalServiceNamesList":"ec2.amazonaws.com"},"ArnLike":{"aws:SourceArn":"arn:aws:ec2:*:*:instance/*"},"Null":{"aws:PrincipalArn":"true","aws:userid":"true"}}`
	for name, c := range map[string]struct {
		trust, role string
		tags        map[string]string
		want        string
	}{
		"a service that is trusted":        {trusting("ec2.amazonaws.com", assume, known), "app", nil, ""},
		"another service":                  {trusting("ecs-tasks.amazonaws.com", assume, "{}"), "app", nil, denied},
		"an account":                       {trust(account), "app", nil, denied},
		"no such role":                     {trusting("ec2.amazonaws.com", assume, "{}"), "gone", nil, denied},
		"tags that the trust policy lacks": {trusting("ec2.amazonaws.com", assume, "{}"), "app", map[string]string{"team": "red"}, denied},
		"tags": {trusting("ec2.amazonaws.com", both, `{"StringEquals":{"aws:RequestTag/team":"red"}}`), "app",
			map[string]string{"team": "red"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.role(account, persistence.Role{Name: "app", Path: "/", ID: "AROAAPPAPPAPPAPPAPPAP", TrustPolicy: c.trust,
				MaxSessionDuration: 3600})
			got, err := w.service.StartServiceSession(t.Context(), &stssvc.ServiceSession{
				Caller: &principal.Caller{Request: principal.Request{Time: w.now}}, Service: "ec2.amazonaws.com",
				RoleARN: principal.AWS.IAM(account, "role/"+c.role), Name: "i-1", Duration: 6 * time.Hour,
				SourceARN: "arn:aws:ec2:us-east-1:" + account + ":instance/i-1", SourceAccount: account, Tags: c.tags,
			})
			if testkit.Answer(err) != c.want {
				t.Fatalf("error %s, want %s", testkit.Answer(err), c.want)
			}
			if err != nil {
				return
			}
			if !got.Expiration.Equal(w.now.Truncate(time.Second).Add(6 * time.Hour)) {
				t.Errorf("the session ends at %v", got.Expiration)
			}
			who, err := w.service.GetCallerIdentity(w.with(got), nil)
			if err != nil || *who.Arn != "arn:aws:sts::"+account+":assumed-role/app/i-1" {
				t.Errorf("identity %+v, %v", who, err)
			}
		})
	}
}

// The keys of an instance's session are keys of its calls, and not of the role
// sessions that it goes on to.
func TestKeysOfAServiceSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const role = "arn:aws:iam::111122223333:role/app"
	w.role(account, persistence.Role{
		Name: "app", Path: "/", ID: "AROAAPPAPPAPPAPPAPPAP",
		TrustPolicy:        strings.Replace(trust(account), `"Principal":{`, `"Principal":{"Service":"ec2.amazonaws.com",`, 1),
		MaxSessionDuration: 3600,
	})
	w.inline(account, "AROAAPPAPPAPPAPPAPPAP",
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"},
		{"Effect":"Allow","Action":"iam:ListUsers","Resource":"*","Condition":{"NumericGreaterThanEquals":{"ec2:RoleDelivery":"2.0"},"ArnLike":{"ec2:SourceInstanceARN":"arn:aws:ec2:*:*:instance/i-1"}}}]}`)
	got, err := w.service.StartServiceSession(t.Context(), &stssvc.ServiceSession{
		Caller: &principal.Caller{Request: principal.Request{Time: w.now}}, Service: "ec2.amazonaws.com", RoleARN: role, Name: "i-1",
		Duration: time.Hour,
		Keys:     map[string]string{"ec2:RoleDelivery": "2.0", "ec2:SourceInstanceARN": "arn:aws:ec2:us-east-1:111122223333:instance/i-1"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.authorizer.Authorize(w.with(got), "ListUsers", &iam.ListUsersInput{}); err != nil {
		t.Errorf("the instance: %v", err)
	}
	chained := w.mustAssume(w.with(got), &sts.AssumeRoleInput{RoleArn: aws.String(role)})
	if err := w.authorizer.Authorize(w.with(chained.Credentials), "ListUsers", &iam.ListUsersInput{}); err == nil {
		t.Error("a chained session has the instance's keys")
	}
}
