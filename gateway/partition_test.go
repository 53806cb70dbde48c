package gateway_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/principal"
)

// Calls are decided about the resources of the server's partition, and only regions
// of it are good for a scope.
func TestPartitions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		partition principal.Partition
		region    string
		table     string // that is decided about; none: the signature is refused
	}{
		{principal.AWS, "us-east-1", "arn:aws:dynamodb:us-east-1:000000000000:table/t"},
		{principal.AWS, "cn-north-1", "arn:aws:dynamodb:cn-north-1:000000000000:table/t"},
		{principal.China, "cn-northwest-1", "arn:aws-cn:dynamodb:cn-northwest-1:000000000000:table/t"},
		{principal.China, "us-east-1", ""},
		{principal.China, "aws-global", ""},
		{principal.GovCloud, "us-gov-east-1", "arn:aws-us-gov:dynamodb:us-gov-east-1:000000000000:table/t"},
		{principal.GovCloud, "cn-north-1", ""},
	} {
		t.Run(c.partition.String()+" "+c.region, func(t *testing.T) {
			t.Parallel()
			up := newUpstream(t, nil)
			srv := iamtest.Start(t, iamtest.WithUpstream(up.URL), iamtest.WithPartition(c.partition))
			q := dynamoDB("DescribeTable", `{"TableName":"t"}`)
			q.region = c.region
			res, body := q.send(t, srv)
			if c.table == "" {
				if res.StatusCode != http.StatusBadRequest || !strings.Contains(body, "Credential should be scoped to a valid region.") ||
					up.took() != nil {
					t.Errorf("answered %d %s", res.StatusCode, body)
				}
				return
			}
			record, err := srv.Decision(res.Header.Get("X-Amzn-Requestid"))
			if err != nil || len(record.Checks) != 1 || record.Checks[0].Resource != c.table || up.took() == nil {
				t.Errorf("answered %d %s, decided %+v, %v", res.StatusCode, body, record, err)
			}
		})
	}
}

// An ARN of another partition would be decided about as itself, while a server that
// looks at its name alone finds a resource of this one.
func TestARNsOfAnotherPartition(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	china := iamtest.Start(t, iamtest.WithUpstream(up.URL), iamtest.WithPartition(principal.China))
	for name, q := range map[string]request{
		"a table":         dynamoDB("DescribeTable", `{"TableName":"arn:aws:dynamodb:cn-north-1:000000000000:table/t"}`),
		"upper case":      dynamoDB("DescribeTable", `{"TableName":"arn:AWS-CN:dynamodb:cn-north-1:000000000000:table/t"}`),
		"a topic":         form("sns", "Action=Publish&Version=2010-03-31&Message=m&TopicArn=arn:aws:sns:cn-north-1:000000000000:t"),
		"a queue":         form("sqs", "Action=StartMessageMoveTask&Version=2012-11-05&SourceArn=arn:aws:sqs:cn-north-1:000000000000:q"),
		"an access point": s3(http.MethodGet, "/arn%3Aaws%3As3%3Acn-north-1%3A000000000000%3Aaccesspoint%3Ap/k", ""),
		"the source of a copy": with(s3(http.MethodPut, "/b/k", ""), func(q *request) {
			q.header = http.Header{"X-Amz-Copy-Source": {"arn:aws:s3:cn-north-1:000000000000:accesspoint/p/object/k"}}
		}),
		"a function, by tables": {
			service: "lambda", method: http.MethodGet,
			target: "/2015-03-31/functions/arn%3Aaws%3Alambda%3Acn-north-1%3A000000000000%3Afunction%3Af",
		},
	} {
		q.region = "cn-north-1"
		if res, body := q.send(t, china); res.StatusCode != http.StatusBadRequest ||
			!strings.Contains(body, "an ARN in it is of another partition or region") || up.took() != nil {
			t.Errorf("%s: answered %d %s", name, res.StatusCode, body)
		}
	}
}

// An upstream that makes ARNs by the region of the signature has resources of another
// partition, which is told once.
func TestUpstreamOfAnotherPartition(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		_, _ = io.WriteString(w, `{"Table":{"TableArn":"arn:aws-cn:dynamodb:cn-north-1:000000000000:table/t"}}`)
	})
	for p, want := range map[principal.Partition]int{principal.AWS: 1, principal.China: 0} {
		var log strings.Builder
		srv := iamtest.Start(t, iamtest.WithUpstream(up.URL), iamtest.WithPartition(p), logTo(&log))
		for range 2 {
			q := dynamoDB("ListTables", "{}")
			q.region = "cn-north-1"
			q.send(t, srv)
		}
		if err := srv.Stop(); err != nil || strings.Count(log.String(), "ARNs of another partition") != want {
			t.Errorf("%s: logged %s, %v", p, &log, err)
		}
	}
}
