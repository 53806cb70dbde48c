package services

import (
	"strings"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/principal"
)

// dynamo is a call of DynamoDB or DynamoDB Streams while its needs are found.
//
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
type dynamo struct {
	r         *Request
	operation string
	in        members
	needs     Needs
	schemas   map[string]TableSchema // that were asked for, empty if not known
}

// dynamodbRules are the operations that need more than the action of their name on
// the resource that they name.
var dynamodbRules = map[string]func(*dynamo) error{
	"BatchExecuteStatement": (*dynamo).batchExecuteStatement,
	"BatchGetItem":          (*dynamo).batchGetItem,
	"BatchWriteItem":        (*dynamo).batchWriteItem,
	"DeleteItem":            (*dynamo).deleteItem,
	"ExecuteStatement":      (*dynamo).executeStatement,
	"ExecuteTransaction":    (*dynamo).executeTransaction,
	"GetItem":               (*dynamo).getItem,
	"PutItem":               (*dynamo).putItem,
	"Query":                 (*dynamo).query,
	"Scan":                  (*dynamo).scan,
	"TransactGetItems":      (*dynamo).transactGetItems,
	"TransactWriteItems":    (*dynamo).transactWriteItems,
	"UpdateItem":            (*dynamo).updateItem,

	"CreateGlobalTable":         (*dynamo).globalTable,
	"CreateTable":               (*dynamo).createTable,
	"GetRecords":                (*dynamo).getRecords,
	"ImportTable":               (*dynamo).importTable,
	"RestoreTableFromBackup":    (*dynamo).restoreFromBackup,
	"RestoreTableToPointInTime": (*dynamo).restoreToPoint,
	"TagResource":               (*dynamo).tagResource,
	"UntagResource":             (*dynamo).untagResource,
	"UpdateGlobalTable":         (*dynamo).globalTable,
	"UpdateTable":               (*dynamo).updateTable,
}

// dynamodbNamed are the operations that need the action of their name on the resource that the
// request names. Operations under Unresolved need not name one, and those under Any have no
// resource type, though some may name a table.
var dynamodbNamed = map[Resolution][]string{
	Exact: {
		"CreateBackup", "DeleteBackup", "DeleteResourcePolicy", "DeleteTable", "DescribeBackup", "DescribeContinuousBackups",
		"DescribeContributorInsights", "DescribeExport", "DescribeGlobalTable", "DescribeGlobalTableSettings", "DescribeImport",
		"DescribeKinesisStreamingDestination", "DescribeStream", "DescribeTable", "DescribeTableReplicaAutoScaling",
		"DescribeTimeToLive", "DisableKinesisStreamingDestination", "EnableKinesisStreamingDestination",
		"ExportTableToPointInTime", "GetResourcePolicy", "GetShardIterator", "ListTagsOfResource", "PutResourcePolicy",
		"UpdateContinuousBackups", "UpdateContributorInsights", "UpdateGlobalTableSettings", "UpdateKinesisStreamingDestination",
		"UpdateTableReplicaAutoScaling", "UpdateTimeToLive",
	},
	Unresolved: {"ListExports", "ListImports"},
	Any: {
		"DescribeEndpoints", "DescribeLimits", "ListBackups", "ListContributorInsights", "ListGlobalTables", "ListStreams", "ListTables",
	},
}

// dynamodbResources are the members with the ARN of a resource.
var dynamodbResources = []string{"ResourceArn", "TableArn", "BackupArn", "ExportArn", "ImportArn", "StreamArn"}

// dynamodbMembers are the members that are read, of requests and of their parts.
var dynamodbMembers = []string{
	"AttributeUpdates", "AttributesToGet", "BackupArn", "ConditionCheck", "ConditionExpression", "Delete", "DeleteRequest",
	"Expected", "ExportArn", "ExpressionAttributeNames", "ExpressionAttributeValues", "FilterExpression", "Get", "GlobalTableName",
	"ImportArn", "IndexName", "Item", "Key", "KeyConditionExpression", "KeyConditions", "Keys", "Parameters",
	"ProjectionExpression", "Put", "PutRequest", "QueryFilter", "ReplicaUpdates", "ReplicationGroup", "RequestItems",
	"ResourceArn", "ResourcePolicy", "ReturnConsumedCapacity", "ReturnValues", "ReturnValuesOnConditionCheckFailure",
	"ScanFilter", "Select", "ShardIterator", "SourceTableArn", "SourceTableName", "Statement", "Statements", "StreamArn",
	"TableArn", "TableCreationParameters", "TableName", "TagKeys", "Tags", "TargetTableName", "TransactItems",
	"TransactStatements", "Update", "UpdateExpression",
}

// dynamodbByHand returns the rules of DynamoDB and of its streams, which have no
// operation of the same name.
func dynamodbByHand() map[string]rule {
	rules := map[string]rule{}
	for name, find := range dynamodbRules {
		rules[name] = handwritten(Exact, func(r *Request) (*Needs, error) { return dynamodbNeeds(name, r, find) })
	}
	for resolution, names := range dynamodbNamed {
		find := (*dynamo).named
		if resolution == Any {
			find = (*dynamo).unbound
		}
		for _, name := range names {
			rules[name] = handwritten(resolution, func(r *Request) (*Needs, error) { return dynamodbNeeds(name, r, find) })
		}
	}
	return rules
}

// dynamodbNeeds returns the needs that find finds.
func dynamodbNeeds(operation string, r *Request, find func(*dynamo) error) (*Needs, error) {
	in, err := readMembers(r.Body)
	if err != nil {
		return nil, err
	}
	r.sound = len(in) > 0
	if err := in.spelled(dynamodbMembers); err != nil {
		return nil, err
	}
	d := &dynamo{r: r, operation: operation, in: in}
	if err := find(d); err != nil {
		return nil, err
	}
	return &d.needs, nil
}

// unbound needs the action on no resource.
func (d *dynamo) unbound() error {
	d.need(d.operation, "*")
	d.needs.Resolution = Any
	return nil
}

// named needs the action of the operation's name on the resource that the
// request names.
func (d *dynamo) named() error {
	for _, member := range dynamodbResources {
		if arn := d.in.text(member); arn != "" {
			d.need(d.operation, arn)
			return d.r.checkARN("dynamodb", arn)
		}
	}
	if name := d.in.text("GlobalTableName"); name != "" {
		d.need(d.operation, d.r.globalTable(name))
		return nil
	}
	if d.in.text("TableName") == "" {
		d.need(d.operation, "")
		return nil
	}
	arn, err := d.r.tableOrIndex(d.in)
	if err != nil {
		return err
	}
	d.need(d.operation, arn)
	return nil
}

// need adds the permission for an action of DynamoDB. A resource that is not named
// is not known.
func (d *dynamo) need(action, resource string, keys ...authz.Key) {
	if resource == "" {
		resource, d.needs.Resolution = "*", Unresolved
	}
	d.needs.Needs = append(d.needs.Needs, d.r.need("dynamodb:"+action, resource, keys...))
}

// table returns the ARN of a table that is named by its name or by its ARN.
func (r *Request) table(name string) (string, error) {
	if a, ok := principal.ParseARN(name); ok {
		if !strings.HasPrefix(a.Resource, "table/") {
			return "", invalidARN(name)
		}
		return name, r.checkARN("dynamodb", name)
	}
	if name == "" {
		return "", &Malformed{
			Reason: "1 validation error detected: Value null at 'tableName' failed to satisfy constraint: Member must not be null",
		}
	}
	return r.arn("dynamodb", "table/"+name), nil
}

// tableOrIndex returns the ARN of the table, or of its index if IndexName names one.
func (r *Request) tableOrIndex(in members) (string, error) {
	arn, err := r.table(in.text("TableName"))
	if index := in.text("IndexName"); err == nil && index != "" {
		arn += "/index/" + index
	}
	return arn, err
}

func (r *Request) globalTable(name string) string {
	return "arn:" + r.Partition + ":dynamodb::" + r.Account + ":global-table/" + name
}
