"""Calls of S3."""
import io
import json
import urllib.error
import urllib.request
from xml.etree import ElementTree

from botocore.exceptions import ClientError

from world import Denial, caller, need

call = caller("s3")
BUCKET = "arn:aws:s3:::bucket"
HEAD = Denial("403", 403)  # which has no body
FETCHED = Denial("AccessDenied", 403)  # without a client
TAGS = {"TagSet": [{"Key": "a", "Value": "b"}]}
MEBIBYTE = 1 << 20


def on(key, bucket="bucket"):
    return f"arn:aws:s3:::{bucket}/{key}"


def calls(root):
    s3 = root["s3"]
    s3.create_bucket(Bucket="bucket")
    s3.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Enabled"})
    for key in ("a//b", "first", "second", "home/x", "source"):
        s3.put_object(Bucket="bucket", Key=key, Body=b"object")
    s3.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)
    s3.put_object(Bucket="locked", Key="k", Body=b"object")
    return [*objects(s3), *lists(), *buckets(), *configurations(), *copies(), *headers(), *parts(s3), *tags_and_grants(s3), *locks(), *presigned()]


def objects(s3):
    old = s3.put_object(Bucket="bucket", Key="versioned", Body=b"old")["VersionId"]
    gone = s3.put_object(Bucket="bucket", Key="versioned", Body=b"gone")["VersionId"]
    s3.put_object(Bucket="bucket", Key="versioned", Body=b"new")
    version = dict(Bucket="bucket", Key="versioned", VersionId=old)
    failed = Denial("AccessDenied", 200, in_answer=lambda a: a.get("Errors", [{}])[0].get("Code"))
    both = {"Objects": [{"Key": "first"}, {"Key": "second"}]}
    return [
        call("put_object", dict(Bucket="bucket", Key="k", Body=b"x" * 100_000), need("s3:PutObject", on("k"))),
        call("put_object", dict(Bucket="bucket", Key="k", Body=b"x", ChecksumAlgorithm="SHA256"), need("s3:PutObject", on("k")),
             label="with a checksum, to another key", change={"Resource": on("l")}),
        call("get_object", dict(Bucket="bucket", Key="a//b"), need("s3:GetObject", on("a//b")), proof=lambda a: a["Body"].read() == b"object"),
        call("get_object", dict(Bucket="bucket", Key="a//b", Range="bytes=1-2"), need("s3:GetObject", on("a//b")),
             label="a range, of another key", change={"Resource": on("a/b")}, proof=lambda a: a["Body"].read() == b"bj"),
        call("head_object", dict(Bucket="bucket", Key="a//b"), need("s3:GetObject", on("a//b")), denial=HEAD),
        call("get_object", version, need("s3:GetObjectVersion", on("versioned")),
             label="a version", change={"Action": "s3:GetObject"}, proof=lambda a: a["Body"].read() == b"old"),
        call("get_object", version, need("s3:GetObjectVersion", on("versioned"), {"StringEquals": {"s3:VersionId": old}}),
             label="a version that a condition names", change={"Condition": {"StringEquals": {"s3:VersionId": gone}}}),
        call("head_object", version, need("s3:GetObjectVersion", on("versioned")), label="a version", change={"Action": "s3:GetObject"}, denial=HEAD),
        call("get_object_attributes", dict(Bucket="bucket", Key="a//b", ObjectAttributes=["ETag", "ObjectSize"]),
             need("s3:GetObject", on("a//b")), need("s3:GetObjectAttributes", on("a//b")), differs=1),
        call("delete_object", dict(Bucket="bucket", Key="k"), need("s3:DeleteObject", on("k"))),
        call("delete_object", dict(Bucket="bucket", Key="versioned", VersionId=gone), need("s3:DeleteObjectVersion", on("versioned")),
             label="a version", change={"Action": "s3:DeleteObject"}),
        call("delete_objects", dict(Bucket="bucket", Delete=both), need("s3:DeleteObject", on("first")), need("s3:DeleteObject", on("second")),
             label="one of two", differs=1, change={"Resource": on("third")}, denial=failed,
             proof=lambda a: not a.get("Errors") and any(d["Key"] == "second" for d in a["Deleted"])),
    ]


def lists():
    def asked(key, want, other, **arguments):
        operator = "NumericLessThanEquals" if key == "s3:max-keys" else "StringEquals"
        return call("list_objects_v2", dict(Bucket="bucket", **arguments), need("s3:ListBucket", BUCKET, {operator: {key: want}}),
                    label=f"with {key}", change={"Condition": {operator: {key: other}}})

    return [
        call("list_objects", dict(Bucket="bucket"), need("s3:ListBucket", BUCKET)),
        call("list_objects_v2", dict(Bucket="bucket"), need("s3:ListBucket", BUCKET), change={"Resource": BUCKET + "/*"}),
        asked("s3:prefix", "home/", "house/", Prefix="home/"),
        asked("s3:delimiter", "/", "-", Delimiter="/"),
        asked("s3:max-keys", "10", "9", MaxKeys=10),
        call("list_object_versions", dict(Bucket="bucket"), need("s3:ListBucketVersions", BUCKET), change={"Action": "s3:ListBucket"}),
        call("list_buckets", dict(), need("s3:ListAllMyBuckets", "*"), proof=lambda a: len(a["Buckets"]) > 1),
    ]


def buckets():
    third = "arn:aws:s3:::third"
    return [
        call("create_bucket", dict(Bucket="third"), need("s3:CreateBucket", third)),
        call("head_bucket", dict(Bucket="third"), need("s3:ListBucket", third), denial=HEAD),
        call("get_bucket_location", dict(Bucket="third"), need("s3:GetBucketLocation", third), change={"Resource": BUCKET}),
        call("delete_bucket", dict(Bucket="third"), need("s3:DeleteBucket", third)),
        call("create_bucket", dict(Bucket="fourth", ACL="public-read"), need("s3:CreateBucket", "arn:aws:s3:::fourth"), need("s3:PutBucketAcl", "arn:aws:s3:::fourth"),
             label="with an ACL", differs=1),
    ]


def configurations():
    """What a bucket is configured with: how it is put, read and taken away."""
    def each(noun, action, members, reads=None, removal=None):
        of = dict(Bucket="bucket")
        yield call("put_" + noun, {**of, **members}, need("s3:Put" + action, BUCKET))
        yield call("get_" + noun, of, need("s3:" + (reads or "Get" + action), BUCKET))
        if removal:
            yield call("delete_" + noun, of, need("s3:" + removal, BUCKET))

    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": BUCKET + "/public/*"}]}
    cors = {"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]}
    lifecycle = {"Rules": [{"ID": "r", "Status": "Enabled", "Filter": {"Prefix": "old/"}, "Expiration": {"Days": 9}}]}
    encryption = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
    return [
        *each("bucket_versioning", "BucketVersioning", dict(VersioningConfiguration={"Status": "Enabled"})),
        *each("bucket_tagging", "BucketTagging", dict(Tagging=TAGS), removal="PutBucketTagging"),
        *each("bucket_cors", "BucketCORS", dict(CORSConfiguration=cors), removal="PutBucketCORS"),
        *each("bucket_lifecycle_configuration", "LifecycleConfiguration", dict(LifecycleConfiguration=lifecycle)),
        *each("bucket_encryption", "EncryptionConfiguration", dict(ServerSideEncryptionConfiguration=encryption), removal="PutEncryptionConfiguration"),
        *each("public_access_block", "BucketPublicAccessBlock", dict(PublicAccessBlockConfiguration={"BlockPublicAcls": False}), removal="PutBucketPublicAccessBlock"),
        *each("bucket_policy", "BucketPolicy", dict(Policy=json.dumps(policy)), removal="DeleteBucketPolicy"),
        *each("bucket_acl", "BucketAcl", dict(ACL="private")),
    ]


def copies():
    to = dict(Bucket="bucket", Key="copy", CopySource={"Bucket": "bucket", "Key": "source"})
    return [
        call("copy_object", to, need("s3:GetObject", on("source")), need("s3:PutObject", on("copy")),
             label="from another source", change={"Resource": on("copy")}),
        call("copy_object", to, need("s3:GetObject", on("source")), need("s3:PutObject", on("copy")),
             label="to another target", differs=1, change={"Resource": on("source")}),
        call("copy_object", {**to, "MetadataDirective": "REPLACE"}, need("s3:GetObject", on("source")),
             need("s3:PutObject", on("copy"), {"StringEquals": {"s3:x-amz-metadata-directive": "REPLACE"}}),
             label="with other metadata", differs=1, change={"Condition": {"StringEquals": {"s3:x-amz-metadata-directive": "COPY"}}}),
        call("copy_object", {**to, "TaggingDirective": "REPLACE", "Tagging": "a=b"}, need("s3:GetObject", on("source")), need("s3:PutObject", on("copy")),
             need("s3:PutObjectTagging", on("copy")), label="with other tags", differs=2),
    ]


def headers():
    """Headers of a put that need an action or show a condition key."""
    def shown(key, want, other, **arguments):
        return call("put_object", dict(Bucket="bucket", Key="h", Body=b"x", **arguments), need("s3:PutObject", on("h"), {"StringEquals": {key: want}}),
                    label=f"with {key}", change={"Condition": {"StringEquals": {key: other}}})

    put = dict(Bucket="bucket", Key="h", Body=b"x")
    return [
        call("put_object", {**put, "ACL": "public-read"}, need("s3:PutObject", on("h")), need("s3:PutObjectAcl", on("h")), label="with an ACL", differs=1),
        call("put_object", {**put, "ACL": "private"}, need("s3:PutObject", on("h")),
             need("s3:PutObjectAcl", on("h"), {"StringEquals": {"s3:x-amz-acl": "private"}}),
             label="with the ACL of a condition", differs=1, change={"Condition": {"StringEquals": {"s3:x-amz-acl": "public-read"}}}),
        call("put_object", {**put, "Tagging": "a=b"}, need("s3:PutObject", on("h")), need("s3:PutObjectTagging", on("h")), label="with tags", differs=1),
        call("put_object", {**put, "Tagging": "a=b"}, need("s3:PutObject", on("h"), {"StringEquals": {"s3:RequestObjectTag/a": "b"}}), need("s3:PutObjectTagging", on("h")),
             label="with the tag of a condition", change={"Condition": {"StringEquals": {"s3:RequestObjectTag/a": "c"}}}),
        shown("s3:x-amz-server-side-encryption", "AES256", "aws:kms", ServerSideEncryption="AES256"),
        shown("s3:x-amz-storage-class", "STANDARD_IA", "STANDARD", StorageClass="STANDARD_IA"),
        shown("s3:authType", "REST-HEADER", "REST-QUERY-STRING"),
        shown("s3:signatureversion", "AWS4-HMAC-SHA256", "AWS"),
    ]


def parts(s3):
    uploads = {key: s3.create_multipart_upload(Bucket="bucket", Key=key)["UploadId"] for key in ("m", "aborted")}
    etags = {}
    of = dict(Bucket="bucket", Key="m", UploadId=uploads["m"])

    def upload(c):
        etags[1] = c.upload_part(PartNumber=1, Body=b"x" * 5 * MEBIBYTE, **of)["ETag"]

    def upload_copy(c):
        answer = c.upload_part_copy(PartNumber=2, CopySource={"Bucket": "bucket", "Key": "source"}, **of)
        etags[2] = answer["CopyPartResult"]["ETag"]

    def managed(c):
        try:
            c.upload_fileobj(io.BytesIO(b"x" * 9 * MEBIBYTE), "bucket", "large")
        except Exception as e:  # its own, around the one of the client
            raise e.__context__ if isinstance(e.__context__, ClientError) else e

    return [
        call("create_multipart_upload", dict(Bucket="bucket", Key="n"), need("s3:PutObject", on("n"))),
        call("upload_part", {}, need("s3:PutObject", on("m")), send=upload),
        call("upload_part_copy", {}, need("s3:GetObject", on("source")), need("s3:PutObject", on("m")), send=upload_copy),
        call("list_parts", of, need("s3:ListMultipartUploadParts", on("m")), proof=lambda a: len(a["Parts"]) == 2),
        call("list_multipart_uploads", dict(Bucket="bucket"), need("s3:ListBucketMultipartUploads", BUCKET)),
        call("complete_multipart_upload", lambda: dict(MultipartUpload={"Parts": [{"PartNumber": n, "ETag": e} for n, e in sorted(etags.items())]}, **of),
             need("s3:PutObject", on("m"))),
        call("abort_multipart_upload", dict(Bucket="bucket", Key="aborted", UploadId=uploads["aborted"]), need("s3:AbortMultipartUpload", on("aborted"))),
        call("upload_fileobj", {}, need("s3:PutObject", on("large")), label="in parts, at once", send=managed),
    ]


def tags_and_grants(s3):
    version = s3.head_object(Bucket="bucket", Key="source")["VersionId"]
    at = dict(Bucket="bucket", Key="source")
    old = {**at, "VersionId": version}
    source = on("source")
    return [
        call("put_object_tagging", dict(Tagging=TAGS, **at), need("s3:PutObjectTagging", source)),
        call("put_object_tagging", dict(Tagging=TAGS, **at), need("s3:PutObjectTagging", source, {"StringEquals": {"s3:RequestObjectTag/a": "b"}}),
             label="with the tag of a condition", change={"Condition": {"StringEquals": {"s3:RequestObjectTag/a": "c"}}}),
        call("get_object_tagging", at, need("s3:GetObjectTagging", source)),
        call("put_object_tagging", dict(Tagging=TAGS, **old), need("s3:PutObjectVersionTagging", source), label="of a version", change={"Action": "s3:PutObjectTagging"}),
        call("get_object_tagging", old, need("s3:GetObjectVersionTagging", source), label="of a version", change={"Action": "s3:GetObjectTagging"}),
        call("delete_object_tagging", at, need("s3:DeleteObjectTagging", source)),
        call("put_object_acl", dict(ACL="private", **at), need("s3:PutObjectAcl", source)),
        call("get_object_acl", at, need("s3:GetObjectAcl", source)),
        call("get_object_acl", old, need("s3:GetObjectVersionAcl", source), label="of a version", change={"Action": "s3:GetObjectAcl"}),
    ]


def locks():
    at = dict(Bucket="locked", Key="k")
    k, locked = on("k", "locked"), "arn:aws:s3:::locked"
    retention = {"Mode": "GOVERNANCE", "RetainUntilDate": "2040-01-01T00:00:00Z"}
    return [
        call("put_object_legal_hold", dict(LegalHold={"Status": "ON"}, **at), need("s3:PutObjectLegalHold", k, {"StringEquals": {"s3:object-lock-legal-hold": "ON"}}),
             change={"Condition": {"StringEquals": {"s3:object-lock-legal-hold": "OFF"}}}),
        call("get_object_legal_hold", at, need("s3:GetObjectLegalHold", k)),
        call("put_object_retention", dict(Retention=retention, **at), need("s3:PutObjectRetention", k)),
        call("get_object_lock_configuration", dict(Bucket="locked"), need("s3:GetBucketObjectLockConfiguration", locked)),
    ]


def presigned():
    """Calls that nobody signs who sends them."""
    def fetched(method, data=None, **arguments):
        def send(c):
            at = c.generate_presigned_url(method, Params=dict(Bucket="bucket", **arguments), ExpiresIn=60)
            return fetch(urllib.request.Request(at, data=data, method={"put_object": "PUT"}.get(method, "GET")))

        return send

    def posted(c):
        """A form as a browser sends it."""
        form = c.generate_presigned_post("bucket", "posted/${filename}", ExpiresIn=60)
        lines = []
        for name, value in form["fields"].items():
            lines += ["--limit", f'Content-Disposition: form-data; name="{name}"', "", value]
        lines += ["--limit", 'Content-Disposition: form-data; name="file"; filename="f"', "", "body", "--limit--", ""]
        headers = {"Content-Type": "multipart/form-data; boundary=limit"}
        return fetch(urllib.request.Request(form["url"], data="\r\n".join(lines).encode(), headers=headers))

    return [
        call("get_object", {}, need("s3:GetObject", on("source")), denial=FETCHED, label="presigned", send=fetched("get_object", Key="source"), proof=lambda a: a == b"object"),
        call("get_object", {}, need("s3:GetObject", on("source"), {"StringEquals": {"s3:authType": "REST-QUERY-STRING"}}),
             denial=FETCHED, label="presigned, of a condition", change={"Condition": {"StringEquals": {"s3:authType": "REST-HEADER"}}}, send=fetched("get_object", Key="source")),
        call("get_object", {}, need("s3:GetObject", on("source"), {"NumericLessThan": {"s3:signatureAge": "600000"}}),
             denial=FETCHED, label="presigned, and not old", change={"Condition": {"NumericLessThan": {"s3:signatureAge": "-600000"}}}, send=fetched("get_object", Key="source")),
        call("put_object", {}, need("s3:PutObject", on("put")), denial=FETCHED, label="presigned", send=fetched("put_object", b"body", Key="put")),
        call("post_object", {}, need("s3:PutObject", on("posted/f")), denial=FETCHED, label="presigned", send=posted),
        call("list_objects_v2", {}, need("s3:ListBucket", BUCKET), denial=FETCHED, label="presigned", send=fetched("list_objects_v2")),
    ]


def fetch(request):
    """The body of the answer; an error is raised as the client does it."""
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.read()
    except urllib.error.HTTPError as e:
        members = {n.tag: n.text for n in ElementTree.fromstring(e.read())}
        raise ClientError({"Error": members, "ResponseMetadata": {"HTTPStatusCode": e.code}}, request.get_method()) from e
