"""Calls of ECR."""
from world import arn, caller, document, need, other, tagged, to

call = caller("ecr")
ONE, TWO = arn("ecr", "repository/app/one"), arn("ecr", "repository/two")


def calls(root):
    ecr = root["ecr"]
    ecr.create_repository(repositoryName="app/one", tags=[{"Key": "team", "Value": "blue"}])
    ecr.create_repository(repositoryName="two")
    return [*repositories(), *tags(), *policies(ecr)]


def repositories():
    new, of = arn("ecr", "repository/new"), dict(repositoryName="app/one")
    rules = '{"rules":[{"rulePriority":1,"selection":{"tagStatus":"untagged","countType":"imageCountMoreThan","countNumber":1},"action":{"type":"expire"}}]}'
    return [
        call("create_repository", dict(repositoryName="new"), need("ecr:CreateRepository", new), change={"Resource": ONE}),
        call("create_repository", dict(repositoryName="tagged", tags=[{"Key": "a", "Value": "b"}]), need("ecr:CreateRepository", "*"), need("ecr:TagResource", "*"), label="with tags", differs=1),
        call("describe_repositories", dict(repositoryNames=["app/one"]), need("ecr:DescribeRepositories", ONE), change={"Resource": TWO}),
        call("describe_repositories", dict(repositoryNames=["app/one"]), need("ecr:DescribeRepositories", "*", tagged("ecr:ResourceTag/team", "blue")), label="with a tag",
             change=other("ecr:ResourceTag/team", "red")),
        call("list_images", of, need("ecr:ListImages", ONE)),
        call("describe_images", of, need("ecr:DescribeImages", ONE)),
        call("put_image_tag_mutability", dict(imageTagMutability="IMMUTABLE", **of), need("ecr:PutImageTagMutability", ONE)),
        call("put_image_scanning_configuration", dict(imageScanningConfiguration={"scanOnPush": True}, **of), need("ecr:PutImageScanningConfiguration", ONE)),
        call("put_lifecycle_policy", dict(lifecyclePolicyText=rules, **of), need("ecr:PutLifecyclePolicy", ONE)),
        call("get_lifecycle_policy", of, need("ecr:GetLifecyclePolicy", ONE)),
        call("delete_lifecycle_policy", of, need("ecr:DeleteLifecyclePolicy", ONE)),
        call("get_authorization_token", dict(), need("ecr:GetAuthorizationToken", "*")),
        call("delete_repository", dict(repositoryName="new"), need("ecr:DeleteRepository", new), change={"Resource": ONE}),
    ]


def tags():
    of = dict(resourceArn=ONE)
    return [
        call("tag_resource", dict(tags=[{"Key": "a", "Value": "b"}], **of), need("ecr:TagResource", ONE, tagged("aws:RequestTag/a", "b")), change=other("aws:RequestTag/a", "c")),
        call("list_tags_for_resource", of, need("ecr:ListTagsForResource", ONE)),
        call("untag_resource", dict(tagKeys=["a"], **of), need("ecr:UntagResource", ONE)),
    ]


def policies(ecr):
    """The policy of a repository, which may allow in place of the user's."""
    of = dict(repositoryName="two")
    statement = lambda name: {k: v for k, v in to(name, "ecr:ListImages").items() if k != "Resource"}
    let = lambda statements: ecr.set_repository_policy(policyText=document(statements), **of)
    return [
        call("set_repository_policy", dict(policyText=document([statement("bob")]), **of), need("ecr:SetRepositoryPolicy", TWO)),
        call("get_repository_policy", of, need("ecr:GetRepositoryPolicy", TWO)),
        call("delete_repository_policy", of, need("ecr:DeleteRepositoryPolicy", TWO)),
        call("list_images", of, statement("ana"), label="by the policy of the repository", let=let),
    ]
