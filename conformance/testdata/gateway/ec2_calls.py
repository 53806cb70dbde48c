"""Calls of EC2."""
from world import ACCOUNT, REGION, arn, caller, client, need, other, tagged

call = caller("ec2")
ROLE = f"arn:aws:iam::{ACCOUNT}:role/for-instances"
TRUST = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}'


def calls(root):
    ec2 = root["ec2"]
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="g", Description="d", VpcId=vpc)["GroupId"]
    ec2.create_key_pair(KeyName="k")
    return [*launches(image, subnet, group), *instances(ec2, image, subnet), *made(vpc), *groups(group, vpc), *tags(group)]


def launches(image, subnet, group):
    """An instance needs the permission on all that it is made of."""
    run = dict(ImageId=image, InstanceType="t3.micro", MinCount=1, MaxCount=1, SubnetId=subnet, SecurityGroupIds=[group], KeyName="k")
    image_arn = f"arn:aws:ec2:{REGION}::image/{image}"
    resources = {
        "instance": arn("ec2", "instance/*"), "image": image_arn, "subnet": arn("ec2", f"subnet/{subnet}"), "security group": arn("ec2", f"security-group/{group}"),
        "network interface": arn("ec2", "network-interface/*"), "volume": arn("ec2", "volume/*"), "key pair": arn("ec2", "key-pair/k"),
    }
    needs = [need("ec2:RunInstances", r) for r in resources.values()]
    all = need("ec2:RunInstances", "*")
    spec = lambda kind: dict(TagSpecifications=[{"ResourceType": kind, "Tags": [{"Key": "team", "Value": "blue"}]}])
    kind = lambda t: [need("ec2:RunInstances", resources["instance"], tagged("ec2:InstanceType", t)), *needs[1:]]
    tag = need("ec2:CreateTags", resources["instance"], tagged("ec2:CreateAction", "RunInstances"))
    team = [need("ec2:RunInstances", resources["instance"], tagged("aws:RequestTag/team", "blue")), *needs[1:], tag]
    return [
        *(call("run_instances", run, *needs, label=f"without the {name}", differs=i) for i, name in enumerate(resources)),
        call("run_instances", run, *kind("t3.micro"), label="of a type", change=other("ec2:InstanceType", "t3.large")),
        call("run_instances", {**run, **spec("instance")}, all, tag, label="with tags", differs=1, change=other("ec2:CreateAction", "CreateVolume")),
        call("run_instances", {**run, **spec("instance")}, *team, label="with the tag of a condition", change=other("aws:RequestTag/team", "red")),
    ]


def instances(ec2, image, subnet):
    iam = client("iam")
    iam.create_role(RoleName="for-instances", AssumeRolePolicyDocument=TRUST)
    id = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, SubnetId=subnet, TagSpecifications=[
        {"ResourceType": "instance", "Tags": [{"Key": "team", "Value": "blue"}]}])["Instances"][0]["InstanceId"]
    of, at = dict(InstanceIds=[id]), arn("ec2", f"instance/{id}")
    return [
        call("describe_instances", of, need("ec2:DescribeInstances", "*")),
        call("stop_instances", of, need("ec2:StopInstances", at), change={"Resource": at + "0"}),
        call("start_instances", of, need("ec2:StartInstances", "*", tagged("ec2:ResourceTag/team", "blue")), label="with a tag", change=other("ec2:ResourceTag/team", "red")),
        call("reboot_instances", of, need("ec2:RebootInstances", at)),
        call("terminate_instances", of, need("ec2:TerminateInstances", "*", tagged("aws:ResourceTag/team", "blue")), label="with a tag", change=other("aws:ResourceTag/team", "red")),
    ]


def made(vpc):
    spec = lambda kind: dict(TagSpecifications=[{"ResourceType": kind, "Tags": [{"Key": "a", "Value": "b"}]}])
    zone = dict(AvailabilityZone=REGION + "a", Size=8)
    volume, vpcs = arn("ec2", "volume/*"), arn("ec2", "vpc/*")
    kind = lambda t: need("ec2:CreateVolume", volume, tagged("ec2:VolumeType", t))
    return [
        call("create_volume", zone, need("ec2:CreateVolume", volume)),
        call("create_volume", dict(VolumeType="gp3", **zone), kind("gp3"), label="of a type", change=other("ec2:VolumeType", "io1")),
        call("create_volume", {**zone, **spec("volume")}, need("ec2:CreateVolume", volume), need("ec2:CreateTags", volume), label="with tags", differs=1),
        call("create_vpc", dict(CidrBlock="10.1.0.0/16"), need("ec2:CreateVpc", vpcs)),
        call("create_subnet", dict(VpcId=vpc, CidrBlock="10.0.1.0/24"), need("ec2:CreateSubnet", arn("ec2", f"vpc/{vpc}")), need("ec2:CreateSubnet", arn("ec2", "subnet/*")), differs=1),
        call("create_key_pair", dict(KeyName="two"), need("ec2:CreateKeyPair", arn("ec2", "key-pair/two")), change={"Resource": arn("ec2", "key-pair/k")}),
        call("delete_key_pair", dict(KeyName="two"), need("ec2:DeleteKeyPair", arn("ec2", "key-pair/two")), change={"Resource": arn("ec2", "key-pair/k")}),
        call("allocate_address", dict(Domain="vpc"), need("ec2:AllocateAddress", arn("ec2", "elastic-ip/*"))),
    ]


def groups(group, vpc):
    at = arn("ec2", f"security-group/{group}")
    rule = dict(GroupId=group, IpPermissions=[{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}])
    new = [need("ec2:CreateSecurityGroup", arn("ec2", "security-group/*")), need("ec2:CreateSecurityGroup", arn("ec2", f"vpc/{vpc}"))]
    return [
        call("create_security_group", dict(GroupName="new", Description="d", VpcId=vpc), *new, differs=1),
        call("authorize_security_group_ingress", rule, need("ec2:AuthorizeSecurityGroupIngress", at)),
        call("revoke_security_group_ingress", rule, need("ec2:RevokeSecurityGroupIngress", at)),
        call("describe_security_groups", dict(), need("ec2:DescribeSecurityGroups", "*")),
    ]


def tags(group):
    of, at = dict(Resources=[group], Tags=[{"Key": "a", "Value": "b"}]), arn("ec2", f"security-group/{group}")
    return [
        call("create_tags", of, need("ec2:CreateTags", at)),
        call("create_tags", of, need("ec2:CreateTags", at, tagged("aws:RequestTag/a", "b")), label="of a condition", change=other("aws:RequestTag/a", "c")),
        call("delete_tags", of, need("ec2:DeleteTags", at)),
        call("describe_tags", dict(), need("ec2:DescribeTags", "*")),
    ]
