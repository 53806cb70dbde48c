package services

import "testing"

func BenchmarkNeeds(b *testing.B) {
	for name, r := range map[string]*Request{
		"kinesis PutRecord": request(b, "kinesis", "POST /"+json11+"Kinesis_20131202.PutRecord\n\n"+
			`{"StreamName":"events","PartitionKey":"customer-1","Data":"eyJpZCI6MSwibmFtZSI6InNvbWV0aGluZyJ9eyJpZCI6MSwibmFtZSI6InNvbWV0aGluZyJ9"}`),
		"dynamodb DescribeTable": request(b, "dynamodb", "POST /"+json10+"DynamoDB_20120810.DescribeTable\n\n"+`{"TableName":"orders"}`),
		"dynamodb GetItem": request(b, "dynamodb",
			"POST /"+json10+"DynamoDB_20120810.GetItem\n\n"+`{"TableName":"orders","Key":{"id":{"S":"a"}}}`),
		"s3 GetObject":      request(b, "s3", "GET /bucket/some/key.txt?x-id=GetObject"),
		"lambda Invoke":     request(b, "lambda", "POST /2015-03-31/functions/f/invocations"),
		"ec2 StopInstances": request(b, "ec2", "POST /"+form+"Action=StopInstances&Version=2016-11-15&InstanceId.1=i-1"),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := needs(r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
