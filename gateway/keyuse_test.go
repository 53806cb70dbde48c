package gateway_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/iamtest"
)

const sealedKey = "arn:aws:kms:us-east-1:000000000000:key/k"

// viaS3 lets S3 use the key for an object.
func viaS3(action, object string) string {
	return `{"Effect":"Allow","Action":"` + action + `","Resource":"` + sealedKey +
		`","Condition":{"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com",` +
		`"aws:ViaAWSService":"true","kms:EncryptionContext:aws:s3:arn":"arn:aws:s3:::bucket/` + object +
		`"},"ForAnyValue:StringEquals":{"aws:CalledVia":"s3.amazonaws.com"}}}`
}

const anyObject = `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`

// An object is given only to those who may use its key, by S3 and for that object.
func TestObjectsThatAreEncrypted(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			w.Header().Set("X-Amz-Server-Side-Encryption", "aws:kms")
			w.Header().Set("X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id", sealedKey)
			_, _ = w.Write([]byte("content"))
		}
	})
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	get, put := s3(http.MethodGet, "/bucket/one", ""), s3(http.MethodPut, "/bucket/one", "x")
	put.header = http.Header{"X-Amz-Server-Side-Encryption": {"aws:kms"}, "X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id": {sealedKey}}
	for name, c := range map[string]struct {
		call      request
		statement string
		lacks     string // the action that is denied; empty if none is
	}{
		"reads without the key":                {get, anyObject, "kms:Decrypt"},
		"reads with the key":                   {get, anyObject + "," + viaS3("kms:Decrypt", "one"), ""},
		"reads with the key of another object": {get, anyObject + "," + viaS3("kms:Decrypt", "two"), "kms:Decrypt"},
		"writes without the key":               {put, anyObject, "kms:GenerateDataKey"},
		"writes with the key":                  {put, anyObject + "," + viaS3("kms:GenerateDataKey", "one"), ""},
	} {
		call := by(c.call, user(t, srv, strings.ReplaceAll(name, " ", "-"), "["+c.statement+"]"))
		res, body := call.send(t, srv)
		if c.lacks == "" && res.StatusCode == http.StatusOK {
			continue
		}
		if c.lacks == "" || res.StatusCode != http.StatusForbidden || strings.Contains(body, "content") ||
			!strings.Contains(body, "is not authorized to perform: "+c.lacks+` on resource: `+sealedKey) {
			t.Errorf("%s: answered %d %s", name, res.StatusCode, body)
		}
	}
}

// The key of AWS's own that an object has needs no permission.
func TestObjectsWithKeysOfAWS(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Amz-Server-Side-Encryption", "aws:kms")
		w.Header().Set("X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id", sealedKey)
	})
	up.asked = answers{"DescribeKey": `{"KeyMetadata":{"Arn":"` + sealedKey + `","KeyManager":"AWS"}}`}.answer
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	expect(t, srv, "who may read objects", by(s3(http.MethodGet, "/bucket/one", ""), user(t, srv, "ana", anyObject)), http.StatusOK)
}

// The key of a queue, a secret or a parameter is asked of the upstream.
func TestResourcesThatAreEncrypted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		call   request
		answer answers
		action string
	}{
		"a queue": {
			policiedCalls["sqs"], answers{"GetQueueAttributes": `{"Attributes":{"KmsMasterKeyId":"k"}}`}, "kms:GenerateDataKey",
		},
		"a secret": {policiedCalls["secretsmanager"], answers{"DescribeSecret": `{"KmsKeyId":"` + sealedKey + `"}`}, "kms:Decrypt"},
		"a parameter": {
			jsonCall("ssm", "AmazonSSM.GetParameter", `{"Name":"p","WithDecryption":true}`),
			answers{"DescribeParameters": `{"Parameters":[{"Name":"p","KeyId":"k"}]}`}, "kms:Decrypt",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv, up := withAnswers(t, c.answer)
			all := `{"Effect":"Allow","Action":["sqs:*","secretsmanager:*","ssm:*"],"Resource":"*"}`
			call := by(c.call, user(t, srv, "ana", all))
			res, body := call.send(t, srv)
			if res.StatusCode == http.StatusOK || !strings.Contains(body, c.action) || up.took() != nil {
				t.Errorf("answered %d %s", res.StatusCode, body)
			}
			bob := user(t, srv, "bob", "["+all+`,{"Effect":"Allow","Action":["kms:GenerateDataKey","kms:Decrypt"],"Resource":"`+
				sealedKey+`"}]`)
			expect(t, srv, "who may use the key", by(c.call, bob), http.StatusOK)
		})
	}
}

// The keys that AWS manages for services cannot be used from another account, whatever
// the policy of the resource and those of the caller allow.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples_cross.html
func TestKeysOfAWSAreForTheirAccount(t *testing.T) {
	t.Parallel()
	everybody := `{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\"}]}`
	secret := `"ARN":"arn:aws:secretsmanager:us-east-1:000000000000:secret:s-AbCdEf"`
	for name, c := range map[string]struct {
		call   string
		answer answers
		denied bool
	}{
		"a secret without a key": {"secretsmanager", answers{"DescribeSecret": "{" + secret + "}"}, true},
		"a secret with the alias": {
			"secretsmanager", answers{"DescribeSecret": `{"KmsKeyId":"alias/aws/secretsmanager",` + secret + "}"}, true,
		},
		"a secret with the ARN": {"secretsmanager", answers{
			"DescribeSecret": `{"KmsKeyId":"` + sealedKey + `"}`,
			"DescribeKey":    `{"KeyMetadata":{"Arn":"` + sealedKey + `","KeyManager":"AWS"}}`,
		}, true},
		"a secret with a key of the customer": {"secretsmanager", answers{
			"DescribeSecret": `{"KmsKeyId":"` + sealedKey + `"}`,
			"DescribeKey":    `{"KeyMetadata":{"Arn":"` + sealedKey + `","KeyManager":"CUSTOMER"}}`,
		}, false},
		"a queue": {"sqs", answers{
			"GetQueueAttributes": `{"Attributes":{"KmsMasterKeyId":"alias/aws/sqs","Policy":"` + everybody + `"}}`,
		}, true},
		"a queue without a key": {"sqs", answers{"GetQueueAttributes": `{"Attributes":{"Policy":"` + everybody + `"}}`}, false},
	} {
		c.answer["GetResourcePolicy"] = `{"ResourcePolicy":"` + everybody + `"}`
		c.answer["GetKeyPolicy"] = `{"Policy":"` + everybody + `"}`
		srv, _ := withAnswers(t, c.answer)
		expect(t, srv, name+", by its account", policiedCalls[c.call], http.StatusOK)
		call := by(policiedCalls[c.call], rootOf(secondAccount))
		res, body := call.send(t, srv)
		record, err := srv.Decision(res.Header.Get("X-Amzn-Requestid"))
		if err != nil || (record.Verdict == "denied") != c.denied || (res.StatusCode == http.StatusOK) == c.denied {
			t.Errorf("%s is answered %d %s, and recorded %+v, %v", name, res.StatusCode, body, record, err)
			continue
		}
		if text := (decisions.Printer{Width: 1000}).Record(record); c.denied != strings.Contains(text, "The key is one that AWS manages for ") {
			t.Errorf("%s: the record is\n%s", name, text)
		}
	}
}
