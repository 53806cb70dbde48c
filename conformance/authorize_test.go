package conformance_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/internal/testkit"
)

// signedBy is a request to another service with a body, signed by the SDK's
// signer, as POST /_understudy/authorize takes it.
func signedBy(t *testing.T, key aws.Credentials, service, target, body string) map[string]any {
	t.Helper()
	r, err := http.NewRequest("PUT", "http://files.local:9000"+target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(body))
	hash := hex.EncodeToString(sum[:])
	signer := v4.NewSigner()
	if service == "s3" {
		r.Header.Set("X-Amz-Content-Sha256", hash)
		signer = v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	}
	if err := signer.SignHTTP(context.Background(), key, r, hash, service, "eu-west-1", time.Now()); err != nil {
		t.Fatal(err)
	}
	headers := map[string]string{"Content-Length": "4"}
	for name := range r.Header {
		headers[name] = r.Header.Get(name)
	}
	return map[string]any{"method": "PUT", "host": "files.local:9000", "target": r.URL.RequestURI(), "headers": headers,
		"body": []byte(body)}
}

func TestAuthorizationForOtherEmulators(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user("ana",
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Put*","Resource":"arn:aws:s3:::files/${aws:username}/*","Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}}}`)
	key := testkit.Must(w.CreateAccessKey(w.ctx, &iam.CreateAccessKeyInput{UserName: aws.String("ana")}))(t).AccessKey
	credentials := aws.Credentials{AccessKeyID: *key.AccessKeyId, SecretAccessKey: *key.SecretAccessKey}
	const own, others, ana = "arn:aws:s3:::files/ana/a", "arn:aws:s3:::files/bob/a", "arn:aws:iam::000000000000:user/ana"
	bucket := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"` + ana +
		`"},"Action":"s3:PutObject","Resource":"*"}}`
	wrong := signedBy(t, credentials, "s3", "/files/ana/a", "text")
	wrong["target"] = "/files/bob/a"
	type question = map[string]any
	for _, c := range []struct {
		name   string
		q      question
		status int
		want   string // a part of the answer
	}{
		{"a principal", question{"principal": ana, "resource": own, "region": "eu-west-1"}, 200, `"allowed":true`},
		{"a key of the context is lacking", question{"principal": ana, "resource": own}, 200,
			`"unmet":[{"operator":"StringEquals","key":"aws:RequestedRegion","wants":["eu-west-1"],"has":["us-east-1"],"present":true}]`},
		{"another resource", question{"principal": ana, "resource": others, "region": "eu-west-1"}, 200,
			`"message":"User: arn:aws:iam::000000000000:user/ana is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::files/bob/a because no identity-based policy allows the s3:PutObject action"`},
		{"the resource's policy", question{"principal": ana, "resource": others, "resourcePolicy": bucket}, 200, `"allowed":true`},
		{"a key that is given", question{
			"principal": ana, "resource": own, "context": question{"aws:RequestedRegion": "eu-west-1", "x:list": []string{"a", "b"}},
		}, 200, `{"name":"x:list","values":["a","b"],"multivalued":true}`},
		{"credentials", question{"credentials": question{"accessKeyId": key.AccessKeyId, "secretAccessKey": key.SecretAccessKey},
			"resource": own, "region": "eu-west-1"}, 200, `"allowed":true`},
		{"a wrong secret", question{"credentials": question{"accessKeyId": key.AccessKeyId, "secretAccessKey": "x"}, "resource": own}, 403,
			`"code":"SignatureDoesNotMatch"`},
		{"an unknown key", question{"credentials": question{"accessKeyId": "AKIAQAAAAAAAAAAAAAAA", "secretAccessKey": "x"},
			"resource": own}, 403, `"code":"InvalidClientTokenId"`},
		{"a request signed for S3", question{"signedRequest": signedBy(t, credentials, "s3", "/files/ana/a%20b//c?x=1", "text"),
			"resource": own}, 200, `"allowed":true`},
		{"a request signed for SQS", question{"signedRequest": signedBy(t, credentials, "sqs", "/q", "text"), "resource": own}, 200,
			`"allowed":true`},
		{"a request that was changed", question{"signedRequest": wrong, "resource": own}, 403, `"code":"SignatureDoesNotMatch"`},
		{"nobody", question{"resource": own}, 400, "give one of credentials, signedRequest and principal"},
		{"two callers", question{"principal": ana, "credentials": question{}, "resource": own}, 400, "give one of"},
		{"a principal that does not exist", question{"principal": ana + "x", "resource": own}, 400, "there is no principal"},
		{"no action", question{"principal": ana, "action": "PutObject"}, 400, "is not one such as s3:GetObject"},
		{"a resource policy that is none", question{"principal": ana, "resource": own, "resourcePolicy": "{"}, 400,
			"resourcePolicy: policy document, line 1"},
		{"a context that is none", question{"principal": ana, "context": question{"a:b": 1}}, 400,
			"neither a string nor a list of strings"},
		{"a member that is none", question{"principals": ana}, 400, "unknown field"},
		{"a resource longer than any", question{"principal": ana, "resource": "arn:aws:s3:::" + strings.Repeat("a", 2036)}, 400,
			"the question is too large: the resource has 2049 characters"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.q["action"] == nil {
				c.q["action"] = "s3:PutObject"
			}
			status, body := manage(t, w.srv, "POST", "authorize", c.q, nil)
			if status != c.status || !strings.Contains(body, c.want) && !strings.Contains(body, strings.ReplaceAll(c.want, `"`, `\"`)) {
				t.Errorf("%d %s\nwant %d with %s", status, body, c.status, c.want)
			}
		})
	}
}

// An answer is kept like the decision of a call, and off decides nothing.
func TestAuthorizationIsRecordedAndCanBeOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user("ana", "")
	question := map[string]any{"principal": "arn:aws:iam::000000000000:user/ana", "action": "s3:GetObject", "sourceIp": "192.0.2.1",
		"userAgent": "fake-s3"}
	var r decisions.Record
	manage(t, w.srv, "POST", "authorize", question, &r)
	kept, err := w.srv.Decision(r.RequestID)
	if err != nil {
		t.Fatal(err)
	}
	if r.Allowed || kept.Verdict != "denied" || kept.SourceIP != "192.0.2.1" || kept.UserAgent != "fake-s3" ||
		kept.Checks[0].Resource != "*" {
		t.Errorf("record %+v", kept)
	}
	manage(t, w.srv, "PUT", "enforcement", map[string]string{"mode": "off"}, nil)
	if status, body := manage(t, w.srv, "POST", "authorize", question, nil); status != http.StatusOK ||
		!strings.Contains(body, `"allowed":true`) {
		t.Errorf("off: %d %s", status, body)
	}
}

// A denial of another service comes with a message that only a permitted caller
// of the same account can decode.
func TestDecodingAuthorizationMessages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user("ana",
		`{"Version":"2012-10-17","Statement":[{"Sid":"Stop","Effect":"Deny","Action":"ec2:*","Resource":"*","Condition":{"StringEquals":{"aws:username":"ana"}}}]}`)
	var r decisions.Record
	manage(t, w.srv, "POST", "authorize", map[string]any{
		"principal": "arn:aws:iam::000000000000:user/ana", "action": "ec2:RunInstances",
		"resource": "arn:aws:ec2:us-east-1:000000000000:instance/*",
	}, &r)
	in := &sts.DecodeAuthorizationMessageInput{EncodedMessage: &r.EncodedMessage}
	out := testkit.Must(w.srv.STS().DecodeAuthorizationMessage(w.ctx, in))(t)
	var m decisions.Message
	if err := json.Unmarshal([]byte(*out.DecodedMessage), &m); err != nil {
		t.Fatal(err)
	}
	if m.Allowed || !m.ExplicitDeny || m.Context.Action != "ec2:RunInstances" ||
		m.Context.Principal.ARN != "arn:aws:iam::000000000000:user/ana" {
		t.Errorf("message %+v", m)
	}
	if !strings.HasPrefix(*out.DecodedMessage,
		`{"allowed":false,"explicitDeny":true,"matchedStatements":{"items":[{"statementId":"Stop","effect":"DENY","principals":{"items":[{"value":"AIDA`) ||
		!strings.Contains(*out.DecodedMessage,
			`"principalGroups":{"items":[]},"actions":{"items":[{"value":"ec2:*"}]},"resources":{"items":[{"value":"*"}]},"conditions":{"items":[{"key":"aws:username","values":{"items":[{"value":"ana"}]}}]}}]},"failures":{"items":[]},"context":{"principal":{"id":"AIDA`) {
		t.Errorf("message %s", *out.DecodedMessage)
	}
	stranger := sts.NewFromConfig(w.srv.ConfigFor(w.srv.AccountKey("111122223333")))
	for name, err := range map[string]error{
		"a message of another account": testkit.Refused(stranger.DecodeAuthorizationMessage(w.ctx, in)),
		"no message": testkit.Refused(w.srv.STS().DecodeAuthorizationMessage(w.ctx,
			&sts.DecodeAuthorizationMessageInput{EncodedMessage: aws.String("bm8")})),
	} {
		var invalid *ststypes.InvalidAuthorizationMessageException
		if !errors.As(err, &invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
