"""Looks up events with boto3, which holds the answers against botocore's model, and ends
with "all as expected"."""

import json
from datetime import datetime, timedelta, timezone

import boto3

trail = boto3.client("cloudtrail")


def names(**query):
    """The operations of all pages, of one event each, without LookupEvents itself."""
    pages = trail.get_paginator("lookup_events").paginate(PaginationConfig={"PageSize": 1}, **query)
    return [e["EventName"] for page in pages for e in page["Events"] if e["EventName"] != "LookupEvents"]


def by(key, value):
    return [{"AttributeKey": key, "AttributeValue": value}]


def want(got, wanted):
    assert got == wanted, f"got {got!r}, want {wanted!r}"


want(names(LookupAttributes=by("Username", "ana")), ["ListUsers", "CreateUser"])
now = datetime.now(timezone.utc)
want(names(LookupAttributes=by("ReadOnly", "false"), StartTime=now - timedelta(hours=1), EndTime=now + timedelta(hours=1)),
     ["CreateUser", "CreateAccessKey", "AttachUserPolicy", "CreateUser"])
want(names(StartTime=now - timedelta(hours=2), EndTime=now - timedelta(hours=1)), [])

event = trail.lookup_events(LookupAttributes=by("EventName", "AttachUserPolicy"))["Events"][0]
want(sorted(event), ["AccessKeyId", "CloudTrailEvent", "EventId", "EventName", "EventSource", "EventTime", "ReadOnly", "Resources", "Username"])
want(json.loads(event["CloudTrailEvent"])["requestParameters"],
     {"userName": "ana", "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"})
want(event["Resources"], [{"ResourceType": "AWS::IAM::Policy", "ResourceName": "arn:aws:iam::aws:policy/AdministratorAccess"},
                          {"ResourceType": "AWS::IAM::User", "ResourceName": "ana"}])
want(event["EventTime"].tzinfo is not None, True)

for exception, query in {
    "InvalidTimeRangeException": {"StartTime": now, "EndTime": now - timedelta(hours=1)},
    "InvalidMaxResultsException": {"MaxResults": 51},
    "InvalidNextTokenException": {"NextToken": "x"},
    "InvalidLookupAttributesException": {"LookupAttributes": by("EventName", "x" * 2001)},
    "InvalidEventCategoryException": {"EventCategory": "Data"},
}.items():
    try:
        trail.lookup_events(**query)
        raise SystemExit(f"no {exception}")
    except getattr(trail.exceptions, exception) as e:
        want(e.response["ResponseMetadata"]["HTTPStatusCode"], 400)

print("all as expected")
