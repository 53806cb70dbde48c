package services

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"
	"github.com/google/go-cmp/cmp"
)

// secretText is what no call may show.
const secretText = "PLANTEDSECRET"

// shownOf returns requestParameters as JSON; "" if there are none.
func shownOf(t testing.TB, r *Request) string {
	t.Helper()
	call, err := Recognise(r)
	if err != nil {
		t.Fatal(err)
	}
	shown := call.Shown(r, "host")
	if shown == nil {
		return ""
	}
	text, err := json.Marshal(shown.Parameters())
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestShown(t *testing.T) {
	t.Parallel()
	members, err := cbor.Marshal(map[string]any{"DashboardName": "g", "Other": []byte(secretText)})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, signed, request, want string }{
		{"a member that names the resource, without the others", "kinesis", "POST /" + json11 + "Kinesis_20131202.DescribeStream\n\n" +
			`{"StreamName":"s","Limit":1}`, `{"streamName":"s"}`},
		{"a label of the path", "lambda", "GET /2015-03-31/functions/f", `{"functionName":"f"}`},
		{"an ARN as it was sent", "lambda", "DELETE /2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Af",
			`{"functionName":"arn:aws:lambda:us-east-1:123456789012:function:f"}`},
		{"nothing that is known", "kinesis", "POST /" + json11 + "Kinesis_20131202.ListStreams\n\n" + `{"Limit":1}`, ""},
		{"no body", "ssm", "POST /" + json11 + "AmazonSSM.GetParameter\n\n", ""},
		{"null", "ssm", "POST /" + json11 + "AmazonSSM.GetParameter\n\n" + `{"Name":null}`, ""},
		{"data in the names of a map", "kms", "POST /" + json11 + "TrentService.Encrypt\n\n" +
			`{"KeyId":"k","Plaintext":"` + secretText + `","EncryptionContext":{"Upper":"Case"}}`,
			`{"encryptionContext":{"Upper":"Case"},"keyId":"k"}`},
		{"a number and a Boolean", "ssm", "POST /" + json11 + "AmazonSSM.GetParametersByPath\n\n" +
			`{"Path":"/a","Recursive":false,"MaxResults":10,"ParameterFilters":[]}`,
			`{"maxResults":10,"path":"/a","recursive":false}`},
		{"names of attributes", "dynamodb", "POST /" + json10 + "DynamoDB_20120810.PutItem\n\n" +
			`{"TableName":"t","Item":{"a":{"S":"` + secretText + `"},"b":{"N":"1"}}}`, `{"item":["a","b"],"tableName":"t"}`},
		{"an item without attributes", "dynamodb", "POST /" + json10 + "DynamoDB_20120810.PutItem\n\n" + `{"TableName":"t","Item":{}}`,
			`{"item":[],"tableName":"t"}`},
		{"what is no key is not shown", "dynamodb", "POST /" + json10 + "DynamoDB_20120810.GetItem\n\n" +
			`{"TableName":"t","Key":{"a":1,"b":2,"c":3}}`, `{"tableName":"t"}`},
		{"a statement", "dynamodb", "POST /" + json10 + "DynamoDB_20120810.ExecuteStatement\n\n" +
			`{"Statement":"SELECT * FROM t WHERE a = '` + secretText + `'"}`, ""},
		{"parts of a transaction", "dynamodb", "POST /" + json10 + "DynamoDB_20120810.TransactWriteItems\n\n" +
			`{"TransactItems":[{"Update":{"TableName":"t","Key":{"a":{"S":"` + secretText + `"}},"UpdateExpression":"SET #b = :b",
			"ExpressionAttributeNames":{"#b":"B"},"ExpressionAttributeValues":{":b":{"S":"` + secretText + `"}}}},1]}`,
			`{"requestItems":[{"expressionAttributeNames":{"#b":"B"},"key":{"a":"HIDDEN_DUE_TO_SECURITY_REASONS"},` +
				`"operation":"Update","tableName":"t","updateExpression":"SET #b = :b"}]}`},
		{"a form", "sns", "POST /" + form + "Action=CreateTopic&Version=2010-03-31&Name=t&Tags.member.1.Key=K&Tags.member.1.Value=v" +
			"&Attributes.entry.1.key=Policy&Attributes.entry.1.value=p",
			`{"attributes":{"Policy":"p"},"name":"t","tags":[{"key":"K","value":"v"}]}`},
		{"a phone number", "sns", "POST /" + form + "Action=Publish&Version=2010-03-31&Message=" + secretText + "&PhoneNumber=%2B1555",
			`{"message":"HIDDEN_DUE_TO_SECURITY_REASONS"}`},
		{"members of EC2", "ec2", "POST /" + form + "Action=DeleteVpc&Version=2016-11-15&VpcId=vpc-1&DryRun=true", `{"vpcId":"vpc-1"}`},
		{"an instance without anything", "ec2", "POST /" + form + "Action=RunInstances&Version=2016-11-15&MinCount=x&Monitoring.Enabled=true",
			`{"blockDeviceMapping":{},"disableApiStop":false,"disableApiTermination":false,"instancesSet":{"items":[{}]},` +
				`"monitoring":{"enabled":true}}`},
		{"CBOR", "monitoring", "POST /service/GraniteServiceVersion20100801/operation/GetDashboard\nSmithy-Protocol: rpc-v2-cbor\n\n" +
			string(members), `{"dashboardName":"g"}`},
		{"a presigned request of S3", "s3", "GET /b/a%20k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=" + secretText +
			"&X-Amz-Signature=" + secretText + "&X-Amz-Security-Token=" + secretText + "&X-Amz-Expires=60&x-id=GetObject" +
			"&x-amz-server-side-encryption-customer-key=" + secretText,
			`{"Host":"host","X-Amz-Algorithm":"AWS4-HMAC-SHA256","X-Amz-Expires":"60","bucketName":"b","key":"a k","x-id":"GetObject"}`},
		{"a policy that is not JSON", "s3", "PUT /b?policy\n\n" + "x", `{"Host":"host","bucketName":"b","policy":""}`},
		{"a list of buckets", "s3", "GET /", `{"Host":"host"}`},
		{"where a bucket is made", "s3", "PUT /b\n\n<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint>" +
			"</CreateBucketConfiguration>",
			`{"CreateBucketConfiguration":{"LocationConstraint":"eu-west-1"},"Host":"host","bucketName":"b"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := shownOf(t, request(t, c.signed, c.request))
			if got == "{}" {
				got = ""
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// What is kept of a call is bounded, whatever it sends, and is a copy: the body can be forgotten.
func TestShownIsBounded(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 2*maxShown)
	for _, body := range []string{
		`{"TableName":"` + long + `","Item":{"a":{}}}`,
		`{"TableName":"t","Item":{` + strings.Repeat(`"`+strings.Repeat("y", 100)+`":1,`, 10) + `"` + long + `":1}}`,
	} {
		r := request(t, "dynamodb", "POST /"+json10+"DynamoDB_20120810.PutItem\n\n"+body)
		call, err := Recognise(r)
		if err != nil {
			t.Fatal(err)
		}
		shown := call.Shown(r, "host")
		for i := range r.Body {
			r.Body[i] = '!'
		}
		text, err := json.Marshal(shown.Parameters())
		if err != nil || len(text) > maxShown || shown.Bytes() > 2*maxShown || strings.Contains(string(text), "!") {
			t.Errorf("%d bytes are shown, %d are kept: %v", len(text), shown.Bytes(), err)
		}
	}
}

// Each operation of the table is one of its service's.
func TestShownMembersAreOfOperations(t *testing.T) {
	t.Parallel()
	known := map[string]*Service{}
	for _, s := range List() {
		known[s.Name] = s
	}
	for name, operations := range shownTable() {
		service := known[name]
		if service == nil {
			t.Errorf("there is no service %s", name)
			continue
		}
		for operation := range operations {
			if service.loaded().operations[operation] == nil {
				t.Errorf("%s has no operation %s", name, operation)
			}
		}
	}
}

// FuzzShown sends any request: what is shown of it is JSON, is not large, and has nothing of
// members that hold secrets or data.
func FuzzShown(f *testing.F) {
	for _, seed := range []struct{ service, target, kind, body string }{
		{"dynamodb", "DynamoDB_20120810.PutItem", "", `{"TableName":"t","Item":{"a":{"S":"` + secretText + `"}}}`},
		{"dynamodb", "DynamoDB_20120810.TransactWriteItems", "", `{"TransactItems":[{"Put":{"Item":{"a":{"S":"x"}}}},{}]}`},
		{"dynamodb", "DynamoDB_20120810.BatchGetItem", "", `{"RequestItems":{"t":{"Keys":[]}}}`},
		{"sqs", "AmazonSQS.SendMessage", "", `{"QueueUrl":"u","MessageBody":"` + secretText + `"}`},
		{"secretsmanager", "secretsmanager.CreateSecret", "", `{"Name":"n","SecretString":"` + secretText + `"}`},
		{"kms", "TrentService.Encrypt", "", `{"KeyId":"k","Plaintext":"` + secretText + `","EncryptionContext":{"a":null}}`},
		{"ec2", "", "form", "Action=RunInstances&UserData=" + secretText + "&BlockDeviceMapping.1.Ebs.VolumeSize=x&TagSpecification.1.Tag.1.Key=k"},
		{"sns", "", "form", "Action=Publish&Message=" + secretText + "&TopicArn.x.1.2.3.4.5.6.7.8=1"},
		{"s3", "", "policy", `{"Version":"2012-10-17"}`},
		{"monitoring", "GetDashboard", "cbor", "\xa1\x6dDashboardName\x82\x01\xa1\x01\x02"},
	} {
		f.Add(seed.service, seed.target, seed.kind, seed.body)
	}
	f.Fuzz(func(t *testing.T, service, target, kind, body string) {
		r := &Request{Method: http.MethodPost, Path: "/", Service: service, Header: http.Header{}, Body: []byte(body),
			Partition: "aws", Region: "us-east-1", Account: "123456789012"}
		switch kind {
		case "form":
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Form, _ = url.ParseQuery(body)
		case "cbor":
			r.Header.Set("Smithy-Protocol", "rpc-v2-cbor")
			r.Path = "/service/GraniteServiceVersion20100801/operation/" + url.PathEscape(target)
		case "policy":
			r.Method, r.Path, r.Query = http.MethodPut, "/b", url.Values{"policy": {""}}
		default:
			r.Header.Set("X-Amz-Target", target)
		}
		call, err := Recognise(r)
		if err != nil {
			return
		}
		shown := call.Shown(r, "host")
		if shown == nil {
			return
		}
		text, err := json.Marshal(shown.Parameters())
		if err != nil || shown.size > maxShown {
			t.Errorf("%d bytes, %v", shown.size, err)
		}
		if len(text) > 20*maxShown {
			t.Errorf("%d bytes of JSON", len(text))
		}
	})
}

func BenchmarkShown(b *testing.B) {
	for name, r := range map[string]*Request{
		"dynamodb GetItem": request(b, "dynamodb",
			"POST /"+json10+"DynamoDB_20120810.GetItem\n\n"+`{"TableName":"orders","Key":{"id":{"S":"a"}}}`),
		"s3 GetObject":          request(b, "s3", "GET /bucket/some/key.txt?x-id=GetObject"),
		"ec2 DescribeInstances": request(b, "ec2", "POST /"+form+"Action=DescribeInstances&Version=2016-11-15"),
		"ec2 RunInstances": request(b, "ec2", "POST /"+form+
			"Action=RunInstances&Version=2016-11-15&ImageId=ami-1&MinCount=1&MaxCount=1&InstanceType=t3.micro"),
	} {
		call, err := Recognise(r)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := call.Needs(r); err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				call.Shown(r, "host")
			}
		})
	}
}
