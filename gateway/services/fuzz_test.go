package services

import (
	"net/http"
	"net/url"
	"testing"
	"time"
)

// FuzzNeeds sends any request: it is recognised or not, its needs are read or
// not, but neither takes long, and no need is without an action.
func FuzzNeeds(f *testing.F) {
	f.Add("kinesis", "POST", "/", "", "application/x-amz-json-1.1", "Kinesis_20131202.PutRecord", `{"StreamName":"s"}`)
	f.Add("ec2", "POST", "/", "", "application/x-www-form-urlencoded", "", "Action=StopInstances&InstanceId.1=i-1")
	f.Add("lambda", "POST", "/2015-03-31/functions/f/invocations", "Qualifier=q", "", "", "")
	f.Add("s3", "GET", "/b/a//..%2Fc", "versionId=v", "", "", "")
	f.Add("cloudfront", "POST", "/2020-05-31/tagging", "Operation=Tag&Resource=arn:a:b:c:d:e", "", "",
		"<Tags><Items><Tag><Key>a</Key></Tag></Items></Tags>")
	f.Add("monitoring", "POST", "/service/GraniteServiceVersion20100801/operation/PutMetricData", "", "application/cbor", "cbor",
		"\xa1\x61a\x01")
	f.Add("", "GET", "/b/k", "acl&tagging", "", "", "")
	f.Add("s3", "POST", "/b", "delete", "", "", "<Delete><Object><Key>k</Key></Object></Delete>")
	f.Add("s3", "POST", "/b", "metadataTable", "", "", "<M><S3TablesDestination><TableBucketArn/></S3TablesDestination></M>")
	f.Add("s3", "PUT", "/b", "replication", "", "", "<R><Role> </Role></R>")
	f.Add("dynamodb", "POST", "/", "", "", "DynamoDB_20120810.ExecuteStatement",
		`{"Statement":"SELECT * FROM T WHERE a = ?","Parameters":[{"S":"x"}]}`)
	f.Add("dynamodb", "POST", "/", "", "", "DynamoDB_20120810.Query",
		`{"TableName":"T","KeyConditionExpression":"#a = :v","ExpressionAttributeNames":{"#a":"a"},"ExpressionAttributeValues":{":v":{"N":"1"}}}`)
	f.Add("sqs", "POST", "/", "", "", "AmazonSQS.SendMessage", `{"QueueUrl":"http://h/123456789012/q"}`)
	f.Add("sns", "POST", "/", "", "application/x-www-form-urlencoded", "", "Action=Publish&Version=2010-03-31&PhoneNumber=%2B1")
	f.Add("secretsmanager", "POST", "/", "", "", "secretsmanager.GetSecretValue",
		`{"SecretId":"arn:aws:secretsmanager:us-east-1:123456789012:x-??????"}`)
	f.Add("kms", "POST", "/", "", "", "TrentService.Encrypt", `{"KeyId":"alias/a","EncryptionContext":{"a":null}}`)
	f.Fuzz(func(t *testing.T, service, method, path, query, kind, target, body string) {
		r := &Request{Method: method, Path: path, Service: service, Header: http.Header{}, Body: []byte(body),
			Partition: "aws", Region: "us-east-1", Account: "123456789012"}
		r.Resolve = func(kind Lookup, name string) string { // as the gateway does, with any answer
			AskName(kind, name)
			return ReadName(kind, name, []byte(body))
		}
		r.Query, _ = url.ParseQuery(query)
		r.Header.Set("Content-Type", kind)
		switch {
		case target == "cbor":
			r.Header.Set("Smithy-Protocol", "rpc-v2-cbor")
		case target != "":
			r.Header.Set("X-Amz-Target", target)
		}
		if kind == "application/x-www-form-urlencoded" {
			r.Form, _ = url.ParseQuery(body)
		}
		start := time.Now()
		got, err := needs(r)
		if took := time.Since(start); took > time.Minute {
			t.Errorf("it takes %v", took)
		}
		if err != nil {
			return
		}
		if len(got.Needs) == 0 {
			t.Fatal("no needs")
		}
		for _, n := range got.Needs {
			if n.Action == "" || n.Resource == "" {
				t.Errorf("%+v", n)
			}
		}
	})
}
