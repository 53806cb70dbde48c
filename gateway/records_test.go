package gateway_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
)

var updateRecords = flag.Bool("update-records", false, "rewrite the golden files of records")

// planted is in everything that no record may show; plantedBase64 is the same in base64.
const planted, plantedBase64 = "PLANTEDSECRET", "UExBTlRFRFNFQ1JFVA=="

// answered is what the upstream of the golden files answers.
type answered struct {
	status int // 200 by default
	header http.Header
	body   string
}

// recordedCall is a call whose records are a golden file.
type recordedCall struct {
	request   request
	succeeded answered
	failed    answered // no such record if the status is 0
}

// goldenRecords are the records of a call: the first is that of the account that called.
type goldenRecords struct {
	Denied    []*events.Record `json:"denied"`
	Succeeded []*events.Record `json:"succeeded"`
	Failed    []*events.Record `json:"failed,omitempty"` // at the upstream
}

func lambdaCall(target, body string) request {
	return request{service: "lambda", method: http.MethodPost, target: target, body: body}
}

// bucketCall is a call to a bucket that is in the host.
func bucketCall(method, target, body string) request {
	q := s3(method, target, body)
	q.host = "bucket.s3.us-east-1.amazonaws.com"
	return q
}

func withHeaders(q request, headers ...string) request {
	h := http.Header{}
	for name, values := range q.header {
		h[name] = values
	}
	for i := 0; i < len(headers); i += 2 {
		h.Set(headers[i], headers[i+1])
	}
	q.header = h
	return q
}

func jsonFault(status int, code, message string) answered {
	return answered{status: status, body: `{"__type":"` + code + `","message":"` + message + `"}`}
}

func xmlFault(status int, code, message string) answered {
	return answered{status: status, body: "<Error><Code>" + code + "</Code><Message>" + message + "</Message></Error>"}
}

// sharedKey is a key of the second account, whose policy lets the first use it.
const sharedKey = "arn:aws:kms:us-east-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab"

// recordedCalls are those that have golden files, by service and name of the event.
var recordedCalls = map[string]recordedCall{
	"s3.GetObject": {
		request:   withHeaders(bucketCall(http.MethodGet, "/a/k?versionId=v1&x-id=GetObject", ""), "X-Amz-Server-Side-Encryption-Customer-Key", planted),
		succeeded: answered{body: "content " + planted, header: http.Header{"X-Amz-Id-2": {"ID2"}}},
		failed:    xmlFault(404, "NoSuchKey", "The specified key does not exist."),
	},
	"s3.GetObject.shared": {request: s3(http.MethodGet, "/second/k", "")},
	"s3.PutObject": {
		request: withHeaders(bucketCall(http.MethodPut, "/a/k", planted), "X-Amz-Storage-Class", "STANDARD_IA", "X-Amz-Meta-Note", planted),
		succeeded: answered{header: http.Header{
			"X-Amz-Version-Id": {"v1"}, "X-Amz-Server-Side-Encryption": {"AES256"}, "X-Amz-Id-2": {"ID2"},
		}},
	},
	"s3.DeleteObjects": {
		request: bucketCall(http.MethodPost, "/?delete",
			`<Delete><Object><Key>`+planted+`</Key></Object><Object><Key>k2</Key></Object></Delete>`),
		succeeded: answered{body: "<DeleteResult/>"},
	},
	"s3.ListObjectsV2": {request: bucketCall(http.MethodGet, "/?list-type=2&prefix=a%2F&delimiter=%2F", "")},
	"s3.CreateBucket": {
		request: bucketCall(http.MethodPut, "/", "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>"),
		failed:  xmlFault(409, "BucketAlreadyExists", "The requested bucket name is not available."),
	},
	"s3.PutBucketPolicy": {request: bucketCall(http.MethodPut, "/?policy", `{"Version":"2012-10-17","Statement":[]}`)},
	"dynamodb.GetItem": {
		request:   dynamoDB("GetItem", `{"TableName":"t","Key":{"id":{"S":"`+planted+`"}},"ConsistentRead":true}`),
		succeeded: answered{body: `{"Item":{"id":{"S":"` + planted + `"}}}`},
		failed:    jsonFault(400, "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", "Requested resource not found"),
	},
	"dynamodb.PutItem": {
		request: dynamoDB("PutItem", `{"TableName":"t","Item":{"id":{"S":"`+planted+`"},"mail":{"S":"`+planted+`"}},
			"ConditionExpression":"attribute_not_exists(#i)","ExpressionAttributeNames":{"#i":"id"}}`),
		failed: jsonFault(400, "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", "The conditional request failed"),
	},
	"dynamodb.Query": {request: dynamoDB("Query", `{"TableName":"t","IndexName":"i","KeyConditionExpression":"id = :v","Limit":5,
		"ExpressionAttributeValues":{":v":{"S":"`+planted+`"}},"ExclusiveStartKey":{"id":{"S":"`+planted+`"}}}`)},
	"dynamodb.BatchGetItem": {request: dynamoDB("BatchGetItem", `{"RequestItems":{"t2":{"Keys":[{"id":{"S":"y"}}]},
		"t":{"Keys":[{"id":{"S":"`+planted+`"}}]}},"ReturnConsumedCapacity":"TOTAL"}`)},
	"dynamodb.TransactWriteItems": {request: dynamoDB("TransactWriteItems", `{"TransactItems":[
		{"Put":{"TableName":"t","Item":{"id":{"S":"`+planted+`"}},"ConditionExpression":"attribute_not_exists(id)"}},
		{"Delete":{"TableName":"t","Key":{"id":{"S":"`+planted+`"}}}}]}`)},
	"dynamodb.CreateTable": {request: dynamoDB("CreateTable", `{"TableName":"t","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],
		"AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],
		"ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":2}}`)},
	"sqs.SendMessage": {request: jsonCall("sqs", "AmazonSQS.SendMessage",
		`{"QueueUrl":"https://sqs.us-east-1.amazonaws.com/000000000000/q.fifo","MessageBody":"`+planted+`","MessageGroupId":"g",
		"MessageAttributes":{"a":{"DataType":"String","StringValue":"`+planted+`"}}}`),
		failed: jsonFault(400, "com.amazonaws.sqs#QueueDoesNotExist", "The specified queue does not exist.")},
	"sqs.CreateQueue": {request: jsonCall("sqs", "AmazonSQS.CreateQueue",
		`{"QueueName":"q","Attributes":{"VisibilityTimeout":"60"},"tags":{"Team":"red"}}`)},
	"sns.Publish": {request: form("sns", "Action=Publish&Version=2010-03-31&TopicArn=arn%3Aaws%3Asns%3Aus-east-1%3A000000000000%3At&Message="+
		planted+"&Subject="+planted+"&MessageAttributes.entry.1.Name="+planted)},
	"sns.CreateTopic": {
		request: form("sns", "Action=CreateTopic&Version=2010-03-31&Name=t&Attributes.entry.1.key=DisplayName&Attributes.entry.1.value=T"+
			"&Tags.member.1.Key=team&Tags.member.1.Value=red"),
		failed: answered{status: 400, body: "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidParameter</Code>" +
			"<Message>Invalid parameter: Topic Name</Message></Error></ErrorResponse>"},
	},
	"lambda.Invoke": {
		request: withHeaders(lambdaCall("/2015-03-31/functions/f/invocations?Qualifier=live", `"`+planted+`"`),
			"X-Amz-Invocation-Type", "Event", "X-Amz-Client-Context", plantedBase64),
		failed: answered{status: 404, header: http.Header{"X-Amzn-Errortype": {"ResourceNotFoundException"}},
			body: `{"Message":"Function not found"}`},
	},
	"lambda.CreateFunction20150331": {request: lambdaCall("/2015-03-31/functions", `{"FunctionName":"f","Role":"arn:aws:iam::000000000000:role/r",
		"Code":{"ZipFile":"`+plantedBase64+`"},"Runtime":"python3.12","Handler":"a.b","MemorySize":128,
		"Environment":{"Variables":{"PASSWORD":"`+planted+`"}},"Tags":{"Team":"red"}}`)},
	"kms.Decrypt": {request: jsonCall("kms", "TrentService.Decrypt",
		`{"KeyId":"arn:aws:kms:us-east-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab","CiphertextBlob":"`+plantedBase64+`",
		"EncryptionAlgorithm":"SYMMETRIC_DEFAULT","EncryptionContext":{"Purpose":"test"}}`)},
	"kms.Encrypt.shared": {request: jsonCall("kms", "TrentService.Encrypt",
		`{"KeyId":"`+sharedKey+`","Plaintext":"`+plantedBase64+`"}`)},
	"secretsmanager.GetSecretValue": {
		request:   jsonCall("secretsmanager", "secretsmanager.GetSecretValue", `{"SecretId":"db","VersionStage":"AWSCURRENT"}`),
		succeeded: answered{body: `{"SecretString":"` + planted + `"}`},
		failed:    jsonFault(400, "ResourceNotFoundException", "Secrets Manager can't find the specified secret."),
	},
	"secretsmanager.CreateSecret": {request: jsonCall("secretsmanager", "secretsmanager.CreateSecret",
		`{"Name":"db","SecretString":"`+planted+`","Tags":[{"Key":"team","Value":"red"}]}`)},
	"ssm.GetParameter": {request: jsonCall("ssm", "AmazonSSM.GetParameter", `{"Name":"/a/b","WithDecryption":true}`),
		failed: jsonFault(400, "ParameterNotFound", "")},
	"ssm.GetParameters":       {request: jsonCall("ssm", "AmazonSSM.GetParameters", `{"Names":["/a/b","/a/c"]}`)},
	"ssm.GetParametersByPath": {request: jsonCall("ssm", "AmazonSSM.GetParametersByPath", `{"Path":"/a","Recursive":true}`)},
	"ssm.PutParameter": {request: jsonCall("ssm", "AmazonSSM.PutParameter",
		`{"Name":"/a/b","Type":"SecureString","Value":"`+planted+`"}`)},
	"ec2.RunInstances": {
		request: form("ec2", "Action=RunInstances&Version=2016-11-15&ImageId=ami-12345678&MinCount=1&MaxCount=2&InstanceType=t3.micro"+
			"&SecurityGroupId.1=sg-1&UserData="+planted+"&BlockDeviceMapping.1.DeviceName=%2Fdev%2Fxvda"+
			"&BlockDeviceMapping.1.Ebs.VolumeSize=8&TagSpecification.1.ResourceType=instance"+
			"&TagSpecification.1.Tag.1.Key=team&TagSpecification.1.Tag.1.Value=red"),
		failed: answered{status: 400, body: "<Response><Errors><Error><Code>InvalidAMIID.NotFound</Code>" +
			"<Message>The image id '[ami-12345678]' does not exist</Message></Error></Errors></Response>"},
	},
	"ec2.TerminateInstances": {request: form("ec2", "Action=TerminateInstances&Version=2016-11-15&InstanceId.1=i-1&InstanceId.2=i-2")},
}

// unstableRecords are what is different in each run, and what is in its place in golden files.
var unstableRecords = []struct {
	pattern *regexp.Regexp
	stands  string
}{
	{regexp.MustCompile(`\b(A[A-Z]{3})[A-Z2-7]{16,17}\b`), "${1}EXAMPLE"},
	{regexp.MustCompile(`"(requestID|eventID|sharedEventID)": "[^"]*"`), `"$1": "00000000-0000-4000-8000-000000000000"`},
	{regexp.MustCompile(`"eventTime": "[^"]*"`), `"eventTime": "2026-03-01T12:00:00Z"`},
	{regexp.MustCompile(`Encoded authorization failure message: [\w-]+`), "Encoded authorization failure message: ENCODED"},
	{regexp.MustCompile(`127\.0\.0\.1:\d+`), "127.0.0.1:4260"},
}

// The records of calls of other services are as CloudTrail's pages show them, and none has a
// secret or data.
func TestRecordsOfCalls(t *testing.T) {
	t.Parallel()
	var answer atomic.Pointer[answered]
	up := newUpstream(t, func(w http.ResponseWriter, _ *http.Request) {
		a := answer.Load()
		for name, values := range a.header {
			w.Header()[name] = values
		}
		if a.status != 0 {
			w.WriteHeader(a.status)
		}
		_, _ = w.Write([]byte(a.body))
	})
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL), still())
	ana := user(t, srv, "ana", `[{"Effect":"Allow","Action":"*","Resource":"*"}]`)
	none := user(t, srv, "none", "")
	declare(t, srv, secondAccount, "arn:aws:s3:::second",
		`{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"s3:*","Resource":["arn:aws:s3:::second","arn:aws:s3:::second/*"]}`)
	declare(t, srv, secondAccount, sharedKey, `{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"kms:*","Resource":"*"}`)
	for name, c := range recordedCalls {
		t.Run(name, func(t *testing.T) {
			call := func(key sigv4.Credentials, a answered) []*events.Record {
				answer.Store(&a)
				q := withHeaders(c.request, "User-Agent", "golden")
				q.key = key
				return recordsOf(t, srv, &q)
			}
			got := goldenRecords{Denied: call(none, answered{}), Succeeded: call(ana, c.succeeded)}
			if c.failed.status != 0 {
				got.Failed = call(ana, c.failed)
			}
			checkGolden(t, name, got)
		})
	}
}

// recordsOf returns the records of a call: those with its request ID.
func recordsOf(t *testing.T, srv *iamtest.Server, q *request) []*events.Record {
	t.Helper()
	res, body := q.send(t, srv)
	id := res.Header.Get("X-Amzn-Requestid")
	var list []*events.Record
	for _, r := range srv.Events() {
		if r.RequestID == id {
			list = append(list, r)
		}
	}
	if len(list) == 0 {
		t.Fatalf("no record of a call that was answered %d %s", res.StatusCode, body)
	}
	return list
}

func checkGolden(t *testing.T, name string, records goldenRecords) {
	t.Helper()
	got := testkit.Must(json.MarshalIndent(records, "", "  "))(t)
	for _, u := range unstableRecords {
		got = u.pattern.ReplaceAll(got, []byte(u.stands))
	}
	for _, secret := range []string{planted, strings.TrimRight(plantedBase64, "=")} {
		if bytes.Contains(got, []byte(secret)) {
			t.Errorf("a record has %s", secret)
		}
	}
	file := filepath.Join("testdata", "records", name+".json")
	got = append(got, '\n')
	if *updateRecords {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; go test ./gateway -run TestRecordsOfCalls -update-records writes it", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}
