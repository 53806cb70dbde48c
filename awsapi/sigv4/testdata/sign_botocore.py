"""Writes botocore.txt: requests that botocore has signed at a fixed time.

Run once, with botocore 1.43.11: python3 sign_botocore.py > botocore.txt
"""

import datetime
from unittest import mock
from urllib.parse import urlsplit

import botocore
import botocore.session
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from botocore.credentials import Credentials

KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = "FwoGZXIvYXdzEBYaDK+/=="
NOW = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
BASE = "http://127.0.0.1:4260"
FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
BODY = "Action=GetUser&Version=2010-05-08&UserName=alice"


def text(value):
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def show(name, request, headers=None):
    parts = urlsplit(request.url)
    target = (parts.path or "/") + ("?" + parts.query if parts.query else "")
    print(f"=== {name}")
    print(f"{request.method} {target} HTTP/1.1")
    headers = headers or request.headers
    names = {n.lower() for n in headers}
    if "host" not in names:
        print(f"Host: {parts.netloc}")
    for header, value in headers.items():
        print(f"{header}: {text(value)}")
    body = request.body or b""
    body = body.encode() if isinstance(body, str) else body
    if body and "content-length" not in names:
        print(f"Content-Length: {len(body)}")
    print()
    if body:
        print(body.decode())


def sign(name, method, path="/", body="", headers=(), token=None, query=False,
         service="iam", region="us-east-1"):
    all_headers = HTTPHeaders()
    for header, value in headers:
        all_headers.add_header(header, value)
    request = AWSRequest(method=method, url=BASE + path, data=body.encode())
    request.headers = all_headers
    signer = SigV4QueryAuth if query else SigV4Auth
    signer(Credentials(KEY, SECRET, token), service, region).add_auth(request)
    show(name, request.prepare(), request.headers)  # prepare keeps one of several values


def client(service, token=None):
    return botocore.session.Session().create_client(
        service, region_name="us-east-1", endpoint_url=BASE, aws_access_key_id=KEY,
        aws_secret_access_key=SECRET, aws_session_token=token,
        config=Config(user_agent="botocore", retries={"total_max_attempts": 1}))


def call(name, service, operation, token=None, **parameters):
    made = client(service, token)

    def send(request, **_):
        show(name, request)
        return AWSResponse(request.url, 500, {}, mock.Mock(stream=lambda: iter([b""])))

    made.meta.events.register("before-send", send)
    try:
        getattr(made, operation)(**parameters)
    except Exception:
        pass


def presign(name, operation, method, token=None):
    url = client("sts", token).generate_presigned_url(operation, ExpiresIn=60, HttpMethod=method)
    show(name, AWSRequest(method=method, url=url).prepare())


def main():
    print(f"# Signed by botocore {botocore.__version__} at {NOW:%Y%m%dT%H%M%SZ}; written by sign_botocore.py.")
    print(f"# Access key {KEY}, secret {SECRET}.")
    form = list(FORM.items())
    sign("POST of a form", "POST", body=BODY, headers=form)
    sign("session token", "POST", body=BODY, headers=form, token=TOKEN)
    sign("sts in another region", "POST", body=BODY, headers=form, service="sts", region="eu-central-1")
    sign("GET with a query", "GET", "/?Version=2010-05-08&Action=ListUsers&PathPrefix=%2Fa%20b%2F")
    sign("query with repeated names", "GET", "/?b=2&a=2&b=1&a=%2F&a=-&c=&A=~")
    sign("query with characters beyond ASCII", "GET", "/?%C3%A9=1&z=%E2%82%AC&a=%25")
    sign("blanks in headers", "POST", body=BODY, headers=form + [("X-Amz-Meta-A", "  one \t two   three  ")])
    sign("header twice", "POST", body=BODY, headers=form + [("X-Amz-Meta-A", "b"), ("X-Amz-Meta-A", "a")])
    sign("dot segments", "GET", "/a/./b/../c//d/")
    sign("only dot segments", "GET", "/a/..")
    sign("escaped path", "GET", "/a%20b/%C3%A9/x~y/*()")
    sign("presigned GET", "GET", "/?Action=GetCallerIdentity&Version=2011-06-15", query=True, service="sts")
    sign("presigned GET with a token", "GET", "/?Action=GetCallerIdentity&Version=2011-06-15", query=True, token=TOKEN)
    sign("presigned with a signed header", "GET", "/?Action=GetCallerIdentity&Version=2011-06-15", query=True,
         headers=[("x-k8s-aws-id", "cluster")], service="sts")
    call("client iam create_user", "iam", "create_user", UserName="alice", Path="/a/",
         Tags=[{"Key": "k e", "Value": "\u00e9+/="}])
    call("client iam get_user with a token", "iam", "get_user", token=TOKEN, UserName="alice")
    call("client sts get_caller_identity", "sts", "get_caller_identity")
    call("client sts assume_role", "sts", "assume_role", RoleArn="arn:aws:iam::000000000000:role/r",
         RoleSessionName="s", Policy='{"Version": "2012-10-17", "Statement": []}')
    presign("client presigned POST", "get_caller_identity", "POST")
    presign("client presigned GET with a token", "get_caller_identity", "GET", token=TOKEN)


with mock.patch("botocore.auth.get_current_datetime", lambda **_: NOW.replace(tzinfo=None)):
    main()
