"""Calls of CloudWatch Logs."""
import time

from world import arn, caller, need, other, tagged

call = caller("logs")
GROUP, OTHER_GROUP = arn("logs", "log-group:/app/web:*"), arn("logs", "log-group:/app/db:*")
STREAM = arn("logs", "log-group:/app/web:log-stream:one")


def calls(root):
    logs = root["logs"]
    logs.create_log_group(logGroupName="/app/web", tags={"team": "blue"})
    logs.create_log_group(logGroupName="/app/db")
    logs.create_log_stream(logGroupName="/app/web", logStreamName="one")
    return [*groups(), *streams(), *filters(), *tags()]


def groups():
    new, of = arn("logs", "log-group:new:*"), dict(logGroupName="/app/web")
    tags = [need("logs:CreateLogGroup", "*"), need("logs:TagResource", "*")]
    return [
        call("create_log_group", dict(logGroupName="new"), need("logs:CreateLogGroup", new), change={"Resource": GROUP}),
        call("create_log_group", dict(logGroupName="tagged", tags={"a": "b"}), *tags, label="with tags", differs=1),
        call("describe_log_groups", dict(), need("logs:DescribeLogGroups", "*")),
        call("put_retention_policy", dict(retentionInDays=7, **of), need("logs:PutRetentionPolicy", GROUP)),
        call("delete_retention_policy", of, need("logs:DeleteRetentionPolicy", GROUP)),
        call("delete_log_group", dict(logGroupName="new"), need("logs:DeleteLogGroup", new), change={"Resource": GROUP}),
    ]


def streams():
    of, one = dict(logGroupName="/app/web"), dict(logGroupName="/app/web", logStreamName="one")
    events = lambda: dict(logEvents=[{"timestamp": int(time.time() * 1000), "message": "m"}], **one)
    return [
        call("create_log_stream", dict(logStreamName="two", **of), need("logs:CreateLogStream", GROUP)),
        call("create_log_stream", dict(logStreamName="three", **of), need("logs:CreateLogStream", GROUP), label="in another group", change={"Resource": OTHER_GROUP}),
        call("put_log_events", events, need("logs:PutLogEvents", STREAM)),
        call("put_log_events", events, need("logs:PutLogEvents", STREAM), label="into another stream", change={"Resource": STREAM.replace("one", "two")}),
        call("get_log_events", one, need("logs:GetLogEvents", STREAM), proof=lambda a: a["events"]),
        call("filter_log_events", of, need("logs:FilterLogEvents", GROUP)),
        call("filter_log_events", of, need("logs:FilterLogEvents", "*", tagged("aws:ResourceTag/team", "blue")), label="with a tag", change=other("aws:ResourceTag/team", "red")),
        call("describe_log_streams", of, need("logs:DescribeLogStreams", GROUP)),
        call("delete_log_stream", dict(logStreamName="two", **of), need("logs:DeleteLogStream", STREAM.replace("one", "two")), change={"Resource": STREAM}),
    ]


def filters():
    of = dict(logGroupName="/app/web", filterName="f")
    metric = dict(filterPattern="", metricTransformations=[{"metricName": "m", "metricNamespace": "n", "metricValue": "1"}])
    return [
        call("put_metric_filter", dict(**of, **metric), need("logs:PutMetricFilter", GROUP)),
        call("describe_metric_filters", dict(logGroupName="/app/web"), need("logs:DescribeMetricFilters", GROUP)),
        call("delete_metric_filter", of, need("logs:DeleteMetricFilter", GROUP)),
    ]


def tags():
    of = dict(resourceArn=arn("logs", "log-group:/app/web"))
    return [
        call("tag_resource", dict(tags={"a": "b"}, **of), need("logs:TagResource", "*", tagged("aws:RequestTag/a", "b")), change=other("aws:RequestTag/a", "c")),
        call("list_tags_for_resource", of, need("logs:ListTagsForResource", "*")),
        call("untag_resource", dict(tagKeys=["a"], **of), need("logs:UntagResource", "*")),
    ]
