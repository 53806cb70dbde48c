"""Instance profiles and server certificates through the gateway with boto3: moto, which
has an IAM of its own, gets those that calls name, once, and loses them again.

The server's URL is in AWS_ENDPOINT_URL, moto's in MOTO_URL, and in ALONE_URL that of a
server that leaves moto's IAM alone. A certificate and its key are in the files
certificate.pem and key.pem of the directory in CERTIFICATES.
"""
import json
import os
from pathlib import Path

import boto3
from botocore.exceptions import ClientError

from world import ACCOUNT, REGION

TRUST = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}})


def client(service, url):
    return boto3.client(service, endpoint_url=url, region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test")


def moto(service):
    """A client of moto itself, in the account whose resources it holds."""

    def say_account(request, **_):
        request.headers["x-moto-account-id"] = ACCOUNT

    made = client(service, os.environ["MOTO_URL"])
    made.meta.events.register("before-send", say_account)
    return made


here, there = os.environ["AWS_ENDPOINT_URL"], moto("iam")
iam, ec2, elbv2 = client("iam", here), client("ec2", here), client("elbv2", here)


def profile(name, role):
    iam.create_role(RoleName=role, Path="/svc/", AssumeRolePolicyDocument=TRUST)
    arn = iam.create_instance_profile(InstanceProfileName=name, Path="/web/")["InstanceProfile"]["Arn"]
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=role)
    return arn


def delete_profile(name, role):
    iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=role)
    iam.delete_instance_profile(InstanceProfileName=name)
    iam.delete_role(RoleName=role)


def run(through=ec2, **arguments):
    return through.run_instances(ImageId=image, MinCount=1, MaxCount=1, **arguments)["Instances"][0]


def fails(code, call):
    try:
        call()
    except ClientError as e:
        assert e.response["Error"]["Code"] == code, e
        return
    raise AssertionError(f"{code} is wanted")


def profiles():
    return sorted((p["Arn"], *(r["Arn"] for r in p["Roles"])) for p in there.list_instance_profiles()["InstanceProfiles"])


def certificates():
    return [c["Arn"] for c in there.list_server_certificates()["ServerCertificateMetadataList"]]


image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]

# Instance profiles: made once, by name and by ARN.
web = profile("web", "server")
fails("NoSuchEntity", lambda: run(client("ec2", os.environ["ALONE_URL"]), IamInstanceProfile={"Name": "web"}))
assert run(IamInstanceProfile={"Name": "web"})["IamInstanceProfile"]["Arn"] == web
assert run(IamInstanceProfile={"Arn": web})["IamInstanceProfile"]["Arn"] == web
assert profiles() == [(web, f"arn:aws:iam::{ACCOUNT}:role/svc/server")], profiles()

# One that is given to an instance, one in its place, and one in a launch template.
instance = run()["InstanceId"]
db, job = profile("db", "database"), profile("job", "worker")
made = ec2.associate_iam_instance_profile(IamInstanceProfile={"Name": "db"}, InstanceId=instance)["IamInstanceProfileAssociation"]
made = ec2.replace_iam_instance_profile_association(IamInstanceProfile={"Arn": job}, AssociationId=made["AssociationId"])
assert made["IamInstanceProfileAssociation"]["IamInstanceProfile"]["Arn"] == job, made
template = profile("template", "batch")
ec2.create_launch_template(LaunchTemplateName="batch", LaunchTemplateData={"ImageId": image, "IamInstanceProfile": {"Arn": template}})
run(LaunchTemplate={"LaunchTemplateName": "batch"})
assert [p[0] for p in profiles()] == sorted([web, db, job, template]), profiles()

# What was there already is left alone, also when it is deleted here.
there.create_instance_profile(InstanceProfileName="theirs", Path="/web/")
theirs = profile("theirs", "guest")
run(IamInstanceProfile={"Name": "theirs"})
assert (theirs,) in profiles(), profiles()
for name, role in (("web", "server"), ("db", "database"), ("job", "worker"), ("template", "batch"), ("theirs", "guest")):
    delete_profile(name, role)
assert profiles() == [(theirs,)], profiles()
assert not there.list_roles(PathPrefix="/svc/")["Roles"]

# Server certificates: made once for several listeners, and left alone in the same way.
files = Path(os.environ["CERTIFICATES"])
body, key = (files / "certificate.pem").read_text(), (files / "key.pem").read_text()
network = moto("ec2")
subnets = [s["SubnetId"] for s in network.describe_subnets()["Subnets"][:2]]
balancer = elbv2.create_load_balancer(Name="shop", Subnets=subnets)["LoadBalancers"][0]
group = elbv2.create_target_group(Name="shop", Protocol="HTTP", Port=80, VpcId=balancer["VpcId"])["TargetGroups"][0]["TargetGroupArn"]


def listen(port, certificate):
    return elbv2.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"], Protocol="HTTPS", Port=port, Certificates=[{"CertificateArn": certificate}],
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group}])["Listeners"][0]["ListenerArn"]


def upload(through, name):
    made = through.upload_server_certificate(ServerCertificateName=name, Path="/cdn/", CertificateBody=body, PrivateKey=key)
    return made["ServerCertificateMetadata"]["Arn"]


shop, old = upload(iam, "shop"), upload(there, "old")
listener = listen(443, shop)
listen(444, shop)
assert sorted(certificates()) == sorted([shop, old]), certificates()
more = upload(iam, "more")
change = {"ListenerArn": listener, "Protocol": "HTTPS", "Certificates": [{"CertificateArn": more}]}
fails("CertificateNotFound", lambda: client("elbv2", os.environ["ALONE_URL"]).modify_listener(**change))
elbv2.modify_listener(**change)
assert upload(iam, "old") == old
listen(445, old)
assert sorted(certificates()) == sorted([shop, more, old]), certificates()
for name in ("shop", "more", "old"):
    iam.delete_server_certificate(ServerCertificateName=name)
assert certificates() == [old], certificates()
print("mirror: all as expected")
