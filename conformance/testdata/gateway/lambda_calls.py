"""Calls of Lambda."""
import io
import zipfile

from world import ACCOUNT, arn, caller, client, need, other, tagged, to

call = caller("lambda")
F, LIVE, SECOND = arn("lambda", "function:f"), arn("lambda", "function:f:live"), arn("lambda", "function:second")
LAYER = arn("lambda", "layer:l")
ROLE = f"arn:aws:iam::{ACCOUNT}:role/for-functions"
TRUST = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}}'


def code():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        z.writestr("f.py", "def handler(event, context):\n    return event\n")
    return out.getvalue()


CODE = code()


def new(name, **more):
    return dict(FunctionName=name, Role=ROLE, Runtime="python3.12", Handler="f.handler", Code={"ZipFile": CODE}, **more)


def calls(root):
    fn = root["lambda"]
    client("iam").create_role(RoleName="for-functions", AssumeRolePolicyDocument=TRUST)
    fn.create_function(**new("f", Tags={"team": "blue"}))
    fn.create_function(**new("second"))
    fn.publish_layer_version(LayerName="l", Content={"ZipFile": CODE})
    version = fn.publish_version(FunctionName="f")["Version"]
    fn.create_alias(FunctionName="f", Name="live", FunctionVersion=version)
    return [*functions(), *qualified(version), *settings(fn), *layers(), *permissions(fn), *sources(fn, root["sqs"])]


def passing(service):
    return need("iam:PassRole", ROLE, tagged("iam:PassedToService", service))


def functions():
    role, of = passing("lambda.amazonaws.com"), dict(FunctionName="f")
    create = lambda name: need("lambda:CreateFunction", arn("lambda", f"function:{name}"))
    layered = lambda: need("lambda:CreateFunction", arn("lambda", "function:layered"), {"ForAllValues:StringEquals": {"lambda:Layer": [LAYER + ":1"]}})
    tags = [create("tagged"), need("lambda:TagResource", arn("lambda", "function:tagged"), tagged("aws:RequestTag/team", "blue")), role]
    return [
        call("create_function", new("one"), create("one"), role),
        call("create_function", new("two"), create("two"), role, label="with the role of another service", differs=1, change=other("iam:PassedToService", "ec2.amazonaws.com")),
        call("create_function", new("layered", Layers=[LAYER + ":1"]), layered(), need("lambda:GetLayerVersion", LAYER + ":1"), role, label="with a layer", differs=1),
        call("create_function", new("tagged", Tags={"team": "blue"}), *tags, label="with tags", differs=1, change=other("aws:RequestTag/team", "red")),
        call("get_function", of, need("lambda:GetFunction", F)),
        call("get_function", of, need("lambda:GetFunction", "*", tagged("aws:ResourceTag/team", "blue")), label="with a tag", change=other("aws:ResourceTag/team", "red")),
        call("get_function", dict(FunctionName=F), need("lambda:GetFunction", F), label="by its ARN", change={"Resource": SECOND}),
        call("get_function_configuration", of, need("lambda:GetFunctionConfiguration", F)),
        call("update_function_configuration", dict(Timeout=9, **of), need("lambda:UpdateFunctionConfiguration", F)),
        call("update_function_configuration", dict(Role=ROLE, **of), need("lambda:UpdateFunctionConfiguration", F), role, label="with a role", differs=1, change={"Action": "iam:GetRole"}),
        call("update_function_code", dict(ZipFile=CODE, **of), need("lambda:UpdateFunctionCode", F)),
        call("list_functions", dict(), need("lambda:ListFunctions", "*")),
        call("tag_resource", dict(Resource=F, Tags={"a": "b"}), need("lambda:TagResource", F)),
        call("list_tags", dict(Resource=F), need("lambda:ListTags", F)),
        call("untag_resource", dict(Resource=F, TagKeys=["a"]), need("lambda:UntagResource", F)),
        call("delete_function", dict(FunctionName="one"), need("lambda:DeleteFunction", arn("lambda", "function:one")), change={"Resource": F}),
    ]


def qualified(version):
    of = dict(FunctionName="f")
    return [
        call("publish_version", of, need("lambda:PublishVersion", F)),
        call("list_versions_by_function", of, need("lambda:ListVersionsByFunction", F)),
        call("create_alias", dict(Name="test", FunctionVersion=version, **of), need("lambda:CreateAlias", F)),
        call("get_alias", dict(Name="live", **of), need("lambda:GetAlias", F)),
        call("update_alias", dict(Name="live", Description="d", **of), need("lambda:UpdateAlias", F)),
        call("list_aliases", of, need("lambda:ListAliases", F)),
        call("get_function", dict(FunctionName="f", Qualifier="live"), need("lambda:GetFunction", LIVE), label="by an alias", change={"Resource": F}),
        call("get_function", dict(FunctionName="f:live"), need("lambda:GetFunction", LIVE), label="by a name with an alias", change={"Resource": F}),
        call("get_function", dict(FunctionName="f", Qualifier=version), need("lambda:GetFunction", f"{F}:{version}"), label="by a version", change={"Resource": LIVE}),
        call("delete_alias", dict(Name="test", **of), need("lambda:DeleteAlias", F)),
    ]


def settings(fn):
    of = dict(FunctionName="f")
    auth = lambda kind: tagged("lambda:FunctionUrlAuthType", kind)
    return [
        call("put_function_concurrency", dict(ReservedConcurrentExecutions=1, **of), need("lambda:PutFunctionConcurrency", F)),
        call("get_function_concurrency", of, need("lambda:GetFunctionConcurrency", F)),
        call("delete_function_concurrency", of, need("lambda:DeleteFunctionConcurrency", F)),
        call("put_function_event_invoke_config", dict(MaximumRetryAttempts=1, **of), need("lambda:PutFunctionEventInvokeConfig", F)),
        call("get_function_event_invoke_config", of, need("lambda:GetFunctionEventInvokeConfig", F)),
        call("delete_function_event_invoke_config", of, need("lambda:DeleteFunctionEventInvokeConfig", F)),
        call("create_function_url_config", dict(AuthType="AWS_IAM", **of), need("lambda:CreateFunctionUrlConfig", F, auth("AWS_IAM")), change={"Condition": auth("NONE")}),
        call("get_function_url_config", of, need("lambda:GetFunctionUrlConfig", F)),
        call("delete_function_url_config", of, need("lambda:DeleteFunctionUrlConfig", F)),
    ]


def layers():
    one = dict(LayerName="l", VersionNumber=1)
    return [
        call("publish_layer_version", dict(LayerName="l", Content={"ZipFile": CODE}), need("lambda:PublishLayerVersion", LAYER)),
        call("get_layer_version", one, need("lambda:GetLayerVersion", LAYER + ":1"), change={"Resource": LAYER + ":2"}),
        call("get_layer_version", dict(LayerName=LAYER, VersionNumber=1), need("lambda:GetLayerVersion", LAYER + ":1"), label="by the ARN of the layer", change={"Resource": LAYER}),
        call("list_layer_versions", dict(LayerName="l"), need("lambda:ListLayerVersions", "*")),
        call("list_layers", dict(), need("lambda:ListLayers", "*")),
        call("delete_layer_version", dict(LayerName="l", VersionNumber=2), need("lambda:DeleteLayerVersion", LAYER + ":2")),
    ]


def permissions(fn):
    """The policy of a function, which may allow in place of the user's."""
    of = dict(FunctionName="second")
    add = dict(StatementId="s", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com", **of)
    by_s3 = lambda who: {"StringEquals": {"lambda:Principal": who}}

    def let(statements):
        for s in statements:
            try:
                fn.remove_permission(StatementId="own", **of)
            except fn.exceptions.ResourceNotFoundException:
                pass
            fn.add_permission(StatementId="own", Action=s["Action"], Principal=s["Principal"]["AWS"], **of)

    return [
        call("add_permission", add, need("lambda:AddPermission", SECOND, by_s3("s3.amazonaws.com")), change={"Condition": by_s3("sns.amazonaws.com")}),
        call("get_policy", of, need("lambda:GetPolicy", SECOND)),
        call("remove_permission", dict(StatementId="s", **of), need("lambda:RemovePermission", SECOND)),
        call("get_function", of, to("ana", "lambda:GetFunction"), label="by the policy of the function", let=let),
    ]


def sources(fn, sqs):
    """What brings events to a function."""
    sqs.create_queue(QueueName="events")
    made = {}

    def create(c):
        made["UUID"] = c.create_event_source_mapping(FunctionName="f", EventSourceArn=arn("sqs", "events"))["UUID"]

    function = lambda f: {"ArnEquals": {"lambda:FunctionArn": f}}
    of = lambda: dict(made)
    return [
        call("create_event_source_mapping", dict(), need("lambda:CreateEventSourceMapping", "*", function(F)), change={"Condition": function(SECOND)}, send=create),
        call("list_event_source_mappings", dict(), need("lambda:ListEventSourceMappings", "*")),
        call("get_event_source_mapping", of, need("lambda:GetEventSourceMapping", "*", function(F)), change={"Condition": function(SECOND)}),
        call("delete_event_source_mapping", of, need("lambda:DeleteEventSourceMapping", arn("lambda", "event-source-mapping:*"), function(F)), change={"Condition": function(SECOND)}),
    ]
