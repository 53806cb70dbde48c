"""Asks who it is with the credentials that boto3 finds in each of the places of
a program; argv[1] is the role. It prints an object from places to ARNs."""

import json
import os
import sys

import boto3

role = sys.argv[1]


def arn(profile=None, **env):
    """Who a session of boto3 is that finds only what is given."""
    before = dict(os.environ)
    os.environ.update(env)
    try:
        return boto3.Session(profile_name=profile).client("sts").get_caller_identity()["Arn"]
    finally:
        os.environ.clear()
        os.environ.update(before)


print(json.dumps({
    "assume role": arn("chained"),
    "process": arn("process"),
    "web identity": arn(AWS_WEB_IDENTITY_TOKEN_FILE=os.environ["TOKEN_FILE"], AWS_ROLE_ARN=role, AWS_ROLE_SESSION_NAME="file"),
    "instance": arn(AWS_EC2_METADATA_DISABLED="false"),
}))
