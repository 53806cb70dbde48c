"""What the calls of the gateway's conformance share: clients and what a call is.

The server's URL is in AWS_ENDPOINT_URL.
"""
import copy
import json
import sys
from dataclasses import dataclass, field
from typing import Any, Callable

import boto3
from botocore.config import Config

ACCOUNT = "000000000000"
REGION = "us-east-1"

# An action that the service has and that none of the calls needs: a policy that
# allows it in place of the action that a call needs denies the call.
OTHER = {
    "s3": "s3:GetBucketLogging",
    "dynamodb": "dynamodb:DescribeReservedCapacity",
    "sqs": "sqs:CancelMessageMoveTask",
    "sns": "sns:GetDataProtectionPolicy",
    "lambda": "lambda:GetAccountSettings",
    "kms": "kms:GetParametersForImport",
    "secretsmanager": "secretsmanager:GetRandomPassword",
    "ssm": "ssm:DescribeSessions",
    "logs": "logs:DescribeExportTasks",
    "events": "events:ListReplays",
    "stepfunctions": "states:ListActivities",
    "kinesis": "kinesis:DescribeLimits",
    "ec2": "ec2:DescribeRegions",
    "ecr": "ecr:DescribeRegistry",
}


def client(service, key="test", secret="test", version="v4"):
    config = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, signature_version=version)
    return boto3.client(service, region_name=REGION, aws_access_key_id=key, aws_secret_access_key=secret, config=config)


def arn(service, resource):
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


def need(action, resource, condition=None):
    """One statement of a policy."""
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    if condition:
        statement["Condition"] = condition
    return statement


def document(statements):
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def to(name, action, resource="*"):
    """One statement of a resource's policy, for a user."""
    return {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/{name}"}, "Action": action, "Resource": resource}


def tagged(key, value):
    """A condition on a tag of a resource, or of a request."""
    return {"StringEquals": {key: value}}


def other(key, value):
    """The change to another condition of the same form."""
    return {"Condition": tagged(key, value)}


@dataclass
class Denial:
    """How a call is denied: what the client raises, or what is in its answer."""

    code: str
    status: int
    exception: str = "ClientError"  # if the version of botocore has it
    in_answer: Callable[[Any], Any] | None = None  # finds the code where only parts are denied


DENIALS = {
    "s3": Denial("AccessDenied", 403, "AccessDenied"),
    "dynamodb": Denial("AccessDeniedException", 400),
    "sqs": Denial("AccessDenied", 403),
    "sns": Denial("AuthorizationError", 403, "AuthorizationErrorException"),
    "lambda": Denial("AccessDeniedException", 403),
    "ec2": Denial("UnauthorizedOperation", 403),
    **{s: Denial("AccessDeniedException", 400, "AccessDeniedException") for s in ("kms", "secretsmanager", "ssm", "logs", "events", "stepfunctions", "kinesis", "ecr")},
}


@dataclass
class Call:
    """A call, the statements that it needs, and the one respect in which the policy
    that denies it differs: another member of one of the statements."""

    name: str
    send: Callable[[Any], Any]  # with a client that is given
    needs: list
    differs: int  # which statement
    change: dict  # its member that is another one
    denial: Denial
    client: str = ""  # the service whose client sends it
    proof: Callable[[Any], bool] = field(default=lambda _: True)  # of an answer that was allowed
    let: Callable[[list], Any] | None = None  # gives a resource the statements; None: they are the user's

    def lacking(self):
        """The statements of the policy that denies the call."""
        other = copy.deepcopy(self.needs)
        before = copy.deepcopy(other[self.differs])
        other[self.differs].update(self.change)
        after = other[self.differs]
        if sum(before.get(k) != after.get(k) for k in before.keys() | after.keys()) != 1:
            raise ValueError(f"{self.name}: the policies differ in more or less than one respect")
        return other


def caller(service):
    """Makes calls of a service: call(METHOD, ARGUMENTS, NEEDS...). The arguments may be
    a function where an earlier call makes them."""

    def call(method, arguments, *needs, label="", differs=0, change=None, denial=None, send=None, proof=None, of="", let=None):
        def usual(c):
            return getattr(c, method)(**(arguments() if callable(arguments) else arguments))

        change = change or {"Action": OTHER[service]}
        return Call(
            f"{service}.{method}" + (f" {label}" if label else ""), send or usual, list(needs), differs, change,
            denial or DENIALS[service], of or service, proof or (lambda _: True), let)

    return call


class User:
    """A user with one policy."""

    def __init__(self, name):
        self.name, self.iam = name, client("iam")
        self.iam.create_user(UserName=name)
        made = self.iam.create_access_key(UserName=name)["AccessKey"]
        self.key = (made["AccessKeyId"], made["SecretAccessKey"])

    def let(self, statements):
        self.iam.put_user_policy(UserName=self.name, PolicyName="own", PolicyDocument=document(statements))


def report(calls, wrong):
    """Prints what is wrong and, in the last line, the number of calls; ends the program."""
    names = [c.name for c in calls]
    wrong += [f"{name} is there twice" for name in sorted(set(names)) if names.count(name) > 1]
    if wrong:
        print(*wrong, sep="\n")
    print(f"{len(calls)} calls, each denied and allowed; {len(wrong)} wrong")
    sys.exit(bool(wrong))
