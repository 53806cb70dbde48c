"""Calls of Step Functions."""
import json

from world import ACCOUNT, arn, caller, client, need, other, tagged

call = caller("stepfunctions")
ROLE = f"arn:aws:iam::{ACCOUNT}:role/for-machines"
TRUST = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"states.amazonaws.com"},"Action":"sts:AssumeRole"}}'
M, SECOND = arn("states", "stateMachine:m"), arn("states", "stateMachine:second")
DEFINITION = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})


def calls(root):
    states = root["stepfunctions"]
    client("iam").create_role(RoleName="for-machines", AssumeRolePolicyDocument=TRUST)
    new = dict(definition=DEFINITION, roleArn=ROLE)
    states.create_state_machine(name="m", tags=[{"key": "team", "value": "blue"}], **new)
    version = states.create_state_machine(name="second", publish=True, **new)["stateMachineVersionArn"]
    return [*machines(new), *executions(states), *aliases(version), *tags()]


def machines(new):
    of, role = dict(stateMachineArn=M), need("iam:PassRole", ROLE, tagged("iam:PassedToService", "states.amazonaws.com"))
    create = lambda name: need("states:CreateStateMachine", arn("states", f"stateMachine:{name}"))
    publish = need("states:PublishStateMachineVersion", arn("states", "stateMachine:published"))
    tags = [create("tagged"), need("states:TagResource", arn("states", "stateMachine:tagged")), role]
    return [
        call("create_state_machine", dict(name="new", **new), create("new"), role, change={"Resource": M}),
        call("create_state_machine", dict(name="passed", **new), create("passed"), role, label="with the role of another service", differs=1,
             change=other("iam:PassedToService", "lambda.amazonaws.com")),
        call("create_state_machine", dict(name="tagged", tags=[{"key": "a", "value": "b"}], **new), *tags, label="with tags", differs=1),
        call("create_state_machine", dict(name="published", publish=True, **new), create("published"), role, publish, label="with a version", differs=2),
        call("describe_state_machine", of, need("states:DescribeStateMachine", M), change={"Resource": SECOND}),
        call("describe_state_machine", of, need("states:DescribeStateMachine", "*", tagged("aws:ResourceTag/team", "blue")), label="with a tag", change=other("aws:ResourceTag/team", "red")),
        call("list_state_machines", dict(), need("states:ListStateMachines", "*")),
        call("update_state_machine", dict(definition=DEFINITION, **of), need("states:UpdateStateMachine", M)),
        call("delete_state_machine", dict(stateMachineArn=arn("states", "stateMachine:new")), need("states:DeleteStateMachine", arn("states", "stateMachine:new")), change={"Resource": M}),
    ]


def executions(states):
    run = arn("states", "execution:m:run")
    states.start_execution(stateMachineArn=M, name="run")
    of = dict(executionArn=run)
    return [
        call("start_execution", dict(stateMachineArn=M), need("states:StartExecution", M), change={"Resource": SECOND}),
        call("list_executions", dict(stateMachineArn=M), need("states:ListExecutions", M)),
        call("describe_execution", of, need("states:DescribeExecution", run), change={"Resource": arn("states", "execution:second:run")}),
        call("describe_state_machine_for_execution", of, need("states:DescribeStateMachineForExecution", run)),
        call("get_execution_history", of, need("states:GetExecutionHistory", run)),
        call("stop_execution", of, need("states:StopExecution", run)),
    ]


def aliases(version):
    of = dict(stateMachineAliasArn=SECOND + ":PROD")
    qualifier = lambda q: {"ForAnyValue:StringEquals": {"states:StateMachineQualifier": q}}
    route = dict(routingConfiguration=[{"stateMachineVersionArn": version, "weight": 100}])
    return [
        call("create_state_machine_alias", dict(name="PROD", **route), need("states:CreateStateMachineAlias", SECOND), change={"Resource": M}),
        call("describe_state_machine_alias", of, need("states:DescribeStateMachineAlias", SECOND, qualifier("PROD")), change={"Condition": qualifier("TEST")}),
        call("list_state_machine_aliases", dict(stateMachineArn=SECOND), need("states:ListStateMachineAliases", SECOND)),
        call("delete_state_machine_alias", of, need("states:DeleteStateMachineAlias", SECOND)),
    ]


def tags():
    of = dict(resourceArn=M)
    return [
        call("tag_resource", dict(tags=[{"key": "a", "value": "b"}], **of), need("states:TagResource", M)),
        call("list_tags_for_resource", of, need("states:ListTagsForResource", M)),
        call("untag_resource", dict(tagKeys=["a"], **of), need("states:UntagResource", M)),
    ]
