"""Calls of Secrets Manager."""
from world import Denial, arn, caller, document, need, other, tagged, to

call = caller("secretsmanager")


def calls(root):
    sm = root["secretsmanager"]
    one = sm.create_secret(Name="one", SecretString="1", Tags=[{"Key": "team", "Value": "blue"}])["ARN"]
    two = sm.create_secret(Name="two", SecretString="2")["ARN"]
    return [*secrets(one, two), *values(sm, one, two), *policies(sm, two)]


def secrets(one, two):
    new, of = arn("secretsmanager", "secret:new-??????"), dict(SecretId="one")
    tags = [{"Key": "a", "Value": "b"}]
    return [
        call("create_secret", dict(Name="new", SecretString="n"), need("secretsmanager:CreateSecret", new), change={"Resource": one}),
        call("create_secret", dict(Name="tagged", SecretString="n", Tags=tags), need("secretsmanager:CreateSecret", "*"), need("secretsmanager:TagResource", "*"), label="with tags", differs=1),
        call("describe_secret", of, need("secretsmanager:DescribeSecret", one), change={"Resource": two}),
        call("describe_secret", dict(SecretId=one), need("secretsmanager:DescribeSecret", one), label="by its ARN", change={"Resource": two}),
        call("describe_secret", of, need("secretsmanager:DescribeSecret", "*", tagged("secretsmanager:ResourceTag/team", "blue")), label="with a tag",
             change=other("secretsmanager:ResourceTag/team", "red")),
        call("list_secrets", dict(), need("secretsmanager:ListSecrets", "*")),
        call("update_secret", dict(Description="d", **of), need("secretsmanager:UpdateSecret", one)),
        call("tag_resource", dict(Tags=tags, **of), need("secretsmanager:TagResource", one, tagged("aws:RequestTag/a", "b")), change=other("aws:RequestTag/a", "c")),
        call("untag_resource", dict(TagKeys=["a"], **of), need("secretsmanager:UntagResource", one)),
        call("delete_secret", dict(SecretId="new"), need("secretsmanager:DeleteSecret", new.replace("??????", "*")), change={"Resource": one}),
        call("restore_secret", dict(SecretId="new"), need("secretsmanager:RestoreSecret", new.replace("??????", "*")), change={"Resource": one}),
    ]


def values(sm, one, two):
    of = dict(SecretId="one")
    get = lambda resource: need("secretsmanager:GetSecretValue", resource)
    batch = need("secretsmanager:BatchGetSecretValue", "*")
    stage = lambda s: {"StringEquals": {"secretsmanager:VersionStage": s}}
    both = dict(SecretIdList=["one", "two"])
    return [
        call("get_secret_value", of, get(one), change={"Resource": two}, proof=lambda a: a["SecretString"] == "1"),
        call("get_secret_value", of, get(one[:-6] + "??????"), label="by a pattern", change={"Resource": one[:-7] + "?????"}),
        call("get_secret_value", dict(VersionStage="AWSCURRENT", **of), need("secretsmanager:GetSecretValue", one, stage("AWSCURRENT")), label="of a stage",
             change={"Condition": stage("AWSPREVIOUS")}),
        call("put_secret_value", dict(SecretString="1", **of), need("secretsmanager:PutSecretValue", one)),
        call("list_secret_version_ids", of, need("secretsmanager:ListSecretVersionIds", one)),
        call("batch_get_secret_value", both, batch, get(one), get(two), proof=lambda a: len(a["SecretValues"]) == 2 and not a.get("Errors")),
        call("batch_get_secret_value", both, batch, get(one), get(two), label="without one of them", differs=2, change={"Resource": one},
             denial=Denial("AccessDeniedException", 200, in_answer=lambda a: [a["SecretValues"][0]["Name"] == "one" and e["ErrorCode"] for e in a["Errors"] if e["SecretId"] == "two"][0]),
             proof=lambda a: len(a["SecretValues"]) == 2),
    ]


def policies(sm, two):
    """The policy of a secret, which may allow in place of the user's."""
    of = dict(SecretId="two")
    mine = document([to("bob", "secretsmanager:GetSecretValue")])
    let = lambda statements: sm.put_resource_policy(ResourcePolicy=document(statements), **of)
    return [
        call("put_resource_policy", dict(ResourcePolicy=mine, **of), need("secretsmanager:PutResourcePolicy", two)),
        call("get_resource_policy", of, need("secretsmanager:GetResourcePolicy", two)),
        call("delete_resource_policy", of, need("secretsmanager:DeleteResourcePolicy", two)),
        call("get_secret_value", of, to("ana", "secretsmanager:GetSecretValue"), label="by the policy of the secret", let=let),
        call("get_secret_value", of, to("ana", "secretsmanager:GetSecretValue"), label="by the policy of the secret, which names the user", let=let,
             change={"Principal": to("bob", "")["Principal"]}),
    ]
