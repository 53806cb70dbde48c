package services

import "testing"

func TestAskKey(t *testing.T) {
	t.Parallel()
	const at = "us-east-1:123456789012:"
	for resource, want := range map[string]struct{ request, answer string }{
		"arn:aws:s3:::bucket": {
			"GET /bucket?encryption ",
			"<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm>" +
				"<KMSMasterKeyID>k</KMSMasterKeyID></ApplyServerSideEncryptionByDefault><BucketKeyEnabled>true</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>",
		},
		"arn:aws:secretsmanager:" + at + "secret:s-AbCdEf": {
			`POST / secretsmanager.DescribeSecret {"SecretId":"arn:aws:secretsmanager:us-east-1:123456789012:secret:s-AbCdEf"}`,
			`{"KmsKeyId":"k"}`,
		},
		"arn:aws:sns:" + at + "t": {
			"POST / Action=GetTopicAttributes&TopicArn=arn%3Aaws%3Asns%3Aus-east-1%3A123456789012%3At&Version=2010-03-31",
			"<R><GetTopicAttributesResult><Attributes><entry><key>KmsMasterKeyId</key><value>k</value></entry></Attributes></GetTopicAttributesResult></R>",
		},
		"arn:aws:sqs:" + at + "q": {
			`POST / AmazonSQS.GetQueueAttributes {"AttributeNames":["KmsMasterKeyId"],"QueueUrl":"http://sqs.us-east-1.localhost/123456789012/q"}`,
			`{"Attributes":{"KmsMasterKeyId":"k"}}`,
		},
		"arn:aws:ssm:" + at + "parameter/a/b": {
			`POST / AmazonSSM.DescribeParameters {"ParameterFilters":[{"Key":"Name","Values":["/a/b"]}]}`, `{"Parameters":[{"KeyId":"k"}]}`,
		},
	} {
		if got := spell(AskKey(resource)); got != want.request {
			t.Errorf("%s: asked by\n%s, want\n%s", resource, got, want.request)
		}
		if got := ReadKey(resource, []byte(want.answer)); got != (StoredKey{"k", resource == "arn:aws:s3:::bucket"}) {
			t.Errorf("%s has the key %v", resource, got)
		}
		for _, other := range []string{"", "[]", "{}", "<R></R>", `{"Parameters":[]}`} {
			if got := ReadKey(resource, []byte(other)); got != (StoredKey{}) {
				t.Errorf("%s has the key %v by %s", resource, got, other)
			}
		}
	}
	for _, none := range []string{"", "*", "arn:aws:ec2:" + at + "instance/i-1"} {
		if AskKey(none) != nil {
			t.Errorf("%q is asked for a key", none)
		}
	}
}
