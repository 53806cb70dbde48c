"""Signs with botocore against the endpoint in argv[1] and checks the answers."""
import sys, urllib.error, urllib.request

import botocore.session
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

URL = sys.argv[1]
TRUST = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:root"},"Action":"sts:AssumeRole"}]}'


def client(service, key="test", secret="test", token=None):
    return botocore.session.Session().create_client(
        service, region_name="us-east-1", endpoint_url=URL,
        aws_access_key_id=key, aws_secret_access_key=secret, aws_session_token=token)


def check(got, want):
    if got != want:
        raise SystemExit(f"got {got!r}, want {want!r}")


check(client("sts").get_caller_identity()["Arn"], "arn:aws:iam::000000000000:root")

iam = client("iam")
iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
key = client("sts").assume_role(RoleArn="arn:aws:iam::000000000000:role/r", RoleSessionName="tour")["Credentials"]
session = client("sts", key["AccessKeyId"], key["SecretAccessKey"], key["SessionToken"])
check(session.get_caller_identity()["Arn"], "arn:aws:sts::000000000000:assumed-role/r/tour")

for mine, token in ((client("sts", secret="best"), None), (client("sts", key["AccessKeyId"], key["SecretAccessKey"]), None)):
    try:
        mine.get_caller_identity()
        raise SystemExit("a bad signature or a missing token was accepted")
    except ClientError as e:
        check(e.response["ResponseMetadata"]["HTTPStatusCode"], 403)

# Presigned: as aws-iam-authenticator and Vault send GetCallerIdentity.
for credentials in (Credentials("test", "test"), Credentials(key["AccessKeyId"], key["SecretAccessKey"], key["SessionToken"])):
    request = AWSRequest("GET", URL + "/?Action=GetCallerIdentity&Version=2011-06-15")
    SigV4QueryAuth(credentials, "sts", "us-east-1", expires=60).add_auth(request)
    with urllib.request.urlopen(request.url) as answer:
        check(answer.status, 200)
    try:
        urllib.request.urlopen(request.url.replace("GetCallerIdentity", "GetSessionToken"))
        raise SystemExit("an altered presigned request was accepted")
    except urllib.error.HTTPError as e:
        check(e.code, 403)

print("botocore: all as expected")
