package gateway_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/iamtest"
)

// calls are one of each protocol, and of services with words of their own.
func calls() map[string]request {
	return map[string]request{
		"dynamodb": dynamoDB("ListTables", "{}"),
		"kms": {
			service: "kms", body: "{}", header: http.Header{
				"Content-Type": {"application/x-amz-json-1.1"}, "X-Amz-Target": {"TrentService.ListKeys"},
			},
		},
		"sqs": {
			service: "sqs", body: "{}", header: http.Header{
				"Content-Type": {"application/x-amz-json-1.0"}, "X-Amz-Target": {"AmazonSQS.ListQueues"},
			},
		},
		"sns":     form("sns", "Action=ListTopics&Version=2010-03-31"),
		"ec2":     form("ec2", "Action=DescribeRegions&Version=2016-11-15"),
		"s3":      s3(http.MethodGet, "/", ""),
		"lambda":  {service: "lambda", method: "GET", target: "/2015-03-31/functions/"},
		"route53": {service: "route53", method: "GET", target: "/2013-04-01/hostedzone"},
		"cbor": {service: "monitoring", body: "\xa0", target: "/service/GraniteServiceVersion20100801/operation/ListMetrics",
			header: http.Header{"Content-Type": {"application/cbor"}, "Smithy-Protocol": {"rpc-v2-cbor"}}},
	}
}

// Each service says no in its own code, status and form.
func TestErrorsByService(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	ana := user(t, srv, "ana", "")
	wrong := sigv4.Credentials{AccessKeyID: "test", SecretAccessKey: "wrong"}
	nobody := sigv4.Credentials{AccessKeyID: "AKIANOBODY", SecretAccessKey: "x"}
	got := map[string]string{}
	for name, q := range calls() {
		for what, key := range map[string]sigv4.Credentials{"denied": ana, "wrong secret": wrong, "unknown key": nobody} {
			q.key = key
			res, body := q.send(t, srv)
			got[name+" "+what] = strings.TrimSpace(http.StatusText(res.StatusCode) + " " + errorCode(t, res, body))
		}
	}
	want := map[string]string{
		"dynamodb denied": "Bad Request AccessDeniedException", "dynamodb wrong secret": "Bad Request InvalidSignatureException",
		"dynamodb unknown key": "Bad Request UnrecognizedClientException",
		"kms denied":           "Bad Request AccessDeniedException", "kms wrong secret": "Bad Request InvalidSignatureException",
		"kms unknown key":  "Bad Request UnrecognizedClientException",
		"sqs denied":       "Forbidden AccessDeniedException AccessDenied;Sender",
		"sqs wrong secret": "Forbidden InvalidSignatureException SignatureDoesNotMatch;Sender",
		"sqs unknown key":  "Forbidden UnrecognizedClientException InvalidClientTokenId;Sender",
		"sns denied":       "Forbidden AuthorizationError", "sns wrong secret": "Forbidden SignatureDoesNotMatch",
		"sns unknown key": "Forbidden InvalidClientTokenId",
		"ec2 denied":      "Forbidden UnauthorizedOperation", "ec2 wrong secret": "Unauthorized AuthFailure",
		"ec2 unknown key": "Unauthorized AuthFailure",
		"s3 denied":       "Forbidden AccessDenied", "s3 wrong secret": "Forbidden SignatureDoesNotMatch",
		"s3 unknown key": "Forbidden InvalidAccessKeyId",
		"lambda denied":  "Forbidden AccessDeniedException", "lambda wrong secret": "Forbidden InvalidSignatureException",
		"lambda unknown key": "Forbidden UnrecognizedClientException",
		"route53 denied":     "Forbidden AccessDenied", "route53 wrong secret": "Forbidden SignatureDoesNotMatch",
		"route53 unknown key": "Forbidden InvalidClientTokenId",
		"cbor denied":         "Bad Request AccessDeniedException", "cbor wrong secret": "Bad Request InvalidSignatureException",
		"cbor unknown key": "Bad Request UnrecognizedClientException",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := up.took(); got != nil {
		t.Errorf("the upstream got %+v", got)
	}
}

// errorCode is the code of an error, from where the clients of its form read it.
func errorCode(t *testing.T, res *http.Response, body string) string {
	t.Helper()
	if code := res.Header.Get("X-Amzn-Errortype"); code != "" {
		return code
	}
	if strings.HasPrefix(body, "<?xml") {
		_, rest, _ := strings.Cut(body, "<Code>")
		code, _, _ := strings.Cut(rest, "</Code>")
		if !strings.Contains(strings.ToLower(body), "<requestid>"+res.Header.Get("X-Amzn-Requestid")+"<") {
			t.Errorf("%s has no request ID", body)
		}
		return code
	}
	if res.Header.Get("Smithy-Protocol") == "rpc-v2-cbor" {
		var members map[string]string
		if err := cbor.Unmarshal([]byte(body), &members); err != nil {
			t.Errorf("%q: %v", body, err)
		}
		return members["__type"]
	}
	_, rest, _ := strings.Cut(body, `"__type":"`)
	code, _, _ := strings.Cut(rest, `"`)
	return strings.TrimSpace(code + " " + res.Header.Get("X-Amzn-Query-Error"))
}

// The denials of services that word them in their own way.
func TestWordsOfDenials(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	ana := user(t, srv, "ana", "")
	for name, want := range map[string]string{
		"sqs": "User: arn:aws:iam::000000000000:user/ana is not authorized to perform: sqs:listqueues on resource: ",
		"sns": "User: arn:aws:iam::000000000000:user/ana is not authorized to perform: SNS:ListTopics on resource: ",
		"ec2": "You are not authorized to perform this operation. User: arn:aws:iam::000000000000:user/ana is not authorized to perform: ec2:DescribeRegions on resource: ",
	} {
		q := calls()[name]
		q.key = ana
		if _, body := q.send(t, srv); !strings.Contains(body, want) ||
			name == "ec2" != strings.Contains(body, "Encoded authorization failure message: ") {
			t.Errorf("%s is answered %s", name, body)
		}
	}
	anonymous := s3(http.MethodGet, "/bucket/key", "")
	anonymous.unsigned = true
	res, body := anonymous.send(t, srv)
	record, err := srv.Decision(res.Header.Get("X-Amz-Request-Id"))
	if res.StatusCode != 403 || !strings.Contains(body, "<Message>Access Denied</Message>") || err != nil || record.Verdict != "denied" ||
		record.Principal.Type != "Anonymous" {
		t.Errorf("an anonymous call is answered %d %s, recorded %+v, %v", res.StatusCode, body, record, err)
	}
}
