package gateway_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/management/client"
)

// policiedActions are what policiedCalls need, and on what.
var policiedActions = map[string][2]string{
	"s3":             {"s3:GetObject", "arn:aws:s3:::bucket/key"},
	"sqs":            {"sqs:SendMessage", "arn:aws:sqs:us-east-1:000000000000:q"},
	"sns":            {"sns:Publish", "arn:aws:sns:us-east-1:000000000000:t"},
	"kms":            {"kms:DescribeKey", "arn:aws:kms:us-east-1:000000000000:key/k"},
	"lambda":         {"lambda:InvokeFunction", "arn:aws:lambda:us-east-1:000000000000:function:f"},
	"secretsmanager": {"secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:000000000000:secret:s-AbCdEf"},
	"dynamodb":       {"dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:000000000000:table/t"},
	"ecr":            {"ecr:DescribeImages", "arn:aws:ecr:us-east-1:000000000000:repository/r"},
	"kinesis":        {"kinesis:PutRecord", "arn:aws:kinesis:us-east-1:000000000000:stream/s"},
	"events":         {"events:PutEvents", "arn:aws:events:us-east-1:000000000000:event-bus/b"},
}

// askServer asks what a principal may do to what a policiedCall is about.
func askServer(t *testing.T, srv *iamtest.Server, service, who string) (allowed bool, err error) {
	t.Helper()
	record, err := manager(t, srv).Authorize(t.Context(), &management.Question{Principal: who, Access: accessTo(service)})
	return err == nil && record.Verdict == "allowed", err
}

func accessTo(service string) management.Access {
	return management.Access{Action: policiedActions[service][0], Resource: policiedActions[service][1], AskUpstream: true}
}

func manager(t *testing.T, srv *iamtest.Server) *client.Client {
	t.Helper()
	return testkit.Must(client.New(client.Options{URL: srv.URL}))(t)
}

// A question gets the answer that the call gets, whatever the policy of the resource is.
func TestQuestionsAreDecidedWithPoliciesOfResources(t *testing.T) {
	t.Parallel()
	statements := []string{
		"", anyone, `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:user/ana"},"Action":"*","Resource":"*"}`,
		anyone + `,{"Effect":"Deny","Principal":{"AWS":"000000000000"},"Action":"*","Resource":"*"}`,
	}
	for service, call := range policiedCalls {
		t.Run(service, func(t *testing.T) {
			t.Parallel()
			for _, statement := range statements {
				srv, p := withPolicies(t)
				p.is(statement)
				for who, key := range map[string]sigv4.Credentials{
					"user/ana": user(t, srv, "ana", ""), "root": root,
					"user/bob":                       user(t, srv, "bob", `{"Effect":"Allow","Action":"*","Resource":"*"}`),
					"arn:aws:iam::111111111111:root": {AccessKeyID: "111111111111", SecretAccessKey: "test"},
				} {
					q := by(call, key)
					res, _ := q.send(t, srv)
					if got, err := askServer(t, srv, service, who); err != nil || got != (res.StatusCode == http.StatusOK) {
						t.Errorf("%s with %q: the question is answered %v, %v, and the call %d", who, statement, got, err, res.StatusCode)
					}
				}
			}
		})
	}
}

// A question is decided with the tags that the upstream knows, unless it says others.
func TestQuestionsAreDecidedWithTagsOfResources(t *testing.T) {
	t.Parallel()
	srv, p := withTags(t)
	user(t, srv, "ana",
		`[{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"blue"}}},`+
			`{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"s3:ExistingObjectTag/team":"blue"}}}]`)
	ask := func(a management.Access) string {
		return testkit.Must(manager(t, srv).Authorize(t.Context(), &management.Question{Principal: "ana", Access: a}))(t).Verdict
	}
	for _, service := range []string{"dynamodb", "s3"} {
		unasked, told := accessTo(service), accessTo(service)
		unasked.AskUpstream, told.ResourceTags = false, map[string]string{"team": "green"}
		told.Context = map[string]any{"s3:ExistingObjectTag/team": "green"}
		if got := []string{ask(accessTo(service)), ask(unasked), ask(told)}; !cmp.Equal(got, []string{"allowed", "denied", "denied"}) {
			t.Errorf("%s: answered %q", service, got)
		}
	}
	if got := p.questions(); len(got) != 2 { // where the question does not say them
		t.Errorf("asked %q", got)
	}
}

// Who may use a resource is found with its policy, in all accounts.
func TestWhoMayByThePolicyOfAResource(t *testing.T) {
	t.Parallel()
	srv, p := withPolicies(t)
	p.is(`{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::000000000000:user/ana","arn:aws:iam::111111111111:root"]},"Action":"s3:*","Resource":"*"}`)
	user(t, srv, "ana", "")
	srv.For(t).Seed(`accounts: [{id: "111111111111", users: [{name: carl, policies: [AdministratorAccess]}, {name: dora}]}]`)
	who := testkit.Must(manager(t, srv).WhoCan(t.Context(), &management.WhoCan{Access: accessTo("s3")}))(t)
	var got []string
	for _, a := range who.Allowed {
		got = append(got, strings.TrimPrefix(a.ARN, "arn:aws:iam::"))
	}
	if diff := cmp.Diff([]string{
		"000000000000:root", "000000000000:user/ana", "111111111111:root", "111111111111:user/carl",
	}, got); diff != "" {
		t.Errorf("who may (-want +got):\n%s", diff)
	}
}

// A question about a resource whose policy is not known has no answer.
func TestQuestionsToUpstreamsThatAreGone(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	srv := iamtest.Start(t, iamtest.WithUpstream("s3="+up.URL))
	up.Close()
	if _, err := askServer(t, srv, "s3", "root"); err == nil ||
		!strings.Contains(err.Error(), "the upstream "+up.URL+" cannot be reached (") ||
		!strings.Contains(err.Error(),
			"start the upstream, or ask without it (resourcePolicy without askUpstream, --resource-policy FILE)") {
		t.Errorf("the question about a bucket is answered %v", err)
	}
	given := accessTo("s3")
	given.ResourcePolicy = `{"Version":"2012-10-17","Statement":[` + anyone + `]}`
	given.ResourceTags = map[string]string{"team": "blue"}
	for name, a := range map[string]management.Access{"with its policy": given, "of a service without upstream": accessTo("sqs")} {
		if _, err := manager(t, srv).Authorize(t.Context(), &management.Question{Principal: "root", Access: a}); err != nil {
			t.Errorf("the question about a resource %s is answered %v", name, err)
		}
	}
}
