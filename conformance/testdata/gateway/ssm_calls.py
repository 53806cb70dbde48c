"""Calls of Systems Manager: its parameters and documents."""
import json

from world import arn, caller, need, other, tagged

call = caller("ssm")
ONE, TWO = arn("ssm", "parameter/app/one"), arn("ssm", "parameter/two")


def calls(root):
    ssm = root["ssm"]
    ssm.put_parameter(Name="/app/one", Value="1", Type="String", Tags=[{"Key": "team", "Value": "blue"}])
    ssm.put_parameter(Name="two", Value="2", Type="String")
    return [*parameters(), *tags(), *documents()]


def parameters():
    new, get = arn("ssm", "parameter/new"), need("ssm:GetParameters", ONE)
    under = arn("ssm", "parameter/app/")
    recursive = lambda b: {"Bool": {"ssm:Recursive": b}}
    return [
        call("put_parameter", dict(Name="new", Value="n", Type="String"), need("ssm:PutParameter", new), change={"Resource": ONE}),
        call("put_parameter", dict(Name="/app/one", Value="n", Type="String", Overwrite=True), need("ssm:PutParameter", ONE), label="of a path", change={"Resource": arn("ssm", "parameter/one")}),
        call("put_parameter", dict(Name="tagged", Value="n", Type="String", Tags=[{"Key": "a", "Value": "b"}]), need("ssm:PutParameter", "*"), need("ssm:AddTagsToResource", "*"),
             label="with tags", differs=1),
        call("get_parameter", dict(Name="/app/one"), need("ssm:GetParameter", ONE), change={"Resource": TWO}),
        call("get_parameter", dict(Name="/app/one:1"), need("ssm:GetParameter", ONE), label="of a version", change={"Resource": ONE + ":1"}),
        call("get_parameter", dict(Name="two"), need("ssm:GetParameter", TWO), label="without a path"),
        call("get_parameter", dict(Name="/app/one"), need("ssm:GetParameter", "*", tagged("aws:ResourceTag/team", "blue")), label="with a tag", change=other("aws:ResourceTag/team", "red")),
        call("get_parameters", dict(Names=["/app/one", "two"]), get, need("ssm:GetParameters", TWO), differs=1, change={"Resource": ONE}, proof=lambda a: len(a["Parameters"]) == 2),
        call("get_parameters_by_path", dict(Path="/app/"), need("ssm:GetParametersByPath", under), change={"Resource": TWO}),
        call("get_parameters_by_path", dict(Path="/app/", Recursive=True), need("ssm:GetParametersByPath", under, recursive("true")), label="of all levels", change={"Condition": recursive("false")}),
        call("get_parameter_history", dict(Name="two"), need("ssm:GetParameterHistory", TWO)),
        call("label_parameter_version", dict(Name="two", Labels=["l"]), need("ssm:LabelParameterVersion", TWO)),
        call("describe_parameters", dict(), need("ssm:DescribeParameters", "*")),
        call("delete_parameter", dict(Name="new"), need("ssm:DeleteParameter", new)),
        call("delete_parameters", dict(Names=["tagged"]), need("ssm:DeleteParameters", arn("ssm", "parameter/tagged"))),
    ]


def tags():
    of = dict(ResourceType="Parameter", ResourceId="/app/one")
    return [
        call("add_tags_to_resource", dict(Tags=[{"Key": "a", "Value": "b"}], **of), need("ssm:AddTagsToResource", ONE), change={"Resource": TWO}),
        call("list_tags_for_resource", of, need("ssm:ListTagsForResource", ONE)),
        call("remove_tags_from_resource", dict(TagKeys=["a"], **of), need("ssm:RemoveTagsFromResource", ONE)),
    ]


def documents():
    content = json.dumps({"schemaVersion": "2.2", "description": "d", "parameters": {}, "mainSteps": [{"action": "aws:runShellScript", "name": "s", "inputs": {"runCommand": ["true"]}}]})
    at = arn("ssm", "document/own")
    return [
        call("create_document", dict(Name="own", Content=content, DocumentType="Command"), need("ssm:CreateDocument", at)),
        call("get_document", dict(Name="own"), need("ssm:GetDocument", at)),
        call("describe_document", dict(Name="own"), need("ssm:DescribeDocument", at)),
        call("delete_document", dict(Name="own"), need("ssm:DeleteDocument", at)),
    ]
