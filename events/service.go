package events

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator/catalog"
)

// sources are the services whose name in records is not the prefix of their actions.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
var sources = map[string]string{"cloudwatch": "monitoring"}

// source is the service that was called.
func (e *Event) source() string {
	service := e.Caller.Request.Service
	return cmp.Or(sources[service], service) + ".amazonaws.com"
}

// names are the operations that CloudTrail has under another name, by service.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html and
// https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html
var names = map[string]map[string]string{
	"s3": {
		"DeletePublicAccessBlock":            "DeleteBucketPublicAccessBlock",
		"GetBucketLifecycleConfiguration":    "GetBucketLifecycle",
		"GetBucketNotificationConfiguration": "GetBucketNotification",
		"GetBucketRequestPayment":            "GetBucketRequestPay",
		"GetObjectLockConfiguration":         "GetBucketObjectLockConfiguration",
		"GetPublicAccessBlock":               "GetBucketPublicAccessBlock",
		"ListObjectsV2":                      "ListObjects",
		"PutBucketLifecycleConfiguration":    "PutBucketLifecycle",
		"PutBucketNotificationConfiguration": "PutBucketNotification",
		"PutBucketRequestPayment":            "PutBucketRequestPay",
		"PutObjectLockConfiguration":         "PutBucketObjectLockConfiguration",
		"PutPublicAccessBlock":               "PutBucketPublicAccessBlock",
	},
	"lambda": {
		"AddPermission":               "AddPermission20150331v2",
		"CreateEventSourceMapping":    "CreateEventSourceMapping20150331",
		"CreateFunction":              "CreateFunction20150331",
		"DeleteEventSourceMapping":    "DeleteEventSourceMapping20150331",
		"DeleteFunction":              "DeleteFunction20150331",
		"GetFunction":                 "GetFunction20150331v2",
		"GetFunctionConfiguration":    "GetFunctionConfiguration20150331v2",
		"GetPolicy":                   "GetPolicy20150331v2",
		"ListFunctions":               "ListFunctions20150331",
		"ListVersionsByFunction":      "ListVersionsByFunction20150331",
		"PublishVersion":              "PublishVersion20150331",
		"RemovePermission":            "RemovePermission20150331v2",
		"TagResource":                 "TagResource20170331v2",
		"UntagResource":               "UntagResource20170331v2",
		"UpdateEventSourceMapping":    "UpdateEventSourceMapping20150331",
		"UpdateFunctionCode":          "UpdateFunctionCode20150331v2",
		"UpdateFunctionConfiguration": "UpdateFunctionConfiguration20150331v2",
	},
}

// name is the operation, as CloudTrail names it.
func (e *Event) name() string {
	q := &e.Caller.Request
	return cmp.Or(names[q.Service][q.Operation], q.Operation)
}

// data are the operations whose events are data events, as each service documents them.
// The others are management events.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
var data = map[string][]string{
	"cloudwatch": {"GetMetricData", "GetMetricStatistics", "GetMetricWidgetImage", "ListMetrics", "PutMetricData"},
	"dynamodb": {
		"BatchExecuteStatement", "BatchGetItem", "BatchWriteItem", "DeleteItem", "ExecuteStatement", "ExecuteTransaction", "GetItem",
		"PutItem", "Query", "Scan", "TransactGetItems", "TransactWriteItems", "UpdateItem",
	},
	"kinesis": {"GetRecords", "GetShardIterator", "PutRecord", "PutRecords", "SubscribeToShard"},
	"lambda":  {"Invoke", "InvokeAsync", "InvokeWithResponseStream"},
	"s3": {
		"AbortMultipartUpload", "CompleteMultipartUpload", "CopyObject", "CreateMultipartUpload", "DeleteObject", "DeleteObjects",
		"DeleteObjectTagging", "GetObject", "GetObjectAcl", "GetObjectAttributes", "GetObjectLegalHold", "GetObjectRetention",
		"GetObjectTagging", "GetObjectTorrent", "HeadBucket", "HeadObject", "ListMultipartUploads", "ListObjects", "ListObjectsV2",
		"ListObjectVersions", "ListParts", "PostObject", "PutObject", "PutObjectAcl", "PutObjectLegalHold", "PutObjectRetention",
		"PutObjectTagging", "RestoreObject", "SelectObjectContent", "UploadPart", "UploadPartCopy",
	},
	"sns": {"Publish", "PublishBatch"},
	"sqs": {
		"ChangeMessageVisibility", "ChangeMessageVisibilityBatch", "DeleteMessage", "DeleteMessageBatch", "GetQueueAttributes",
		"GetQueueUrl", "ListDeadLetterSourceQueues", "ListMessageMoveTasks", "ListQueues", "ListQueueTags", "ReceiveMessage",
		"SendMessage", "SendMessageBatch",
	},
}

// isData reports whether the event is a data event.
func (e *Event) isData() bool {
	q := &e.Caller.Request
	return slices.Contains(data[q.Service], q.Operation)
}

// ReadOnly reports whether a call changes nothing. To CloudTrail no operation of STS
// does, those that issue credentials included, and none that uses a key of KMS; of the
// others AWS's access level counts.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html and
// https://docs.aws.amazon.com/kms/latest/developerguide/logging-using-cloudtrail.html
func (e *Event) ReadOnly() bool {
	q := &e.Caller.Request
	switch q.Service {
	case "sts":
		return true
	case "iam":
		return reads(q.Operation)
	case "kms":
		return reads(q.Operation) || slices.ContainsFunc(keyUses, func(use string) bool { return strings.HasPrefix(q.Operation, use) })
	}
	name := q.Service + ":" + q.Operation
	if n := e.firstNeed(); n != nil {
		name = n.Action
	}
	if action, ok := catalog.FindAction(name); ok {
		return action.Access == catalog.Read || action.Access == catalog.List
	}
	return reads(q.Operation)
}

// keyUses are how the operations of KMS begin that use a key.
var keyUses = []string{"Decrypt", "DeriveSharedSecret", "Encrypt", "ReEncrypt", "Sign", "Verify"}

// failure is the error that was answered. Of an error of an upstream that could not be read the
// status is known alone; AWS's own code would be in its place.
func (e *Event) failure() (code, message string) {
	switch {
	case e.isOwn() && e.Code != "AccessDeniedException":
		return cmp.Or(e.Exception, e.Code), e.Message
	case e.Code != "":
		return serviceCode(e.Caller.Request.Service, cmp.Or(e.Exception, e.Code), e.Status), e.Message
	case e.UpstreamCode != "":
		return serviceCode(e.Caller.Request.Service, e.UpstreamCode, e.Status), e.UpstreamMessage
	case e.Status >= http.StatusBadRequest:
		return strings.ReplaceAll(http.StatusText(e.Status), " ", ""), "The upstream has answered with this status."
	}
	return "", ""
}

// serviceCode is an error of a service as CloudTrail writes it. Whatever a service calls a
// denial, it is AccessDenied; EC2's errors say whose fault they are.
func serviceCode(service, code string, status int) string {
	switch {
	case code == "AccessDeniedException", service == "sns" && strings.HasPrefix(code, "AuthorizationError"):
		return "AccessDenied"
	case service == "ec2" && status >= http.StatusInternalServerError:
		return "Server." + code
	case service == "ec2" && status >= http.StatusBadRequest:
		return "Client." + code
	}
	return code
}
