"""Calls of SQS."""
from world import arn, caller, need

call = caller("sqs")
QUEUE, OTHER_QUEUE = arn("sqs", "queue"), arn("sqs", "letters")


def calls(root):
    sqs = root["sqs"]
    url = sqs.create_queue(QueueName="queue")["QueueUrl"]
    sqs.create_queue(QueueName="letters")
    return [*messages(sqs, url), *queues(url), *attributes(url)]


def messages(sqs, url):
    of = dict(QueueUrl=url)

    def received():
        """A message that was just received."""
        sqs.send_message(MessageBody="m", **of)
        return sqs.receive_message(**of)["Messages"][0]["ReceiptHandle"]

    def entries(**more):
        return dict(Entries=[{"Id": "1", "ReceiptHandle": received(), **more}], **of)

    send = dict(MessageBody="m", **of)
    return [
        call("send_message", send, need("sqs:SendMessage", QUEUE)),
        call("send_message", send, need("sqs:SendMessage", QUEUE), label="to another queue", change={"Resource": OTHER_QUEUE}),
        call("send_message", send, need("sqs:SendMessage", QUEUE, {"StringEquals": {"aws:username": "ana"}}),
             label="of a condition", change={"Condition": {"StringEquals": {"aws:username": "bob"}}}),
        call("send_message_batch", dict(Entries=[{"Id": "1", "MessageBody": "m"}, {"Id": "2", "MessageBody": "n"}], **of), need("sqs:SendMessage", QUEUE),
             proof=lambda a: len(a["Successful"]) == 2),
        call("receive_message", of, need("sqs:ReceiveMessage", QUEUE), proof=lambda a: a["Messages"]),
        call("change_message_visibility", lambda: dict(ReceiptHandle=received(), VisibilityTimeout=9, **of), need("sqs:ChangeMessageVisibility", QUEUE)),
        call("change_message_visibility_batch", lambda: entries(VisibilityTimeout=9), need("sqs:ChangeMessageVisibility", QUEUE)),
        call("delete_message", lambda: dict(ReceiptHandle=received(), **of), need("sqs:DeleteMessage", QUEUE)),
        call("delete_message_batch", entries, need("sqs:DeleteMessage", QUEUE)),
        call("purge_queue", of, need("sqs:PurgeQueue", QUEUE)),
    ]


def queues(url):
    second, tagged = arn("sqs", "second"), arn("sqs", "tagged.fifo")
    create = dict(QueueName="tagged.fifo", Attributes={"FifoQueue": "true"}, tags={"a": "b"})
    letters = url.replace("/queue", "/letters")
    return [
        call("create_queue", dict(QueueName="second"), need("sqs:CreateQueue", second)),
        call("create_queue", create, need("sqs:CreateQueue", tagged), need("sqs:TagQueue", tagged), label="with tags", differs=1),
        call("create_queue", {**create, "QueueName": "conditioned.fifo"}, need("sqs:CreateQueue", "*", {"StringEquals": {"aws:RequestTag/a": "b"}}), need("sqs:TagQueue", "*"),
             label="with the tag of a condition", change={"Condition": {"StringEquals": {"aws:RequestTag/a": "c"}}}),
        call("get_queue_url", dict(QueueName="queue"), need("sqs:GetQueueUrl", QUEUE), proof=lambda a: a["QueueUrl"] == url),
        call("list_queues", dict(), need("sqs:ListQueues", "*"), proof=lambda a: url in a["QueueUrls"]),
        call("list_dead_letter_source_queues", dict(QueueUrl=letters), need("sqs:ListDeadLetterSourceQueues", OTHER_QUEUE), change={"Resource": QUEUE}),
        call("delete_queue", dict(QueueUrl=url.replace("/queue", "/second")), need("sqs:DeleteQueue", second)),
    ]


def attributes(url):
    of = dict(QueueUrl=url)
    return [
        call("set_queue_attributes", dict(Attributes={"DelaySeconds": "0"}, **of), need("sqs:SetQueueAttributes", QUEUE)),
        call("get_queue_attributes", dict(AttributeNames=["All"], **of), need("sqs:GetQueueAttributes", QUEUE)),
        call("tag_queue", dict(Tags={"a": "b"}, **of), need("sqs:TagQueue", QUEUE, {"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}}),
             change={"Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["b"]}}}),
        call("list_queue_tags", of, need("sqs:ListQueueTags", QUEUE), proof=lambda a: a["Tags"] == {"a": "b"}),
        call("untag_queue", dict(TagKeys=["a"], **of), need("sqs:UntagQueue", QUEUE)),
        call("add_permission", dict(Label="l", AWSAccountIds=["111122223333"], Actions=["SendMessage"], **of), need("sqs:AddPermission", QUEUE)),
        call("remove_permission", dict(Label="l", **of), need("sqs:RemovePermission", QUEUE)),
    ]
