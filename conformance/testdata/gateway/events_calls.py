"""Calls of EventBridge."""
import json

from world import arn, caller, need, other, tagged, to

call = caller("events")
BUS, DEFAULT = arn("events", "event-bus/own"), arn("events", "event-bus/default")
RULE, OWN_RULE = arn("events", "rule/r"), arn("events", "rule/own/r")
QUEUE = arn("sqs", "targets")
PATTERN = json.dumps({"source": ["app"]})


def source(name):
    return {"ForAllValues:StringEquals": {"events:source": [name]}}


def calls(root):
    events = root["events"]
    events.create_event_bus(Name="own", Tags=[{"Key": "team", "Value": "blue"}])
    events.put_rule(Name="r", EventPattern=PATTERN)
    events.put_rule(Name="r", EventPattern=PATTERN, EventBusName="own")
    return [*buses(), *rules(), *targets(), *sent(), *tags(), *policies(events)]


def buses():
    new = arn("events", "event-bus/new")
    return [
        call("create_event_bus", dict(Name="new"), need("events:CreateEventBus", new)),
        call("describe_event_bus", dict(Name="own"), need("events:DescribeEventBus", BUS), change={"Resource": DEFAULT}),
        call("describe_event_bus", dict(Name="own"), need("events:DescribeEventBus", "*", tagged("aws:ResourceTag/team", "blue")), label="with a tag", change=other("aws:ResourceTag/team", "red")),
        call("list_event_buses", dict(), need("events:ListEventBuses", "*")),
        call("delete_event_bus", dict(Name="new"), need("events:DeleteEventBus", new)),
    ]


def rules():
    return [
        call("put_rule", dict(Name="new", EventPattern=PATTERN), need("events:PutRule", arn("events", "rule/new")), change={"Resource": RULE}),
        call("put_rule", dict(Name="new", EventPattern=PATTERN), need("events:PutRule", "*", source("app")), label="for a source", change={"Condition": source("db")}),
        call("put_rule", dict(Name="r", EventPattern=PATTERN, EventBusName="own"), need("events:PutRule", OWN_RULE), label="of another bus", change={"Resource": RULE}),
        call("describe_rule", dict(Name="r"), need("events:DescribeRule", RULE), change={"Resource": OWN_RULE}),
        call("list_rules", dict(), need("events:ListRules", "*")),
        call("disable_rule", dict(Name="r"), need("events:DisableRule", RULE)),
        call("enable_rule", dict(Name="r"), need("events:EnableRule", RULE)),
        call("delete_rule", dict(Name="new"), need("events:DeleteRule", arn("events", "rule/new"))),
    ]


def targets():
    of = dict(Rule="r")
    target = lambda a: {"ForAllValues:ArnEquals": {"events:TargetArn": [a]}}
    put = dict(Targets=[{"Id": "1", "Arn": QUEUE}], **of)
    return [
        call("put_targets", put, need("events:PutTargets", RULE)),
        call("put_targets", put, need("events:PutTargets", RULE, target(QUEUE)), label="of a condition", change={"Condition": target(arn("sqs", "letters"))}),
        call("list_targets_by_rule", of, need("events:ListTargetsByRule", RULE)),
        call("remove_targets", dict(Ids=["1"], **of), need("events:RemoveTargets", RULE)),
    ]


def sent():
    event = lambda **more: dict(Entries=[{"Source": "app", "DetailType": "d", "Detail": "{}", **more}])
    both = dict(Entries=event()["Entries"] + event(EventBusName="own")["Entries"])
    put = lambda bus, *condition: need("events:PutEvents", bus, *condition)
    return [
        call("put_events", event(), put(DEFAULT)),
        call("put_events", event(EventBusName="own"), put(BUS), label="to another bus", change={"Resource": DEFAULT}),
        call("put_events", both, put(DEFAULT), put(BUS), label="to two buses", differs=1, change={"Resource": DEFAULT}),
        call("put_events", event(), put(DEFAULT, source("app")), label="of a source", change={"Condition": source("db")}),
    ]


def tags():
    of = dict(ResourceARN=RULE)
    return [
        call("tag_resource", dict(Tags=[{"Key": "a", "Value": "b"}], **of), need("events:TagResource", RULE)),
        call("list_tags_for_resource", of, need("events:ListTagsForResource", RULE)),
        call("untag_resource", dict(TagKeys=["a"], **of), need("events:UntagResource", RULE)),
    ]


def policies(events):
    """The policy of a bus, which may allow in place of the user's."""
    def let(statements):
        policy = {"Version": "2012-10-17", "Statement": [{"Sid": "own", **s} for s in statements]}
        events.put_permission(EventBusName="own", Policy=json.dumps(policy))

    return [
        call("put_permission", dict(EventBusName="own", StatementId="s", Action="events:PutEvents", Principal="111122223333"), need("events:PutPermission", "*")),
        call("remove_permission", dict(EventBusName="own", StatementId="s"), need("events:RemovePermission", "*")),
        call("put_events", dict(Entries=[{"Source": "app", "DetailType": "d", "Detail": "{}", "EventBusName": "own"}]), to("ana", "events:PutEvents", BUS), label="by the policy of the bus", let=let),
    ]
