"""Writes s3.txt: requests to S3 that boto3's clients have signed at a fixed time.

Run once, with botocore 1.43.11: python3 sign_s3.py > s3.txt
"""

import datetime
import io
import sys
from unittest import mock
from urllib.parse import urlsplit

import botocore
import botocore.session
from botocore.awsrequest import AWSResponse
from botocore.config import Config

KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = "FwoGZXIvYXdzEBYaDK+/=="
NOW = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)


def text(value):
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def show(name, method, url, headers, body):
    parts = urlsplit(url)
    sys.stdout.write(f"=== {name}\n{method} {parts.path or '/'}{'?' + parts.query if parts.query else ''} HTTP/1.1\nHost: {parts.netloc}\n")
    if hasattr(body, "read"):
        body = body.read()
    body = body.encode() if isinstance(body, str) else body or b""
    for header, value in headers.items():
        if header.lower() not in ("host", "transfer-encoding", "content-length", "expect"):
            sys.stdout.write(f"{header}: {text(value)}\n")
    sys.stdout.write(f"Content-Length: {len(body)}\n\n")
    sys.stdout.flush()
    sys.stdout.buffer.write(body)
    sys.stdout.write("\n")
    sys.stdout.flush()


def client(base, token=None, **config):
    return botocore.session.Session().create_client(
        "s3", region_name="eu-west-1", endpoint_url=base, aws_access_key_id=KEY,
        aws_secret_access_key=SECRET, aws_session_token=token,
        config=Config(user_agent="botocore", retries={"total_max_attempts": 1}, signature_version="s3v4",
                      s3={"addressing_style": "path", **config}))


def call(name, operation, base="https://localhost:4260", token=None, config=None, **parameters):
    made = client(base, token, **(config or {}))

    def send(request, **_):
        show(name, request.method, request.url, request.headers, request.body)
        return AWSResponse(request.url, 500, {}, mock.Mock(stream=lambda: iter([b""])))

    made.meta.events.register("before-send", send)
    try:
        getattr(made, operation)(Bucket="bucket", **parameters)
    except Exception:
        pass


def presign(name, operation, token=None, body="", **parameters):
    url = client("http://localhost:4260", token).generate_presigned_url(operation, ExpiresIn=604800, Params={"Bucket": "bucket", **parameters})
    show(name, {"get_object": "GET", "put_object": "PUT"}[operation], url, {}, body)


def post(name, token=None):
    made = client("http://localhost:4260", token).generate_presigned_post(
        "bucket", "uploads/${filename}", Fields={"acl": "private", "x-amz-meta-a": "\u00e9"},
        Conditions=[{"acl": "private"}, ["starts-with", "$x-amz-meta-a", ""], ["content-length-range", 1, 10]], ExpiresIn=600)
    body = b""
    for field, value in made["fields"].items():
        body += f'--boundary\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
    body += b'--boundary\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\ncontent\r\n--boundary--\r\n'
    show(name, "POST", made["url"], {"Content-Type": "multipart/form-data; boundary=boundary"}, body)


def main():
    print(f"# Signed by botocore {botocore.__version__} at {NOW:%Y%m%dT%H%M%SZ}; written by sign_s3.py.")
    print(f"# Access key {KEY}, secret {SECRET}.")
    for key in ("plain", "a//b", "a/../b", "./a", "a b+c%2Fd\u00e9~*()", "a/", "?#&=;:@,$!'"):
        call(f"get {key}", "get_object", Key=key)
    call("put with a hash", "put_object", base="http://localhost:4260", Key="k", Body=b"content")
    call("put with a trailer", "put_object", Key="k", Body=io.BytesIO(b"content"), ChecksumAlgorithm="CRC32")
    call("put with a trailer and a token", "put_object", token=TOKEN, Key="k", Body=io.BytesIO(b"content" * 9), ChecksumAlgorithm="SHA256")
    call("put of nothing with a trailer", "put_object", Key="k", Body=io.BytesIO(b""), ChecksumAlgorithm="SHA1")
    call("put, unsigned", "put_object", Key="k", Body=b"content", config={"payload_signing_enabled": False})
    call("put, signed", "put_object", Key="k", Body=b"content", config={"payload_signing_enabled": True})
    call("list", "list_objects_v2", Prefix="a b/\u00e9", Delimiter="/")
    call("delete objects", "delete_objects", Delete={"Objects": [{"Key": "a"}, {"Key": "b"}]})
    presign("presigned get", "get_object", Key="a//b c")
    presign("presigned get with a token", "get_object", token=TOKEN, Key="a/../b")
    presign("presigned put, unsigned", "put_object", body="content", Key="k")
    post("posted form")
    post("posted form with a token", token=TOKEN)


with mock.patch("botocore.auth.get_current_datetime", lambda **_: NOW.replace(tzinfo=None)), \
        mock.patch("botocore.signers.get_current_datetime", lambda **_: NOW.replace(tzinfo=None)):
    main()
