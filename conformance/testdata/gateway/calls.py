"""Calls of other services through the gateway, each allowed once and denied once.

The server's URL is in AWS_ENDPOINT_URL. Each line of CALLS has a call and the
action and the resource that a policy must allow for it; a policy that differs in
the action alone must deny it.
"""
import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ACCOUNT = "000000000000"
OTHER = {"s3": "s3:GetBucketLogging", "dynamodb": "dynamodb:DescribeLimits", "sqs": "sqs:ListDeadLetterSourceQueues", "sns": "sns:ListSubscriptions"}


def client(service, key="test", secret="test"):
    config = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
    return boto3.client(service, region_name="us-east-1", aws_access_key_id=key, aws_secret_access_key=secret, config=config)


root = {s: client(s) for s in ("iam", "s3", "dynamodb", "sqs", "sns")}
root["s3"].create_bucket(Bucket="bucket")
root["s3"].put_object(Bucket="bucket", Key="a//b", Body=b"object")
root["dynamodb"].create_table(
    TableName="table", BillingMode="PAY_PER_REQUEST",
    KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}], AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
queue = root["sqs"].create_queue(QueueName="queue")["QueueUrl"]
topic = root["sns"].create_topic(Name="topic")["TopicArn"]

item = {"id": {"S": "1"}}
table = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/table"
queue_arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:queue"
CALLS = [
    ("s3", "put_object", dict(Bucket="bucket", Key="k", Body=b"x" * 100_000), "s3:PutObject", "arn:aws:s3:::bucket/k"),
    ("s3", "get_object", dict(Bucket="bucket", Key="a//b"), "s3:GetObject", "arn:aws:s3:::bucket/a//b"),
    ("s3", "head_object", dict(Bucket="bucket", Key="a//b"), "s3:GetObject", "arn:aws:s3:::bucket/a//b"),
    ("s3", "list_objects_v2", dict(Bucket="bucket"), "s3:ListBucket", "arn:aws:s3:::bucket"),
    ("s3", "list_buckets", dict(), "s3:ListAllMyBuckets", "*"),
    ("s3", "get_bucket_location", dict(Bucket="bucket"), "s3:GetBucketLocation", "arn:aws:s3:::bucket"),
    ("s3", "put_object_tagging", dict(Bucket="bucket", Key="a//b", Tagging={"TagSet": [{"Key": "a", "Value": "b"}]}), "s3:PutObjectTagging", "arn:aws:s3:::bucket/a//b"),
    ("s3", "get_object_tagging", dict(Bucket="bucket", Key="a//b"), "s3:GetObjectTagging", "arn:aws:s3:::bucket/a//b"),
    ("s3", "create_multipart_upload", dict(Bucket="bucket", Key="m"), "s3:PutObject", "arn:aws:s3:::bucket/m"),
    ("s3", "get_bucket_versioning", dict(Bucket="bucket"), "s3:GetBucketVersioning", "arn:aws:s3:::bucket"),
    ("s3", "delete_object", dict(Bucket="bucket", Key="k"), "s3:DeleteObject", "arn:aws:s3:::bucket/k"),
    ("s3", "create_bucket", dict(Bucket="second"), "s3:CreateBucket", "arn:aws:s3:::second"),
    ("dynamodb", "put_item", dict(TableName="table", Item=item), "dynamodb:PutItem", table),
    ("dynamodb", "get_item", dict(TableName="table", Key=item), "dynamodb:GetItem", table),
    ("dynamodb", "update_item", dict(TableName="table", Key=item, UpdateExpression="SET n = :n", ExpressionAttributeValues={":n": {"S": "n"}}), "dynamodb:UpdateItem", table),
    ("dynamodb", "query", dict(TableName="table", KeyConditionExpression="id = :i", ExpressionAttributeValues={":i": {"S": "1"}}), "dynamodb:Query", table),
    ("dynamodb", "scan", dict(TableName="table"), "dynamodb:Scan", table),
    ("dynamodb", "batch_get_item", dict(RequestItems={"table": {"Keys": [item]}}), "dynamodb:BatchGetItem", table),
    ("dynamodb", "batch_write_item", dict(RequestItems={"table": [{"PutRequest": {"Item": item}}]}), "dynamodb:BatchWriteItem", table),
    ("dynamodb", "transact_write_items", dict(TransactItems=[{"Put": {"TableName": "table", "Item": item}}]), "dynamodb:PutItem", table),
    ("dynamodb", "describe_table", dict(TableName="table"), "dynamodb:DescribeTable", table),
    ("dynamodb", "list_tables", dict(), "dynamodb:ListTables", "*"),
    ("dynamodb", "describe_time_to_live", dict(TableName="table"), "dynamodb:DescribeTimeToLive", table),
    ("dynamodb", "delete_item", dict(TableName="table", Key=item), "dynamodb:DeleteItem", table),
    ("sqs", "send_message", dict(QueueUrl=queue, MessageBody="m"), "sqs:SendMessage", queue_arn),
    ("sqs", "send_message_batch", dict(QueueUrl=queue, Entries=[{"Id": "1", "MessageBody": "m"}]), "sqs:SendMessage", queue_arn),
    ("sqs", "receive_message", dict(QueueUrl=queue), "sqs:ReceiveMessage", queue_arn),
    ("sqs", "get_queue_attributes", dict(QueueUrl=queue), "sqs:GetQueueAttributes", queue_arn),
    ("sqs", "set_queue_attributes", dict(QueueUrl=queue, Attributes={"DelaySeconds": "0"}), "sqs:SetQueueAttributes", queue_arn),
    ("sqs", "get_queue_url", dict(QueueName="queue"), "sqs:GetQueueUrl", queue_arn),
    ("sqs", "tag_queue", dict(QueueUrl=queue, Tags={"a": "b"}), "sqs:TagQueue", queue_arn),
    ("sqs", "list_queue_tags", dict(QueueUrl=queue), "sqs:ListQueueTags", queue_arn),
    ("sqs", "list_queues", dict(), "sqs:ListQueues", "*"),
    ("sqs", "purge_queue", dict(QueueUrl=queue), "sqs:PurgeQueue", queue_arn),
    ("sqs", "create_queue", dict(QueueName="second"), "sqs:CreateQueue", f"arn:aws:sqs:us-east-1:{ACCOUNT}:second"),
    ("sqs", "delete_queue", dict(QueueUrl=queue.replace("/queue", "/second")), "sqs:DeleteQueue", f"arn:aws:sqs:us-east-1:{ACCOUNT}:second"),
    ("sns", "publish", dict(TopicArn=topic, Message="m"), "sns:Publish", topic),
    ("sns", "publish_batch", dict(TopicArn=topic, PublishBatchRequestEntries=[{"Id": "1", "Message": "m"}]), "sns:Publish", topic),
    ("sns", "get_topic_attributes", dict(TopicArn=topic), "sns:GetTopicAttributes", topic),
    ("sns", "set_topic_attributes", dict(TopicArn=topic, AttributeName="DisplayName", AttributeValue="d"), "sns:SetTopicAttributes", topic),
    ("sns", "subscribe", dict(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn), "sns:Subscribe", topic),
    ("sns", "list_subscriptions_by_topic", dict(TopicArn=topic), "sns:ListSubscriptionsByTopic", topic),
    ("sns", "list_topics", dict(), "sns:ListTopics", "*"),
    ("sns", "tag_resource", dict(ResourceArn=topic, Tags=[{"Key": "a", "Value": "b"}]), "sns:TagResource", topic),
    ("sns", "list_tags_for_resource", dict(ResourceArn=topic), "sns:ListTagsForResource", topic),
    ("sns", "create_topic", dict(Name="second"), "sns:CreateTopic", f"arn:aws:sns:us-east-1:{ACCOUNT}:second"),
    ("sns", "delete_topic", dict(TopicArn=topic + "2"), "sns:DeleteTopic", topic + "2"),
    ("sns", "list_phone_numbers_opted_out", dict(), "sns:ListPhoneNumbersOptedOut", "*"),
]

root["iam"].create_user(UserName="ana")
key = root["iam"].create_access_key(UserName="ana")["AccessKey"]
ana = {s: client(s, key["AccessKeyId"], key["SecretAccessKey"]) for s in OTHER}


def let(action, resource):
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": resource}]}
    root["iam"].put_user_policy(UserName="ana", PolicyName="own", PolicyDocument=json.dumps(document))


wrong = 0
for service, name, arguments, action, resource in CALLS:
    call = getattr(ana[service], name)
    let(OTHER[service], resource)
    try:
        call(**arguments)
        code = "allowed"
    except ClientError as e:
        code = e.response["Error"]["Code"]
    if code not in ("AccessDenied", "AccessDeniedException", "AuthorizationError", "403"):
        print(f"{service}.{name} without {action}: {code}")
        wrong += 1
    let(action, resource)
    try:
        call(**arguments)
    except ClientError as e:
        print(f"{service}.{name} with {action} on {resource}: {e}")
        wrong += 1
print(f"{len(CALLS)} calls, each allowed and denied; {wrong} wrong")
sys.exit(wrong != 0)
