"""Runs the scenario in argv[1] with boto3, and holds every answer against
botocore's model of it, bytes first: no element that is not a member, every
required member, every value within its type, its enumeration and its bounds."""
import re, sys
import xml.etree.ElementTree as xml

import boto3, botocore
import botocore.waiter
from botocore.config import Config
from botocore.exceptions import ClientError, WaiterError

from scenario import Scenario

NAMESPACE = {"iam": "https://iam.amazonaws.com/doc/2010-05-08/", "sts": "https://sts.amazonaws.com/doc/2011-06-15/"}

# Where AWS itself answers something else than its model says.
KNOWN = {
    "SSHPublicKey.Fingerprint": "47 characters; the model wants 48",
    "PermissionsBoundary.PermissionsBoundaryType": "Policy; the model wants PermissionsBoundaryPolicy",
    "MatchedStatements.SourcePolicyType": "IAM Policy; the model wants user, group, ...",
    "required member ServicesLastAccessed is lacking": "while the report is being made",
    "required member JobCompletionDate is lacking": "while the report is being made",
    "unknown member SessionTokenSize": "AWS has answered it since September 2026",
    "unknown member SessionTokenUtilization": "AWS has answered it since September 2026",
    "unknown member TrustedIdentityPropagationContext": "AWS has answered it since November 2026",
}


class Check:
    """An answer's XML against the model's shapes."""

    def __init__(self):
        self.faults, self.known, self.members = [], set(), set()

    def answer(self, operation, service, body):
        root = xml.fromstring(body)
        space = "{" + NAMESPACE[service] + "}"
        for element in root.iter():
            if not element.tag.startswith(space):
                self.fault(operation.name, f"{element.tag} has another namespace")
            element.tag = element.tag.rsplit("}", 1)[-1]
        if root.tag != operation.name + "Response":
            self.fault(operation.name, f"the answer is {root.tag}")
        parts = {e.tag: e for e in root}
        result = operation.name + "Result"
        shape = operation.output_shape
        if set(parts) - {result} != {"ResponseMetadata"} or not parts["ResponseMetadata"].findtext("RequestId"):
            self.fault(operation.name, f"parts {sorted(parts)}")
        if (shape is not None) != (result in parts):
            self.fault(operation.name, f"{result} is there: {result in parts}")
        if shape is not None and result in parts:
            self.walk(operation.name, shape, parts[result])

    def fault(self, where, text):
        known = [k for k in KNOWN if where.endswith(k) or text == k]
        if not known and f"{where}: {text}" not in self.faults:
            self.faults.append(f"{where}: {text}")
        self.known.update(known)

    def walk(self, where, shape, element):
        getattr(self, "a_" + shape.type_name, self.a_scalar)(where, shape, element)

    def a_structure(self, where, shape, element):
        names = {s.serialization.get("name", m): m for m, s in shape.members.items()}
        seen = [names.get(child.tag) or self.fault(where, f"unknown member {child.tag}") for child in element]
        for twice in {m for m in seen if m and seen.count(m) > 1}:
            self.fault(where, f"{twice} is there twice")
        for lacking in set(shape.required_members) - set(seen):
            self.fault(where, f"required member {lacking} is lacking")
        for child, member in zip(element, seen):
            if member:
                self.members.add(f"{shape.name}.{member}")
                self.walk(f"{where}.{member}", shape.members[member], child)

    def a_list(self, where, shape, element):
        for child in element:
            if child.tag != shape.member.serialization.get("name", "member"):
                self.fault(where, f"list element {child.tag}")
            self.walk(where, shape.member, child)
        self.bounds(where, shape, len(element))

    def a_map(self, where, shape, element):
        for entry in element:
            if [c.tag for c in entry] != ["key", "value"] or entry.tag != "entry":
                self.fault(where, f"map entry {entry.tag} of {[c.tag for c in entry]}")
            self.walk(where, shape.key, entry[0])
            self.walk(where, shape.value, entry[1])

    def a_scalar(self, where, shape, element):
        text, kind = element.text or "", shape.type_name
        if len(element):
            self.fault(where, "elements where text belongs")
        form = {"boolean": "true|false", "integer": r"-?\d+", "long": r"-?\d+", "double": r"-?\d+(\.\d+)?", "blob": r"[A-Za-z0-9+/]+=*",
                "timestamp": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"}.get(kind)
        if form and not re.fullmatch(form, text):
            self.fault(where, f"{text!r} is no {kind}")
        if kind == "string":
            enum = shape.metadata.get("enum")
            if enum and text not in enum:
                self.fault(where, f"{text!r} is none of {enum}")
            pattern = shape.metadata.get("pattern")
            if pattern and "\\p{" not in pattern and not re.fullmatch(pattern, text):
                self.fault(where, f"{text!r} does not match {pattern}")
            self.bounds(where, shape, len(text))
        elif kind in ("integer", "long"):
            self.bounds(where, shape, int(text))

    def bounds(self, where, shape, size):
        low, high = shape.metadata.get("min", 0), shape.metadata.get("max", size)
        if not low <= size <= high:
            self.fault(where, f"{size} is not within {low} and {high}")


class Boto3:
    def __init__(self, url, region):
        self.url, self.region, self.check, self.clients = url, region, Check(), {}
        self.root = self.client({"AccessKeyId": "test", "SecretAccessKey": "test"}, "iam")
        botocore.waiter.time.sleep = lambda _: None  # a waiter's failing case waits for nothing

    def client(self, who, service):
        key = (who["AccessKeyId"], who.get("SessionToken"), service)
        if key not in self.clients:
            session = boto3.Session(who["AccessKeyId"], who["SecretAccessKey"], who.get("SessionToken"), region_name=self.region)
            made = session.client(service, endpoint_url=self.url, config=Config(retries={"total_max_attempts": 1}))
            made.meta.events.register(f"before-parse.{service}", self.parsed)
            self.clients[key] = made
        return self.clients[key]

    def parsed(self, operation_model, response_dict, **_):
        if response_dict["status_code"] < 300:
            if self.partition != "aws" and b"arn:aws:" in response_dict["body"]:
                self.check.fault(operation_model.name, "an ARN of the partition aws")
            self.check.answer(operation_model, operation_model.service_model.service_name, response_dict["body"])

    @staticmethod
    def method(operation):
        return botocore.xform_name(operation)

    @staticmethod
    def attempt(f):
        try:
            return f(), "", ""
        except ClientError as e:
            return None, e.response["Error"]["Code"], e.response["Error"]["Message"]
        except WaiterError as e:
            return None, e.last_response["Error"]["Code"], e.last_response["Error"]["Message"]

    def call(self, who, service, operation, given):
        return self.attempt(lambda: getattr(self.client(who, service), self.method(operation))(**given))

    def wait(self, who, service, waiter, given):
        got = self.client(who, service).get_waiter(self.method(waiter))
        return self.attempt(lambda: got.wait(**given, WaiterConfig={"Delay": 0, "MaxAttempts": 2}))

    def pages(self, who, service, operation, given):
        return self.attempt(lambda: self.all_pages(self.client(who, service), operation, given))

    def all_pages(self, client, operation, given):
        paginator = client.get_paginator(self.method(operation))
        keys = [k.expression for k in paginator.result_keys]
        pages = list(paginator.paginate(**given, PaginationConfig={"PageSize": 1}))
        for page in pages:
            del page["ResponseMetadata"]
        built = paginator.paginate(**given, PaginationConfig={"PageSize": 1}).build_full_result()
        whole = getattr(client, self.method(operation))(**given, MaxItems=1000)
        items = [i for key in keys for page in pages for i in page.get(key, [])]
        if [i for key in keys for i in built.get(key, [])] != items:
            raise AssertionError("build_full_result answers something else than the pages")
        if any(sum(len(page.get(key, [])) for key in keys) > 1 for page in pages):
            raise AssertionError("a page holds more than was asked for")
        return len(pages), items, [i for key in keys for i in whole.get(key, [])]

    @property
    def faults(self):
        return self.check.faults + [f"AWS's answer {k} has not been seen" for k in set(KNOWN) - self.check.known]

    def facts(self):
        services = [self.client({"AccessKeyId": "test", "SecretAccessKey": "test"}, s) for s in ("iam", "sts")]
        loader = botocore.loaders.Loader()
        return {
            "client": f"boto3 {boto3.__version__}",
            "operations": [o for s in services for o in s.meta.service_model.operation_names],
            "paginators": [p for s in ("iam", "sts") for p in loader.load_service_model(s, "paginators-1")["pagination"]],
            "waiters": list(loader.load_service_model("iam", "waiters-2")["waiters"]),
            "notes": f"{len(self.check.members)} members of answers seen",
        }


Scenario(sys.argv[1], Boto3).run()
