"""Calls of other services through the gateway with boto3: each is denied once, and
allowed once, by policies that differ in one respect. The last line that is printed
has the number of calls.
"""
from botocore.exceptions import ClientError

import dynamodb_calls
import ec2_calls
import ecr_calls
import events_calls
import keyuse_calls
import kinesis_calls
import kms_calls
import lambda_calls
import logs_calls
import s3_calls
import secretsmanager_calls
import sns_calls
import sqs_calls
import ssm_calls
import stepfunctions_calls
from world import User, client, need, report

SERVICES = (
    "s3", "dynamodb", "dynamodbstreams", "sqs", "sns",
    "ec2", "ecr", "events", "kinesis", "kms", "lambda", "logs", "secretsmanager", "ssm", "stepfunctions",
)
NOTHING = [need("iam:GetUser", "*")]  # that a user has where the policy of a resource allows
user = User("ana")
ana = {s: client(s, *user.key) for s in SERVICES}
root = {s: client(s) for s in SERVICES}


def denial_of(call):
    """What is wrong with how the call is denied; "" if nothing is."""
    want, caller = call.denial, ana[call.client]
    exception = want.exception if hasattr(caller.exceptions, want.exception) else "ClientError"
    try:
        answer = call.send(caller)
    except ClientError as e:
        error, status = e.response["Error"], e.response["ResponseMetadata"]["HTTPStatusCode"]
        got = (error["Code"], status, type(e).__name__)
        if want.in_answer or got != (want.code, want.status, exception):
            return f"is denied as {got}: {error.get('Message')}"
        if want.code != "403" and "is not authorized to perform" not in error["Message"]:
            return f"is denied with the sentence {error['Message']!r}"
        return ""
    if not want.in_answer:
        return "is allowed"
    code = want.in_answer(answer)
    return "" if code == want.code else f"has {code!r} in its answer"


def let(call, statements):
    """Gives the user the statements, or the resource that has a policy of its own."""
    user.let(NOTHING if call.let else statements)
    if call.let:
        call.let(statements)


def check(call):
    let(call, call.lacking())
    wrong = denial_of(call)
    if wrong:
        yield f"{call.name} with {call.change} in place of what it needs {wrong}"
    let(call, call.needs)
    try:
        answer = call.send(ana[call.client])
    except ClientError as e:
        yield f"{call.name} with {call.needs}: {e}"
        return
    if not call.proof(answer):
        yield f"{call.name} with {call.needs} is answered {answer}"


parts = (
    s3_calls, dynamodb_calls, sqs_calls, sns_calls,
    ec2_calls, ecr_calls, events_calls, kinesis_calls, kms_calls, lambda_calls, logs_calls, secretsmanager_calls, ssm_calls, stepfunctions_calls,
    keyuse_calls,
)
calls = [c for part in parts for c in part.calls(root)]
report(calls, [fault for c in calls for fault in check(c)])
