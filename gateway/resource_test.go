package gateway_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/iamtest"
)

// policies answers what the gateway asks for with one policy, and counts the questions.
type policies struct {
	mu     sync.Mutex
	policy string // none is answered 404
	asked  []string
}

func (p *policies) answer(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, r.Header.Get("X-Moto-Account-Id")+" "+r.RequestURI)
	if p.policy == "" {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	quoted, _ := json.Marshal(p.policy)
	switch target := r.Header.Get("X-Amz-Target"); {
	case r.URL.RawQuery == "policy":
		_, _ = w.Write([]byte(p.policy))
	case strings.HasPrefix(target, "AmazonSQS."):
		fmt.Fprintf(w, `{"Attributes":{"Policy":%s}}`, quoted)
	case strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded"):
		fmt.Fprintf(w,
			`<R><GetTopicAttributesResult><Attributes><entry><key>Policy</key><value>%s</value></entry></Attributes></GetTopicAttributesResult></R>`, p.policy)
	default:
		fmt.Fprintf(w, `{"Policy":%s,"ResourcePolicy":%[1]s,"policyText":%[1]s}`, quoted)
	}
}

// is replaces the policy by one with a statement, and forgets the questions.
func (p *policies) is(statement string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.policy, p.asked = "", nil
	if statement != "" {
		p.policy = `{"Version":"2012-10-17","Statement":[` + statement + `]}`
	}
}

func (p *policies) questions() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked
}

// withPolicies starts a server before an upstream whose resources have the policy.
func withPolicies(t *testing.T) (*iamtest.Server, *policies) {
	t.Helper()
	up, p := newUpstream(t, nil), &policies{}
	up.asked = p.answer
	return iamtest.Start(t, iamtest.WithUpstream(up.URL), still()), p
}

// calls are one call to a resource of each service whose resources have policies.
var policiedCalls = map[string]request{
	"s3":     s3(http.MethodGet, "/bucket/key", ""),
	"sqs":    jsonCall("sqs", "AmazonSQS.SendMessage", `{"QueueUrl":"http://localhost/000000000000/q","MessageBody":"m"}`),
	"sns":    form("sns", "Action=Publish&Version=2010-03-31&Message=m&TopicArn=arn:aws:sns:us-east-1:000000000000:t"),
	"kms":    jsonCall("kms", "TrentService.DescribeKey", `{"KeyId":"arn:aws:kms:us-east-1:000000000000:key/k"}`),
	"lambda": {service: "lambda", target: "/2015-03-31/functions/f/invocations", body: "{}"},
	"secretsmanager": jsonCall("secretsmanager", "secretsmanager.GetSecretValue",
		`{"SecretId":"arn:aws:secretsmanager:us-east-1:000000000000:secret:s-AbCdEf"}`),
	"dynamodb": dynamoDB("GetItem", `{"TableName":"t","Key":{"id":{"S":"1"}}}`),
	"ecr":      jsonCall("ecr", "AmazonEC2ContainerRegistry_V20150921.DescribeImages", `{"repositoryName":"r"}`),
	"kinesis":  jsonCall("kinesis", "Kinesis_20131202.PutRecord", `{"StreamName":"s","Data":"","PartitionKey":"1"}`),
	"events": jsonCall("events", "AWSEvents.PutEvents",
		`{"Entries":[{"Source":"own","DetailType":"d","Detail":"{}","EventBusName":"b"}]}`),
}

func jsonCall(service, target, body string) request {
	return request{service: service, body: body,
		header: http.Header{"Content-Type": {"application/x-amz-json-1.1"}, "X-Amz-Target": {target}}}
}

func by(q request, key sigv4.Credentials) request {
	q.key = key
	return q
}

const anyone = `{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}`

// A policy of a resource allows whoever it names, denies even root, and is wanted
// where the caller is of another account.
func TestPoliciesOfResources(t *testing.T) {
	t.Parallel()
	for name, call := range policiedCalls {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv, p := withPolicies(t)
			ana := user(t, srv, "ana", "")
			p.is(`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:user/ana"},"Action":"*","Resource":"*"}`)
			expect(t, srv, "a caller whom the policy names", by(call, ana), http.StatusOK)
			for _, question := range p.questions() {
				if !strings.HasPrefix(question, "000000000000 ") {
					t.Errorf("asked as %s", question)
				}
			}

			srv, p = withPolicies(t)
			p.is(anyone + `,{"Effect":"Deny","Principal":{"AWS":"000000000000"},"Action":"*","Resource":"*"}`)
			expect(t, srv, "root, whom the policy denies", call, 0)

			srv, _ = withPolicies(t)
			other := sigv4.Credentials{AccessKeyID: "111111111111", SecretAccessKey: "test"}
			expect(t, srv, "root of another account", by(call, other), 0)
			srv, p = withPolicies(t)
			p.is(`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:root"},"Action":"*","Resource":"*"}`)
			expect(t, srv, "root of another account, whom the policy names", by(call, other), http.StatusOK)
		})
	}
}

// expect sends the call; 0 stands for a denial.
func expect(t *testing.T, srv *iamtest.Server, who string, q request, want int) {
	t.Helper()
	res, body := q.send(t, srv)
	if denied := strings.Contains(body, "not authorized") || strings.Contains(body, "AccessDenied"); res.StatusCode != want &&
		!(want == 0 && denied) {
		t.Errorf("%s is answered %d %s", who, res.StatusCode, body)
	}
}

// The policy of a key must allow, or let identity policies allow.
// https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
func TestPoliciesOfKeys(t *testing.T) {
	t.Parallel()
	srv, p := withPolicies(t)
	ana := user(t, srv, "ana", `{"Effect":"Allow","Action":"kms:*","Resource":"*"}`)
	p.is(`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:user/bob"},"Action":"kms:*","Resource":"*"}`)
	expect(t, srv, "whom the policy of the key does not know", by(policiedCalls["kms"], ana), 0)
	srv, p = withPolicies(t)
	ana = user(t, srv, "ana", `{"Effect":"Allow","Action":"kms:*","Resource":"*"}`)
	p.is(`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:root"},"Action":"kms:*","Resource":"*"}`)
	expect(t, srv, "whom the policy of the key leaves to its own policies", by(policiedCalls["kms"], ana), http.StatusOK)
}

func TestAnonymousCallsByBucketPolicies(t *testing.T) {
	t.Parallel()
	srv, p := withPolicies(t)
	get := policiedCalls["s3"]
	get.unsigned = true
	p.is(`{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/*"}`)
	expect(t, srv, "an anonymous caller, where everybody may read", get, http.StatusOK)
	list := s3(http.MethodGet, "/bucket", "")
	list.unsigned = true
	expect(t, srv, "an anonymous caller who lists", list, 0)
}

// A policy is asked for once, and again when a call may have changed it.
func TestPoliciesAreKept(t *testing.T) {
	t.Parallel()
	srv, p := withPolicies(t)
	ana := user(t, srv, "ana", "")
	send := by(policiedCalls["kinesis"], ana)
	p.is(anyone)
	expect(t, srv, "the first call", send, http.StatusOK)
	expect(t, srv, "the second call", send, http.StatusOK)
	if got := p.questions(); len(got) != 1 {
		t.Errorf("asked %q", got)
	}
	p.is("")
	change := jsonCall("kinesis", "Kinesis_20131202.DeleteResourcePolicy",
		`{"ResourceARN":"arn:aws:kinesis:us-east-1:000000000000:stream/s"}`)
	expect(t, srv, "the change", change, http.StatusOK)
	expect(t, srv, "the call after the change", send, 0)
}

func TestWhatIsNotAPolicyDoesNotCount(t *testing.T) {
	t.Parallel()
	for _, wrong := range []string{`{"Statement":`, `{}`, `[]`, `{"Statement":[{"Effect":"Perhaps"}]}`, strings.Repeat("{", 1<<20)} {
		srv, p := withPolicies(t)
		p.policy = wrong
		expect(t, srv, "root", policiedCalls["s3"], http.StatusOK)
	}
}

// A call is not decided without a policy that may deny it.
func TestUpstreamsThatDoNotAnswerQuestions(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	up.asked = func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	q := policiedCalls["dynamodb"]
	res, body := q.send(t, srv)
	if res.StatusCode != http.StatusBadGateway || !strings.Contains(body, up.URL) || up.took() != nil {
		t.Errorf("answered %d %s", res.StatusCode, body)
	}
	record, err := srv.Decision(res.Header.Get("X-Amzn-Requestid"))
	if err != nil || record.Refusal == nil || !strings.HasPrefix(record.Refusal.Sentence, "The upstream failed before a policy was asked") {
		t.Errorf("recorded %+v, %v", record, err)
	}
}
