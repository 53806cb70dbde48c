"""Calls between two accounts through the gateway with boto3, where each account has
its own resources. The last line that is printed has the number of calls.
"""
import json
import os
import sys
from urllib.parse import urlsplit

from botocore.config import Config
from botocore.exceptions import ClientError
import boto3

OWNER, GUEST = "111122223333", "444455556666"


def clients(account, *services):
    options = {"aws_access_key_id": account, "aws_secret_access_key": "test", "region_name": "us-east-1"}
    path = Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1})
    return [boto3.client(s, config=path, **options) for s in services]


def policy(actions, resource, who=GUEST):
    principal = "*" if who == "*" else {"AWS": f"arn:aws:iam::{who}:root"}
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": principal, "Action": actions, "Resource": resource}]})


faults, count = [], 0


def expect(name, code, call):
    """Notes a call that is not answered with the code; None stands for success."""
    global count
    count += 1
    try:
        answer, got = call(), None
    except ClientError as e:
        answer, got = None, e.response["Error"]["Code"]
        if got == "403":  # of an answer without a body
            got = "AccessDenied"
    if got != code:
        faults.append(f"{name} is answered {got or 'with success'}, not {code or 'with success'}")
    return answer


s3, sqs, dynamodb, secrets = clients(OWNER, "s3", "sqs", "dynamodb", "secretsmanager")
guest_s3, guest_sqs, guest_dynamodb, guest_secrets = clients(GUEST, "s3", "sqs", "dynamodb", "secretsmanager")

s3.create_bucket(Bucket="photos")
s3.put_object(Bucket="photos", Key="a", Body=b"a")
expect("reading another account's bucket", "AccessDenied", lambda: guest_s3.get_object(Bucket="photos", Key="a"))
s3.put_bucket_policy(Bucket="photos", Policy=policy("s3:GetObject", "arn:aws:s3:::photos/*"))
expect("reading it when its policy allows", None, lambda: guest_s3.get_object(Bucket="photos", Key="a"))
expect("writing to it", "AccessDenied", lambda: guest_s3.put_object(Bucket="photos", Key="b", Body=b"b"))
expect("reading it as the owner's", None, lambda: guest_s3.get_object(Bucket="photos", Key="a", ExpectedBucketOwner=OWNER))
expect("reading it as the reader's", "AccessDenied", lambda: guest_s3.get_object(Bucket="photos", Key="a", ExpectedBucketOwner=GUEST))
mine = expect("listing the buckets of an account", None, lambda: guest_s3.list_buckets())["Buckets"]
if mine:
    faults.append(f"the buckets of an account without any are {mine}")

block = {"BlockPublicPolicy": True, "RestrictPublicBuckets": False, "BlockPublicAcls": True, "IgnorePublicAcls": False}
s3.put_public_access_block(Bucket="photos", PublicAccessBlockConfiguration=block)
public = policy("s3:GetObject", "arn:aws:s3:::photos/*", "*")
expect("a public policy of a bucket that blocks them", "AccessDenied", lambda: s3.put_bucket_policy(Bucket="photos", Policy=public))
expect("a public ACL of such a bucket", "AccessDenied", lambda: s3.put_object_acl(Bucket="photos", Key="a", ACL="public-read"))
s3.put_public_access_block(Bucket="photos", PublicAccessBlockConfiguration={**block, "BlockPublicPolicy": False})
expect("a public policy of one that does not", None, lambda: s3.put_bucket_policy(Bucket="photos", Policy=public))
expect("reading what is public", None, lambda: guest_s3.get_object(Bucket="photos", Key="a"))
s3.put_public_access_block(Bucket="photos", PublicAccessBlockConfiguration={**block, "RestrictPublicBuckets": True})
expect("reading what is public in a restricted bucket", "AccessDenied", lambda: guest_s3.get_object(Bucket="photos", Key="a"))
expect("reading it in its account", None, lambda: s3.get_object(Bucket="photos", Key="a"))

# The client puts the account before the host. Not every system resolves names below
# localhost, so that they are left to the header Host.
server = urlsplit(os.environ["AWS_ENDPOINT_URL"])
control = boto3.client("s3control", endpoint_url=f"http://localhost:{server.port}", aws_access_key_id=OWNER, aws_secret_access_key="test",
                       region_name="us-east-1")


def connect(request, **_):
    host = urlsplit(request.url).netloc
    if host != f"{OWNER}.localhost:{server.port}":
        faults.append(f"the client calls {host}")
    request.headers["Host"] = host
    request.url = request.url.replace(host, server.netloc, 1)


control.meta.events.register("before-send.s3-control", connect)
every = {**block, "BlockPublicPolicy": False, "BlockPublicAcls": False}
expect("the public access block of an account", None,
       lambda: control.put_public_access_block(AccountId=OWNER, PublicAccessBlockConfiguration=every))
kept = expect("reading it", None, lambda: control.get_public_access_block(AccountId=OWNER))
if not kept or kept["PublicAccessBlockConfiguration"] != every:
    faults.append(f"the public access block of the account is {kept}")
point = control.create_access_point(AccountId=OWNER, Name="mine", Bucket="photos")["Alias"]
expect("reading by an access point", None, lambda: s3.get_object(Bucket=point, Key="a"))
deny = policy("s3:GetObject", f"arn:aws:s3:us-east-1:{OWNER}:accesspoint/mine/object/*", OWNER).replace("Allow", "Deny")
control.put_access_point_policy(AccountId=OWNER, Name="mine", Policy=deny)
expect("reading by one whose policy denies", "AccessDenied", lambda: s3.get_object(Bucket=point, Key="a"))

queue = sqs.create_queue(QueueName="orders")["QueueUrl"]
sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": ""})
expect("sending to another account's queue", "AccessDenied", lambda: guest_sqs.send_message(QueueUrl=queue, MessageBody="m"))
sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy("sqs:SendMessage", f"arn:aws:sqs:us-east-1:{OWNER}:orders")})
expect("sending to it when its policy allows", None, lambda: guest_sqs.send_message(QueueUrl=queue, MessageBody="m"))
got = expect("receiving in its account", None, lambda: sqs.receive_message(QueueUrl=queue))
if not got or [m["Body"] for m in got.get("Messages", [])] != ["m"]:
    faults.append(f"the queue has {got}")

table = f"arn:aws:dynamodb:us-east-1:{OWNER}:table/orders"
dynamodb.create_table(TableName="orders", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                      AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
dynamodb.put_item(TableName="orders", Item={"id": {"S": "1"}})
get = {"TableName": table, "Key": {"id": {"S": "1"}}}
expect("reading another account's table", "AccessDeniedException", lambda: guest_dynamodb.get_item(**get))
dynamodb.put_resource_policy(ResourceArn=table, Policy=policy("dynamodb:GetItem", table))
item = expect("reading it when its policy allows", None, lambda: guest_dynamodb.get_item(**get))
if not item or "Item" not in item:
    faults.append(f"the table has {item}")

secret = secrets.create_secret(Name="password", SecretString="s")["ARN"]
expect("another account's secret", "AccessDeniedException", lambda: guest_secrets.get_secret_value(SecretId=secret))
secrets.put_resource_policy(SecretId=secret, ResourcePolicy=policy("secretsmanager:GetSecretValue", "*"))
expect("it when its policy allows, but not the key that AWS manages", "AccessDeniedException",
       lambda: guest_secrets.get_secret_value(SecretId=secret))
kms, = clients(OWNER, "kms")
statements = [json.loads(policy("kms:*", "*", account))["Statement"] for account in (OWNER, GUEST)]
key = kms.create_key(Policy=json.dumps({"Version": "2012-10-17", "Statement": statements[0] + statements[1]}))["KeyMetadata"]["Arn"]
secrets.update_secret(SecretId=secret, KmsKeyId=key)
value = expect("it when its policy and the key's allow", None, lambda: guest_secrets.get_secret_value(SecretId=secret))
if not value or value["SecretString"] != "s":
    faults.append(f"the secret is {value}")

for fault in faults:
    print(fault)
print(f"{count} calls between accounts; {len(faults)} wrong")
sys.exit(bool(faults))
