"""Calls of Kinesis."""
from world import arn, caller, document, need, other, tagged, to

call = caller("kinesis")
STREAM, SECOND = arn("kinesis", "stream/one"), arn("kinesis", "stream/two")


def calls(root):
    kinesis = root["kinesis"]
    for name in ("one", "two"):
        kinesis.create_stream(StreamName=name, ShardCount=1)
    kinesis.add_tags_to_stream(StreamName="one", Tags={"team": "blue"})
    return [*streams(), *records(kinesis), *policies(kinesis)]


def streams():
    new, of = arn("kinesis", "stream/new"), dict(StreamName="one")
    return [
        call("create_stream", dict(StreamName="new", ShardCount=1), need("kinesis:CreateStream", new), change={"Resource": STREAM}),
        call("describe_stream", of, need("kinesis:DescribeStream", STREAM)),
        call("describe_stream_summary", dict(StreamARN=STREAM), need("kinesis:DescribeStreamSummary", STREAM), label="by its ARN", change={"Resource": SECOND}),
        call("describe_stream", of, need("kinesis:DescribeStream", "*", tagged("aws:ResourceTag/team", "blue")), label="with a tag", change=other("aws:ResourceTag/team", "red")),
        call("list_streams", dict(), need("kinesis:ListStreams", "*")),
        call("list_shards", of, need("kinesis:ListShards", STREAM)),
        call("increase_stream_retention_period", dict(RetentionPeriodHours=48, **of), need("kinesis:IncreaseStreamRetentionPeriod", STREAM)),
        call("decrease_stream_retention_period", dict(RetentionPeriodHours=24, **of), need("kinesis:DecreaseStreamRetentionPeriod", STREAM)),
        call("add_tags_to_stream", dict(Tags={"a": "b"}, **of), need("kinesis:AddTagsToStream", STREAM)),
        call("list_tags_for_stream", of, need("kinesis:ListTagsForStream", STREAM)),
        call("remove_tags_from_stream", dict(TagKeys=["a"], **of), need("kinesis:RemoveTagsFromStream", STREAM)),
        call("delete_stream", dict(StreamName="new"), need("kinesis:DeleteStream", new)),
    ]


def records(kinesis):
    of, data = dict(StreamName="one"), dict(Data=b"x", PartitionKey="p")
    shard = dict(ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON", **of)
    iterator = lambda: dict(ShardIterator=kinesis.get_shard_iterator(**shard)["ShardIterator"])
    return [
        call("put_record", dict(**data, **of), need("kinesis:PutRecord", STREAM)),
        call("put_records", dict(Records=[data], **of), need("kinesis:PutRecords", STREAM), change={"Resource": SECOND}),
        call("get_shard_iterator", shard, need("kinesis:GetShardIterator", STREAM)),
        call("get_records", iterator, need("kinesis:GetRecords", STREAM), label="by an iterator", change={"Resource": SECOND}, proof=lambda a: a["Records"]),
    ]


def policies(kinesis):
    """The policy of a stream, which may allow in place of the user's."""
    of = dict(ResourceARN=SECOND)
    let = lambda statements: kinesis.put_resource_policy(Policy=document(statements), **of)
    return [
        call("put_resource_policy", dict(Policy=document([to("bob", "kinesis:PutRecord", SECOND)]), **of), need("kinesis:PutResourcePolicy", SECOND)),
        call("get_resource_policy", of, need("kinesis:GetResourcePolicy", SECOND)),
        call("delete_resource_policy", of, need("kinesis:DeleteResourcePolicy", SECOND)),
        call("put_record", dict(StreamName="two", Data=b"x", PartitionKey="p"), to("ana", "kinesis:PutRecord", SECOND), label="by the policy of the stream", let=let),
    ]
