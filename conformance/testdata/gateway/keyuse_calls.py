"""Calls of services that use a key of KMS for their caller."""
from world import arn, caller, need

MESSAGES = "aws:sqs:arn"


def via(service, **context):
    """The condition of a key that a service uses, with what is in the encryption context."""
    named = {"kms:EncryptionContext:" + key: value for key, value in context.items()}
    return {"StringEquals": {"kms:ViaService": f"{service}.us-east-1.amazonaws.com", **named}}


def calls(root):
    key = root["kms"].create_key()["KeyMetadata"]["Arn"]
    return [*objects(root["s3"], key), *messages(root["sqs"], root["sns"], key), *secrets(root["secretsmanager"], key), *parameters(root["ssm"], key), *tables(key)]


def objects(s3, key):
    call = caller("s3")
    s3.create_bucket(Bucket="sealed")
    object = "arn:aws:s3:::sealed/one"
    at, seal = dict(Bucket="sealed", Key="one"), dict(ServerSideEncryption="aws:kms", SSEKMSKeyId=key)
    s3.put_object(Body=b"x", **at, **seal)
    put, get = need("s3:PutObject", object), need("s3:GetObject", object)
    use = lambda action, path=object: need("kms:" + action, key, via("s3", **{"aws:s3:arn": path}))
    return [
        call("put_object", dict(Body=b"x", **at, **seal), put, use("GenerateDataKey"), label="with a key", differs=1, change={"Action": "kms:Decrypt"}),
        call("put_object", dict(Body=b"x", **at, **seal), put, use("GenerateDataKey"), label="with a key by S3", differs=1, change={"Condition": via("sqs", **{"aws:s3:arn": object})}),
        call("put_object", dict(Body=b"x", **at, **seal), put, use("GenerateDataKey"), label="with a key for the object", differs=1,
             change={"Condition": via("s3", **{"aws:s3:arn": object + "2"})}),
        call("copy_object", dict(CopySource="sealed/one", Bucket="sealed", Key="two", **seal), get, need("s3:PutObject", "arn:aws:s3:::sealed/two"),
             use("GenerateDataKey", "arn:aws:s3:::sealed/two"), label="with a key", differs=2, change={"Action": "kms:Decrypt"}),
        call("create_multipart_upload", dict(**at, **seal), put, use("GenerateDataKey"), use("Decrypt"), label="with a key", differs=2, change={"Action": "kms:Encrypt"}),
        call("get_object", at, get, use("Decrypt"), label="with a key", differs=1, change={"Action": "kms:Encrypt"}),
    ]


def messages(sqs, sns, key):
    queue, topic = caller("sqs"), caller("sns")
    url = sqs.create_queue(QueueName="sealed", Attributes={"KmsMasterKeyId": key})["QueueUrl"]
    topic_arn = sns.create_topic(Name="sealed", Attributes={"KmsMasterKeyId": key})["TopicArn"]
    at, of = arn("sqs", "sealed"), dict(QueueUrl=url)
    use = lambda action: need("kms:" + action, key, via("sqs", **{MESSAGES: at}))
    to_topic = lambda action: need("kms:" + action, key, via("sns", **{"aws:sns:topicArn": topic_arn}))
    return [
        queue("send_message", dict(MessageBody="m", **of), need("sqs:SendMessage", at), use("GenerateDataKey"), use("Decrypt"), label="with a key", differs=1, change={"Action": "kms:Encrypt"}),
        queue("receive_message", of, need("sqs:ReceiveMessage", at), use("Decrypt"), label="with a key", differs=1, change={"Action": "kms:Encrypt"}),
        topic("publish", dict(TopicArn=topic_arn, Message="m"), need("sns:Publish", topic_arn), to_topic("GenerateDataKey"), to_topic("Decrypt"), label="with a key", differs=2,
              change={"Action": "kms:Encrypt"}),
    ]


def secrets(sm, key):
    call = caller("secretsmanager")
    one = sm.create_secret(Name="sealed", SecretString="1", KmsKeyId=key)["ARN"]
    use = lambda action: need("kms:" + action, key, via("secretsmanager"))
    return [
        call("create_secret", dict(Name="sealed-too", SecretString="n", KmsKeyId=key), need("secretsmanager:CreateSecret", "*"), use("GenerateDataKey"), use("Decrypt"), label="with a key",
             differs=1, change={"Action": "kms:Encrypt"}),
        call("get_secret_value", dict(SecretId="sealed"), need("secretsmanager:GetSecretValue", one), need("kms:Decrypt", key, via("secretsmanager", SecretARN=one)), label="with a key",
             differs=1, change={"Condition": via("secretsmanager", SecretARN=one + "2")}),
        call("put_secret_value", dict(SecretId="sealed", SecretString="1"), need("secretsmanager:PutSecretValue", one), use("GenerateDataKey"), label="with a key", differs=1,
             change={"Action": "kms:Encrypt"}),
    ]


def parameters(ssm, key):
    call = caller("ssm")
    one = arn("ssm", "parameter/sealed/one")
    put = dict(Name="/sealed/one", Value="1", Type="SecureString", KeyId=key, Overwrite=True)
    ssm.put_parameter(**put)
    use = lambda action, parameter=one: need("kms:" + action, key, via("ssm", PARAMETER_ARN=parameter))
    get = dict(Name="/sealed/one", WithDecryption=True)
    return [
        call("put_parameter", put, need("ssm:PutParameter", one), use("Encrypt"), label="with a key", differs=1, change={"Action": "kms:Decrypt"}),
        call("get_parameter", get, need("ssm:GetParameter", one), use("Decrypt"), label="with a key", differs=1, change={"Condition": via("ssm", PARAMETER_ARN=one + "2")}),
    ]


def tables(key):
    call = caller("dynamodb")
    at = arn("dynamodb", "table/sealed")
    table = dict(TableName="sealed", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                 AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}], SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key})
    use = lambda action: need("kms:" + action, key, via("dynamodb"))
    return [
        call("create_table", table, need("dynamodb:CreateTable", at), use("DescribeKey"), use("CreateGrant"), label="with a key", differs=2, change={"Action": "kms:RevokeGrant"}),
    ]
