package services

// shownMembers are the members of requests that CloudTrail shows, by service and operations. Of
// operations that are not here the members that name their resources are shown.
//
// A member is the name of a member of the body, or what else parseMember takes (u: a label of the
// path, q: of the query, h: a header). ">name" is CloudTrail's name of it, where that is not the
// same one beginning in lower case, and "!kind" how it is shown: see shownKinds. What is not here
// may be a secret, or data, or it is not known how CloudTrail shows it.
var shownMembers = map[string]map[string]string{
	// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/understanding-ddb-log-entries.html
	"dynamodb": {
		"GetItem": "TableName Key!key AttributesToGet ConsistentRead ProjectionExpression ExpressionAttributeNames!map " +
			"ReturnConsumedCapacity",
		"PutItem": "TableName Item!names ConditionExpression ConditionalOperator ExpressionAttributeNames!map ReturnValues " +
			"ReturnConsumedCapacity ReturnItemCollectionMetrics ReturnValuesOnConditionCheckFailure",
		"UpdateItem DeleteItem": "TableName Key!key UpdateExpression ConditionExpression ConditionalOperator " +
			"ExpressionAttributeNames!map ReturnValues ReturnConsumedCapacity ReturnItemCollectionMetrics " +
			"ReturnValuesOnConditionCheckFailure",
		"Query Scan": "TableName IndexName Select AttributesToGet Limit ConsistentRead ScanIndexForward ConditionalOperator Segment " +
			"TotalSegments ProjectionExpression FilterExpression KeyConditionExpression ExpressionAttributeNames!map " +
			"ReturnConsumedCapacity",
		"BatchGetItem BatchWriteItem": "RequestItems!tables ReturnConsumedCapacity ReturnItemCollectionMetrics",
		"TransactGetItems TransactWriteItems": "TransactItems>requestItems!parts ReturnConsumedCapacity " +
			"ReturnItemCollectionMetrics",
		"ExecuteStatement ExecuteTransaction BatchExecuteStatement": "", // values in statements would have to be left out
		"CreateTable": "TableName KeySchema AttributeDefinitions BillingMode ProvisionedThroughput OnDemandThroughput " +
			"GlobalSecondaryIndexes LocalSecondaryIndexes StreamSpecification TableClass DeletionProtectionEnabled Tags",
		"UpdateTable": "TableName AttributeDefinitions BillingMode ProvisionedThroughput OnDemandThroughput " +
			"GlobalSecondaryIndexUpdates StreamSpecification TableClass DeletionProtectionEnabled",
	},
	// https://docs.aws.amazon.com/kms/latest/developerguide/understanding-kms-entries.html
	"kms": {
		"Decrypt Encrypt": "KeyId EncryptionAlgorithm EncryptionContext!map DryRun",
		"ReEncrypt": "SourceKeyId SourceEncryptionAlgorithm SourceEncryptionContext!map DestinationKeyId " +
			"DestinationEncryptionAlgorithm DestinationEncryptionContext!map DryRun",
		"GenerateDataKey GenerateDataKeyWithoutPlaintext":         "KeyId KeySpec NumberOfBytes EncryptionContext!map DryRun",
		"GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext": "KeyId KeyPairSpec EncryptionContext!map DryRun",
		"Sign Verify":         "KeyId MessageType SigningAlgorithm DryRun",
		"CreateKey":           "Description KeyUsage KeySpec CustomerMasterKeySpec Origin MultiRegion Policy BypassPolicyLockoutSafetyCheck Tags",
		"CreateAlias":         "AliasName TargetKeyId",
		"UpdateAlias":         "AliasName TargetKeyId",
		"DeleteAlias":         "AliasName",
		"PutKeyPolicy":        "KeyId PolicyName Policy BypassPolicyLockoutSafetyCheck",
		"GetKeyPolicy":        "KeyId PolicyName",
		"CreateGrant":         "KeyId GranteePrincipal RetiringPrincipal Operations Name",
		"RevokeGrant":         "KeyId GrantId",
		"ScheduleKeyDeletion": "KeyId PendingWindowInDays",
		"TagResource":         "KeyId Tags",
	},
	"kinesis": {
		"PutRecord PutRecords": "StreamName StreamARN",
		"GetRecords":           "StreamARN Limit",
		"GetShardIterator":     "StreamName StreamARN ShardId ShardIteratorType",
	},
	// https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html
	"lambda": {
		"Invoke InvokeWithResponseStream": "u:FunctionName q:Qualifier>qualifier h:X-Amz-Invocation-Type>invocationType " +
			"h:X-Amz-Log-Type>logType",
		"CreateFunction": "FunctionName Runtime Role Handler Description Timeout MemorySize Publish PackageType Architectures " +
			"VpcConfig Layers KMSKeyArn TracingConfig DeadLetterConfig EphemeralStorage Code!empty Environment!empty Tags!map",
		"UpdateFunctionConfiguration": "u:FunctionName Runtime Role Handler Description Timeout MemorySize VpcConfig Layers KMSKeyArn " +
			"TracingConfig DeadLetterConfig EphemeralStorage RevisionId Environment!empty",
		"AddPermission": "u:FunctionName q:Qualifier>qualifier StatementId Action Principal SourceArn SourceAccount PrincipalOrgID " +
			"FunctionUrlAuthType",
		"RemovePermission": "u:FunctionName u:StatementId q:Qualifier>qualifier",
	},
	// https://docs.aws.amazon.com/secretsmanager/latest/userguide/cloudtrail_log_entries.html
	"secretsmanager": {
		"GetSecretValue":      "SecretId VersionId VersionStage",
		"BatchGetSecretValue": "SecretIdList MaxResults",
		"DescribeSecret GetResourcePolicy RestoreSecret CancelRotateSecret DeleteResourcePolicy": "SecretId",
		"ListSecretVersionIds": "SecretId IncludeDeprecated MaxResults",
		"CreateSecret":         "Name ClientRequestToken Description KmsKeyId Tags ForceOverwriteReplicaSecret",
		"PutSecretValue":       "SecretId ClientRequestToken VersionStages",
		"UpdateSecret":         "SecretId ClientRequestToken Description KmsKeyId",
		"DeleteSecret":         "SecretId RecoveryWindowInDays ForceDeleteWithoutRecovery",
		"RotateSecret":         "SecretId ClientRequestToken RotationLambdaARN RotationRules RotateImmediately",
		"PutResourcePolicy":    "SecretId ResourcePolicy BlockPublicPolicy",
		"TagResource":          "SecretId Tags",
		"UntagResource":        "SecretId TagKeys",
	},
	// https://docs.aws.amazon.com/sns/latest/dg/logging-using-cloudtrail.html
	"sns": {
		"Publish": "TopicArn TargetArn MessageStructure MessageGroupId MessageDeduplicationId Message!hidden Subject!hidden " +
			"MessageAttributes!hidden",
		"PublishBatch": "TopicArn",
		"CreateTopic":  "Name Attributes!map Tags",
		"Subscribe":    "TopicArn Protocol Endpoint!hidden",
	},
	// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/logging-using-cloudtrail.html
	"sqs": {
		"SendMessage":             "QueueUrl MessageBody!hidden MessageDeduplicationId MessageGroupId DelaySeconds",
		"SendMessageBatch":        "QueueUrl",
		"ReceiveMessage":          "QueueUrl MaxNumberOfMessages VisibilityTimeout WaitTimeSeconds",
		"DeleteMessage":           "QueueUrl",
		"ChangeMessageVisibility": "QueueUrl VisibilityTimeout",
		"CreateQueue":             "QueueName Attributes!map tags!map",
		"SetQueueAttributes":      "QueueUrl Attributes!map",
		"GetQueueAttributes":      "QueueUrl AttributeNames",
		"GetQueueUrl":             "QueueName QueueOwnerAWSAccountId",
		"AddPermission":           "QueueUrl Label AWSAccountIds Actions",
		"RemovePermission":        "QueueUrl Label",
		"TagQueue":                "QueueUrl Tags!map",
		"UntagQueue":              "QueueUrl TagKeys",
		"DeleteQueue PurgeQueue ListQueueTags ListDeadLetterSourceQueues DeleteMessageBatch ChangeMessageVisibilityBatch": "QueueUrl",
		"ListQueues": "QueueNamePrefix MaxResults",
	},
	// https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-cloudtrail-logs.html
	"ssm": {
		"GetParameter GetParameterHistory": "Name WithDecryption MaxResults",
		"GetParameters":                    "Names WithDecryption",
		"GetParametersByPath":              "Path Recursive WithDecryption MaxResults",
		"PutParameter":                     "Name Description Type KeyId Overwrite AllowedPattern Tier Policies DataType Value!hidden Tags",
		"DeleteParameter":                  "Name",
		"DeleteParameters":                 "Names",
		"SendCommand": "DocumentName DocumentVersion InstanceIds Targets TimeoutSeconds MaxConcurrency MaxErrors Comment " +
			"Parameters!hidden",
		"StartSession": "Target DocumentName Reason",
	},
	"stepfunctions": {
		"StartExecution StartSyncExecution": "stateMachineArn name input!hidden",
	},
}
