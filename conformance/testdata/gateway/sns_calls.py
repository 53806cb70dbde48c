"""Calls of SNS."""
from world import arn, caller, need

call = caller("sns")
TOPIC = arn("sns", "topic")
QUEUE = arn("sqs", "queue")
TAGS = [{"Key": "a", "Value": "b"}]
NUMBER = "+447911123456"  # of the range that nobody has


def calls(root):
    sns = root["sns"]
    sns.create_topic(Name="topic")
    return [*topics(), *messages(sns), *subscriptions(sns), *tags(), *phones(), *devices(sns)]


def topics():
    second, tagged = arn("sns", "second"), arn("sns", "tagged")
    of = dict(TopicArn=TOPIC)
    return [
        call("create_topic", dict(Name="second"), need("sns:CreateTopic", second), change={"Resource": TOPIC}),
        call("create_topic", dict(Name="tagged", Tags=TAGS), need("sns:CreateTopic", tagged), need("sns:TagResource", tagged), label="with tags", differs=1),
        call("list_topics", dict(), need("sns:ListTopics", "*"), proof=lambda a: len(a["Topics"]) >= 3),
        call("get_topic_attributes", of, need("sns:GetTopicAttributes", TOPIC)),
        call("set_topic_attributes", dict(AttributeName="DisplayName", AttributeValue="d", **of), need("sns:SetTopicAttributes", TOPIC)),
        call("add_permission", dict(Label="l", AWSAccountId=["111122223333"], ActionName=["Publish"], **of), need("sns:AddPermission", TOPIC)),
        call("remove_permission", dict(Label="l", **of), need("sns:RemovePermission", TOPIC)),
        call("delete_topic", dict(TopicArn=second), need("sns:DeleteTopic", second), change={"Resource": TOPIC}),
    ]


def messages(sns):
    entries = [{"Id": "1", "Message": "m"}, {"Id": "2", "Message": "n"}]
    return [
        call("publish", dict(TopicArn=TOPIC, Message="m"), need("sns:Publish", TOPIC)),
        call("publish", dict(TargetArn=TOPIC, Message="m"), need("sns:Publish", TOPIC), label="to a target", change={"Resource": arn("sns", "second")}),
        call("publish_batch", dict(TopicArn=TOPIC, PublishBatchRequestEntries=entries), need("sns:Publish", TOPIC), proof=lambda a: len(a["Successful"]) == 2),
    ]


def subscriptions(sns):
    to_queue = dict(TopicArn=TOPIC, Protocol="sqs", Endpoint=QUEUE)
    subscription = sns.subscribe(ReturnSubscriptionArn=True, **to_queue)["SubscriptionArn"]
    of = dict(SubscriptionArn=subscription)
    protocol = {"StringEquals": {"sns:Protocol": "sqs"}}
    endpoint = {"StringLike": {"sns:Endpoint": "*:queue"}}
    return [
        call("subscribe", to_queue, need("sns:Subscribe", TOPIC)),
        call("subscribe", to_queue, need("sns:Subscribe", TOPIC, protocol), label="of a protocol", change={"Condition": {"StringEquals": {"sns:Protocol": "https"}}}),
        call("subscribe", to_queue, need("sns:Subscribe", TOPIC, endpoint), label="of an endpoint", change={"Condition": {"StringLike": {"sns:Endpoint": "*:letters"}}}),
        call("get_subscription_attributes", of, need("sns:GetSubscriptionAttributes", TOPIC)),
        call("set_subscription_attributes", dict(AttributeName="RawMessageDelivery", AttributeValue="true", **of), need("sns:SetSubscriptionAttributes", TOPIC)),
        call("list_subscriptions", dict(), need("sns:ListSubscriptions", "*")),
        call("list_subscriptions_by_topic", dict(TopicArn=TOPIC), need("sns:ListSubscriptionsByTopic", TOPIC), proof=lambda a: a["Subscriptions"]),
        call("unsubscribe", of, need("sns:Unsubscribe", TOPIC)),
    ]


def tags():
    of = dict(ResourceArn=TOPIC)
    return [
        call("tag_resource", dict(Tags=TAGS, **of), need("sns:TagResource", TOPIC)),
        call("tag_resource", dict(Tags=TAGS, **of), need("sns:TagResource", TOPIC, {"StringEquals": {"aws:RequestTag/a": "b"}}),
             label="of a condition", change={"Condition": {"StringEquals": {"aws:RequestTag/a": "c"}}}),
        call("list_tags_for_resource", of, need("sns:ListTagsForResource", TOPIC), proof=lambda a: a["Tags"] == TAGS),
        call("untag_resource", dict(TagKeys=["a"], **of), need("sns:UntagResource", TOPIC)),
    ]


def phones():
    """Only a star in a policy matches a phone number."""
    return [
        call("publish", dict(PhoneNumber=NUMBER, Message="m"), need("sns:Publish", "*"), label="to a phone number", change={"Resource": "arn:aws:sns:*:*:*"}),
        call("check_if_phone_number_is_opted_out", dict(phoneNumber=NUMBER), need("sns:CheckIfPhoneNumberIsOptedOut", "*")),
        call("list_phone_numbers_opted_out", dict(), need("sns:ListPhoneNumbersOptedOut", "*")),
        call("opt_in_phone_number", dict(phoneNumber=NUMBER), need("sns:OptInPhoneNumber", "*")),
        call("set_sms_attributes", dict(attributes={"DefaultSMSType": "Promotional"}), need("sns:SetSMSAttributes", "*")),
        call("get_sms_attributes", dict(), need("sns:GetSMSAttributes", "*")),
    ]


def devices(sns):
    """Applications of devices, and their endpoints."""
    application = sns.create_platform_application(Name="app", Platform="GCM", Attributes={})["PlatformApplicationArn"]
    endpoint = sns.create_platform_endpoint(PlatformApplicationArn=application, Token="one")["EndpointArn"]
    return [
        call("create_platform_application", dict(Name="second", Platform="GCM", Attributes={}), need("sns:CreatePlatformApplication", "*")),
        call("list_platform_applications", dict(), need("sns:ListPlatformApplications", "*")),
        call("create_platform_endpoint", dict(PlatformApplicationArn=application, Token="two"), need("sns:CreatePlatformEndpoint", "*")),
        call("get_endpoint_attributes", dict(EndpointArn=endpoint), need("sns:GetEndpointAttributes", "*")),
        call("set_endpoint_attributes", dict(EndpointArn=endpoint, Attributes={"Enabled": "true"}), need("sns:SetEndpointAttributes", "*")),
        call("publish", dict(TargetArn=endpoint, Message="m"), need("sns:Publish", endpoint), label="to an endpoint", change={"Resource": TOPIC}),
        call("delete_endpoint", dict(EndpointArn=endpoint), need("sns:DeleteEndpoint", "*")),
        call("delete_platform_application", dict(PlatformApplicationArn=application), need("sns:DeletePlatformApplication", "*")),
    ]
