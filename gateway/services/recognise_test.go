package services

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// request reads a request in the form "METHOD URI", then lines of headers, an
// empty line and a body.
func request(t testing.TB, service, text string) *Request {
	t.Helper()
	head, body, _ := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")
	method, uri, _ := strings.Cut(lines[0], " ")
	path, query, _ := strings.Cut(uri, "?")
	r := &Request{Method: method, Path: path, Header: http.Header{}, Service: service, Body: []byte(body),
		Partition: "aws", Region: "us-east-1", Account: "123456789012"}
	for _, line := range lines[1:] {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Add(name, value)
	}
	r.Host = r.Header.Get("Host")
	var err error
	if r.Query, err = url.ParseQuery(query); err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		if r.Form, err = url.ParseQuery(body); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

const (
	form        = "\nContent-Type: application/x-www-form-urlencoded\n\n"
	json10      = "\nContent-Type: application/x-amz-json-1.0\nX-Amz-Target: "
	json11      = "\nContent-Type: application/x-amz-json-1.1\nX-Amz-Target: "
	cborHeaders = "\nContent-Type: application/cbor\nSmithy-Protocol: rpc-v2-cbor"
)

func TestRecognise(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, signed, request, want string }{
		{"a target", "dynamodb", "POST /" + json10 + "DynamoDB_20120810.GetItem", "dynamodb GetItem json10 whole"},
		{"a target of the other service that signs alike", "dynamodb", "POST /" + json10 + "DynamoDBStreams_20120810.GetRecords",
			"dynamodbstreams GetRecords json10 whole"},
		{"a target with dots", "cloudtrail", "POST /" + json11 + "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.ListTrails",
			"cloudtrail ListTrails json11 whole"},
		{"JSON 1.0 to a service of JSON 1.1", "kms", "POST /" + json10 + "TrentService.Encrypt", "kms Encrypt json10 whole"},
		{"a target without a content type", "kms", "POST /\nX-Amz-Target: TrentService.Encrypt", "kms Encrypt json11 whole"},
		{"an action in a form", "sns", "POST /" + form + "Action=Publish&Version=2010-03-31", "sns Publish query whole"},
		{"an action in the query", "sns", "GET /?Action=ListTopics&Version=2010-03-31", "sns ListTopics query whole"},
		{"an action without a version", "sns", "POST /" + form + "Action=Publish", "sns Publish query whole"},
		{"ec2", "ec2", "POST /" + form + "Action=RunInstances&Version=2016-11-15", "ec2 RunInstances ec2 whole"},
		{"ec2 of another version", "ec2", "POST /" + form + "Action=RunInstances&Version=2014-06-15", "ec2 RunInstances ec2 whole"},
		{"sqs by JSON", "sqs", "POST /" + json10 + "AmazonSQS.SendMessage", "sqs SendMessage json10 whole"},
		{"sqs by the query protocol", "sqs", "POST /000000000000/q" + form + "Action=SendMessage&Version=2012-11-05",
			"sqs SendMessage query whole"},
		{"cloudwatch by CBOR", "monitoring", "POST /service/GraniteServiceVersion20100801/operation/PutMetricData" + cborHeaders,
			"cloudwatch PutMetricData cbor whole"},
		{"cloudwatch by JSON", "monitoring", "POST /" + json10 + "GraniteServiceVersion20100801.PutMetricData",
			"cloudwatch PutMetricData json10 whole"},
		{"cloudwatch by the query protocol", "monitoring", "POST /" + form + "Action=PutMetricData&Version=2010-08-01",
			"cloudwatch PutMetricData query whole"},
		{"a path with a label", "lambda", "GET /2015-03-31/functions/f", "lambda GetFunction restjson none FunctionName=f"},
		{"a slash at the end", "lambda", "GET /2015-03-31/functions/", "lambda ListFunctions restjson none"},
		{"an ARN in a path", "lambda",
			"POST /2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Af/invocations",
			"lambda Invoke restjson streamed FunctionName=arn:aws:lambda:us-east-1:123456789012:function:f"},
		{"a slash in a label", "batch", "GET /v1/tags/arn%3Aaws%3Abatch%3Aus-east-1%3A123456789012%3Ajob-queue%2Fq",
			"batch ListTagsForResource restjson none resourceArn=arn:aws:batch:us-east-1:123456789012:job-queue/q"},
		{"a parameter in the URI", "apigateway", "POST /restapis?mode=import", "apigateway ImportRestApi restjson streamed"},
		{"no parameter", "apigateway", "POST /restapis", "apigateway CreateRestApi restjson whole"},
		{"the second service that signs alike", "apigateway", "GET /v2/apis/a", "apigatewayv2 GetApi restjson none apiId=a"},
		{"the query protocol and REST", "ses", "POST /" + form + "Action=SendEmail&Version=2010-12-01", "ses SendEmail query whole"},
		{"REST beside the query protocol", "ses", "POST /v2/email/outbound-emails", "sesv2 SendEmail restjson whole"},
		{"REST-XML with a parameter that decides", "cloudfront", "POST /2020-05-31/tagging?Operation=Untag&Resource=a",
			"cloudfront UntagResource restxml streamed"},
		{"S3: buckets", "s3", "GET /", "s3 ListBuckets restxml none"},
		{"S3: a bucket", "s3", "GET /b?prefix=p", "s3 ListObjects restxml none Bucket=b"},
		{"S3: a bucket with a slash", "s3", "PUT /b/", "s3 CreateBucket restxml whole Bucket=b"},
		{"S3: version 2", "s3", "GET /b?list-type=2&prefix=p", "s3 ListObjectsV2 restxml none Bucket=b"},
		{"S3: a subresource", "s3", "GET /b/?versioning", "s3 GetBucketVersioning restxml none Bucket=b"},
		{"S3: an object", "s3", "GET /b/k?x-id=GetObject&versionId=v", "s3 GetObject restxml none Bucket=b Key=k"},
		{"S3: an object that ends with a slash", "s3", "PUT /b/k/", "s3 PutObject restxml streamed Bucket=b Key=k/"},
		{"S3: doubled slashes", "s3", "GET /b/a//b", "s3 GetObject restxml none Bucket=b Key=a//b"},
		{"S3: a key that begins with a slash", "s3", "GET /b//k", "s3 GetObject restxml none Bucket=b Key=/k"},
		{"S3: an escaped slash", "s3", "GET /b/a%2Fb%252F", "s3 GetObject restxml none Bucket=b Key=a/b%2F"},
		{"S3: dots", "s3", "GET /b/../c/./d", "s3 GetObject restxml none Bucket=b Key=../c/./d"},
		{"S3: a copy", "s3", "PUT /b/k\nX-Amz-Copy-Source: /c/d", "s3 CopyObject restxml none Bucket=b Key=k"},
		{"S3: a part", "s3", "PUT /b/k?partNumber=1&uploadId=u", "s3 UploadPart restxml streamed Bucket=b Key=k"},
		{"S3: a part that is copied", "s3", "PUT /b/k?partNumber=1&uploadId=u\nX-Amz-Copy-Source: /c/d",
			"s3 UploadPartCopy restxml none Bucket=b Key=k"},
		{"S3: parts", "s3", "GET /b/k?uploadId=u", "s3 ListParts restxml none Bucket=b Key=k"},
		{"S3: an inventory and all of them", "s3", "GET /b?inventory&id=i", "s3 GetBucketInventoryConfiguration restxml none Bucket=b"},
		{"S3: all inventories", "s3", "GET /b?inventory", "s3 ListBucketInventoryConfigurations restxml none Bucket=b"},
		{"S3: what replaced a deprecated operation", "s3", "GET /b?lifecycle", "s3 GetBucketLifecycleConfiguration restxml none Bucket=b"},
		{"S3 control", "s3", "GET /v20180820/accesspoint/a\nX-Amz-Account-Id: 123456789012",
			"s3control GetAccessPoint restxml none name=a"},
		{"not signed: a path", "", "GET /b/k\nHost: localhost:4260", "s3 GetObject restxml none Bucket=b Key=k"},
		{"not signed: a host", "", "GET /2015-03-31/functions/f\nHost: lambda.us-east-1.amazonaws.com",
			"lambda GetFunction restjson none FunctionName=f"},
		{"not signed: a host of two parts", "",
			"POST /\nHost: api.ecr.us-east-1.amazonaws.com:443\nX-Amz-Target: AmazonEC2ContainerRegistry_V20150921.BatchGetImage",
			"ecr BatchGetImage json11 whole"},
		{"not signed: a host in China", "", "GET /b/k\nHost: s3.cn-north-1.amazonaws.com.cn", "s3 GetObject restxml none Bucket=b Key=k"},
		{"not signed: a target", "", "POST /" + json11 + "AWSCognitoIdentityService.GetId", "cognito-identity GetId json11 whole"},
		{"not signed: an action", "", "POST /" + form + "Action=Publish&Version=2010-03-31", "sns Publish query whole"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			call, err := Recognise(request(t, test.signed, test.request))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, describe(call)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

var (
	protocolNames = map[Protocol]string{Query: "query", EC2: "ec2", JSON10: "json10", JSON11: "json11", RESTJSON: "restjson",
		RESTXML: "restxml", CBOR: "cbor"}
	bodyNames = map[BodyUse]string{NoBody: "none", Whole: "whole", Streamed: "streamed"}
)

func describe(c *Call) string {
	out := []string{c.Service.Name, c.Operation, protocolNames[c.Protocol], bodyNames[c.Body]}
	for _, name := range slices.Sorted(maps.Keys(c.labels)) {
		out = append(out, name+"="+c.labels[name])
	}
	return strings.Join(out, " ")
}

func TestNotRecognised(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, signed, request, want string }{
		{"an operation that does not exist", "dynamodb", "POST /" + json10 + "DynamoDB_20120810.Frob",
			`dynamodb has no operation "Frob"`},
		{"a target of another service", "kms", "POST /" + json11 + "DynamoDB_20120810.GetItem",
			`the operation "DynamoDB_20120810.GetItem" of kms is not recognised: its X-Amz-Target is another service's`},
		{"a target and an action", "dynamodb", "POST /?Action=DeleteTable" + json10 + "DynamoDB_20120810.GetItem",
			`the operation "GetItem" of dynamodb is not recognised: the request names its operation more than once`},
		{"two targets", "dynamodb", "POST /" + json10 + "DynamoDB_20120810.GetItem\nX-Amz-Target: DynamoDB_20120810.DeleteTable",
			`the operation "GetItem" of dynamodb is not recognised: the request names its operation more than once`},
		{"two actions", "sns", "POST /" + form + "Action=Publish&Action=DeleteTopic",
			`the operation "Publish" of sns is not recognised: the request names its operation more than once`},
		{"a parameter with a NUL in its name", "sns", "POST /" + form + "Action=Publish&TopicArn%00=a",
			`the operation "Publish" of sns is not recognised: the name of one of its parameters has a space or a control character`},
		{"a parameter with a blank before its name", "sqs", "POST /" + form + "Action=SendMessage&+QueueUrl=a",
			`the operation "SendMessage" of sqs is not recognised: the name of one of its parameters has a space or a control character`},
		{"a parameter in two spellings", "sns", "POST /" + form + "Action=Publish&TopicArn=a&topicArn=b",
			`the operation "Publish" of sns is not recognised: one of its parameters is there in two spellings`},
		{"an action in the form and another in the query", "sns", "POST /?Action=DeleteTopic" + form + "Action=Publish",
			`the operation "Publish" of sns is not recognised: the request names its operation more than once`},
		{"a classic load balancer", "elasticloadbalancing", "POST /" + form + "Action=DescribeLoadBalancers&Version=2012-06-01",
			`the operation "DescribeLoadBalancers" of elbv2 is not recognised: its Version is another API's`},
		{"the CBOR path of another service", "monitoring", "POST /service/Other/operation/PutMetricData" + cborHeaders,
			`the operation "PutMetricData" of cloudwatch is not recognised: its path names another service`},
		{"no operation", "sns", "POST /", `sns has no operation ""`},
		{"no path of the service", "lambda", "GET /2015-03-31/function", `lambda has no operation "GET /2015-03-31/function"`},
		{"a method that it does not have", "lambda", "BREW /2015-03-31/functions", `lambda has no operation "BREW /2015-03-31/functions"`},
		{"a part that is dots", "lambda", "GET /2015-03-31/functions/..",
			`the operation "GET /2015-03-31/functions/.." of lambda is not recognised: a part of its path is ..`},
		{"a part that is escaped dots", "lambda", "GET /2015-03-31/functions/%2e%2E",
			`the operation "GET /2015-03-31/functions/%2e%2E" of lambda is not recognised: a part of its path is ..`},
		{"another operation when slashes are read", "lambda", "GET /2015-03-31/functions/f%2Fpolicy",
			`the operation "GET /2015-03-31/functions/f%2Fpolicy" of lambda is not recognised: its path means something else when %2F is read as a slash`},
		{"another bucket when slashes are read", "s3", "GET /b%2Fc/d",
			`the operation "GET /b%2Fc/d" of s3 is not recognised: its path means something else when %2F is read as a slash`},
		{"a bucket that is dots", "s3", "GET /../b/k", `the operation "GET /../b/k" of s3 is not recognised: a part of its path is ..`},
		{"no bucket", "s3", "GET //k", `s3 has no operation "GET //k"`},
		{"two subresources", "s3", "PUT /b/k?acl&tagging",
			`the operation "PUT /b/k" of s3 is not recognised: the query names more than one operation`},
		{"a subresource of another method", "s3", "PUT /b?location",
			`the operation "PUT /b" of s3 is not recognised: the query names more than one operation`},
		{"a target with a REST service", "s3", "GET /b/k\nX-Amz-Target: AmazonSQS.SendMessage",
			`the operation "GET /b/k" of s3 is not recognised: the request names its operation in a header or a parameter too`},
		{"an action with a REST service", "s3", "GET /b/k?Action=DeleteQueue&Version=2012-11-05",
			`the operation "GET /b/k" of s3 is not recognised: the request names its operation in a header or a parameter too`},
		{"a bucket named like the path of S3 control", "s3", "DELETE /v20180820/accesspoint/a",
			`the operation "DELETE /v20180820/accesspoint/a" of s3 is not recognised: its path is one of S3 Control, but it has no header x-amz-account-id`},
		{"the same, escaped", "s3", "DELETE /v2%30180820/accesspoint/a",
			`the operation "DELETE /v2%30180820/accesspoint/a" of s3 is not recognised: its path is one of S3 Control, but it has no header x-amz-account-id`},
		{"moto's own path", "s3", "GET /moto-api/data.json",
			`the operation "GET /moto-api/data.json" of s3 is not recognised: emulators use its path for themselves`},
		{"LocalStack's own path", "s3", "PUT /_localstack/config",
			`the operation "PUT /_localstack/config" of s3 is not recognised: emulators use its path for themselves`},
		{"the end of an upload that is not named", "s3", "POST /b/k",
			`the operation "POST /b/k" of s3 is not recognised: it has no uploadId`},
		{"another method with a target", "dynamodb", "DELETE /\nX-Amz-Target: DynamoDB_20120810.ListTables",
			`the operation "ListTables" of dynamodb is not recognised: its method is DELETE`},
		{"another path with a target", "dynamodb", "POST /moto-api/reset\nX-Amz-Target: DynamoDB_20120810.ListTables",
			`the operation "ListTables" of dynamodb is not recognised: its path is /moto-api/reset`},
		{"another path with an action", "sns", "POST /b?Action=ListTopics&Version=2010-03-31",
			`the operation "ListTopics" of sns is not recognised: its path is /b`},
		{"a path that is not a queue's", "sqs", "POST /moto-api/reset?Action=SendMessage&Version=2012-11-05",
			`the operation "SendMessage" of sqs is not recognised: its path is /moto-api/reset`},
		{"a path before that of CBOR", "monitoring",
			"POST /b/service/GraniteServiceVersion20100801/operation/ListMetrics\nSmithy-Protocol: rpc-v2-cbor",
			`the operation "ListMetrics" of cloudwatch is not recognised: its path is /b/service/GraniteServiceVersion20100801/operation/ListMetrics`},
		{"a service that is not known", "nosuch", "GET /", ErrService.Error()},
		{"a target that is not known", "", "POST /\nX-Amz-Target: Nothing", ErrService.Error()},
		{"an action that is not known", "", "POST /?Action=Nothing", ErrService.Error()},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			call, err := Recognise(request(t, test.signed, test.request))
			if err == nil {
				t.Fatalf("recognised: %s", describe(call))
			}
			if diff := cmp.Diff(test.want, err.Error()); diff != "" {
				t.Error(diff)
			}
			var unknown *Unknown
			if errors.As(err, &unknown) == errors.Is(err, ErrService) {
				t.Errorf("%T", err)
			}
		})
	}
}

// TestTable reads the whole table.
func TestTable(t *testing.T) {
	t.Parallel()
	services, operations := 0, 0
	for _, s := range List() {
		services++
		operations += len(s.loaded().operations)
		if s.Name == "" || s.SigningName == "" || s.Endpoint == "" || s.Prefix == "" || s.Version == "" || len(s.Protocols) == 0 {
			t.Errorf("incomplete: %+v", s)
		}
	}
	if services != 59 || operations != 5362 {
		t.Errorf("%d services with %d operations", services, operations)
	}
}
