"""Calls of other services through the gateway with the AWS CLI: each is denied once, and
allowed once, by policies that differ in one respect. It is the CLI's own driver, in one
process, because a start takes half a second.
"""
import contextlib
import io
import os
import tempfile
import urllib.request

from awscli.clidriver import create_clidriver

from world import ACCOUNT, Call, Denial, User, arn, need, report

dir = tempfile.TemporaryDirectory()


def file(name, content):
    path = os.path.join(dir.name, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(content)
    return path


# Versions 1 presign with version 2 of signatures unless they are told.
os.environ["AWS_CONFIG_FILE"] = file("config", b"[default]\ns3 =\n  signature_version = s3v4\n  addressing_style = path\n")
user = User("bob")
driver = create_clidriver()
driver.session.set_credentials(*user.key)
at = os.environ["AWS_ENDPOINT_URL"]
queue = f"{at}/{ACCOUNT}/cli"
topic, table = arn("sns", "cli"), arn("dynamodb", "table/cli")


def run(words):
    """The exit code of a command, and what it prints."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        code = driver.main([*words, "--endpoint-url", at])  # versions 1 have an endpoint of their own for SQS
    return code, out.buffer.getvalue().decode()


def cli(line, *needs, more=(), differs=0, change=None, send=run):
    words = [*line.split(), *more]
    return Call("aws " + " ".join(words), lambda _: send(words), list(needs), differs, change or {"Action": "iam:GetUser"}, Denial("", 254))


def fetched(words):
    """Gets the object by the URL that the command prints."""
    code, url = run(words)
    try:
        with urllib.request.urlopen(url.strip()) as answer:
            return code, answer.read().decode()
    except urllib.error.HTTPError as e:
        return 254, e.read().decode()


def on(key):
    return f"arn:aws:s3:::cli/{key}"


small, large, tree = file("small", b"small"), file("large", b"x" * 9_000_000), os.path.dirname(file("tree/one", b"one"))
get, put, bucket = need("s3:GetObject", on("small")), need("s3:PutObject", on("small")), "arn:aws:s3:::cli"
key = '{"id":{"S":"1"}}'
calls = [
    cli("s3 mb s3://cli", need("s3:CreateBucket", bucket)),
    cli(f"s3 cp {small} s3://cli/small", put),
    cli(f"s3 cp {large} s3://cli/a/large", need("s3:PutObject", on("a/large"))),  # in parts
    cli(f"s3 cp s3://cli/small {small}.got", get),
    cli(f"s3 cp s3://cli/a/large {large}.got", need("s3:GetObject", on("a/large")), change={"Resource": on("a/larger")}),
    cli("s3 cp s3://cli/small s3://cli/copy", get, need("s3:PutObject", on("copy"))),
    cli("s3 mv s3://cli/copy s3://cli/moved", need("s3:GetObject", on("copy")), need("s3:PutObject", on("moved")), need("s3:DeleteObject", on("copy")), differs=1),
    cli(f"s3 sync {tree} s3://cli/tree", need("s3:PutObject", on("tree/one")), need("s3:ListBucket", bucket), differs=1),
    cli(f"s3 cp --acl public-read {small} s3://cli/small", put, need("s3:PutObjectAcl", on("small")), differs=1),
    cli(f"s3 cp --storage-class STANDARD_IA {small} s3://cli/small", need("s3:PutObject", on("small"), {"StringEquals": {"s3:x-amz-storage-class": "STANDARD_IA"}}),
        change={"Condition": {"StringEquals": {"s3:x-amz-storage-class": "GLACIER"}}}),
    cli("s3 ls s3://cli/a/", need("s3:ListBucket", bucket, {"StringEquals": {"s3:prefix": "a/"}}), change={"Condition": {"StringEquals": {"s3:prefix": "b/"}}}),
    cli("s3 ls", need("s3:ListAllMyBuckets", "*")),
    cli("s3 presign s3://cli/small", get, send=fetched),
    cli("s3api put-bucket-versioning --bucket cli --versioning-configuration Status=Enabled", need("s3:PutBucketVersioning", bucket)),
    cli("s3api delete-objects --bucket cli --delete Objects=[{Key=none}],Quiet=false", need("s3:DeleteObject", on("none")),
        send=lambda words: (254 * ("AccessDenied" in run(words)[1]), "not authorized to perform")),
    cli("s3 rm s3://cli/small", need("s3:DeleteObject", on("small"))),
    cli("dynamodb create-table --table-name cli --billing-mode PAY_PER_REQUEST --attribute-definitions AttributeName=id,AttributeType=S"
        " --key-schema AttributeName=id,KeyType=HASH", need("dynamodb:CreateTable", table)),
    cli("dynamodb put-item --table-name cli --item " + key, need("dynamodb:PutItem", table)),
    cli("dynamodb get-item --table-name cli --key " + key, need("dynamodb:GetItem", table), change={"Resource": table + "2"}),
    cli("dynamodb query --table-name cli --key-condition-expression", need("dynamodb:Query", table),
        more=["id = :i", "--expression-attribute-values", '{":i":{"S":"1"}}']),
    cli("dynamodb execute-statement --statement", need("dynamodb:PartiQLSelect", table), more=["SELECT * FROM cli WHERE id = '1'"]),
    cli("sqs create-queue --queue-name cli", need("sqs:CreateQueue", arn("sqs", "cli"))),
    cli(f"sqs send-message --queue-url {queue} --message-body m", need("sqs:SendMessage", arn("sqs", "cli"))),
    cli(f"sqs receive-message --queue-url {queue}", need("sqs:ReceiveMessage", arn("sqs", "cli"))),
    cli("sns create-topic --name cli", need("sns:CreateTopic", topic)),
    cli(f"sns publish --topic-arn {topic} --message m", need("sns:Publish", topic)),
    cli("sns publish --phone-number +447911123456 --message m", need("sns:Publish", "*"), change={"Resource": topic}),
]


def check(call):
    user.let(call.lacking())
    code, said = call.send(None)
    if code == 0 or "not authorized to perform" not in said and "Forbidden" not in said:
        yield f"{call.name} with {call.change} in place of what it needs ends with {code}: {said}"
    user.let(call.needs)
    code, said = call.send(None)
    if code != 0:
        yield f"{call.name} with {call.needs} ends with {code}: {said}"


report(calls, [fault for c in calls for fault in check(c)])
