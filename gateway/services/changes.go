package services

import (
	"slices"
	"strings"
)

// reading are the prefixes of the names of operations that change nothing.
var reading = []string{
	"BatchGet", "Check", "Describe", "Get", "Head", "List", "Lookup", "Query", "Scan", "Search", "Select", "Simulate", "Validate",
}

// uses are operations that change what is in a resource but not its policy or tags, for services
// with many such calls.
var uses = map[string][]string{
	"dynamodb": {
		"BatchExecuteStatement", "BatchWriteItem", "DeleteItem", "ExecuteStatement", "ExecuteTransaction", "PutItem", "TransactGetItems",
		"TransactWriteItems", "UpdateItem",
	},
	"events":  {"PutEvents"},
	"kinesis": {"MergeShards", "PutRecord", "PutRecords", "SplitShard", "SubscribeToShard"},
	"kms": {
		"Decrypt", "DeriveSharedSecret", "Encrypt", "GenerateDataKey", "GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext",
		"GenerateDataKeyWithoutPlaintext", "GenerateMac", "ReEncrypt", "Sign", "Verify", "VerifyMac",
	},
	"lambda":         {"Invoke", "InvokeAsync", "InvokeWithResponseStream"},
	"logs":           {"FilterLogEvents", "PutLogEvents", "StartQuery", "StopQuery"},
	"secretsmanager": {"PutSecretValue", "UpdateSecretVersionStage"},
	"sns":            {"Publish", "PublishBatch"},
	"sqs": {
		"ChangeMessageVisibility", "ChangeMessageVisibilityBatch", "DeleteMessage", "DeleteMessageBatch", "PurgeQueue", "ReceiveMessage",
		"SendMessage", "SendMessageBatch",
	},
}

// MayChange reports whether the operation may change a resource's policy or tags, or
// make or delete the resource. If that is not known, it reports true.
func (c *Call) MayChange() bool {
	if c.Service.Name == "s3" && (strings.Contains(c.Operation, "Object") || strings.Contains(c.Operation, "Part")) {
		return false // of an object, whose tags are not kept
	}
	begins := func(prefix string) bool { return strings.HasPrefix(c.Operation, prefix) }
	return !slices.ContainsFunc(reading, begins) && !slices.Contains(uses[c.Service.Name], c.Operation)
}
