"""Asks IAM what Cloud Custodian asks: the same calls in the same order, with what
its filters and actions read of the answers. argv[1] is a JSON file with the URL of a
server without state and with the documents that the questions need."""

import csv
import io
import json
import sys
import urllib.request
from datetime import datetime, timedelta, timezone

import boto3
from botocore.exceptions import ClientError

with open(sys.argv[1]) as f:
    given = json.load(f)
URL = given["url"]
ACCOUNT = "000000000000"
POLICY = f"arn:aws:iam::{ACCOUNT}:policy/"
failures, asked = [], []


def client(service="iam", key="test", secret="test"):
    made = boto3.client(service, endpoint_url=URL, region_name="us-east-1", aws_access_key_id=key, aws_secret_access_key=secret)
    made.meta.events.register("before-call", lambda model, **_: asked.append(model.name))
    return made


iam = client()


def want(what, got, wanted):
    if got != wanted:
        failures.append(f"{what}: {got!r}; want {wanted!r}")


def pause(seconds):
    """What sleeps in Cloud Custodian moves the server's clock here."""
    body = json.dumps({"advance": f"{seconds}s"}).encode()
    urllib.request.urlopen(urllib.request.Request(f"{URL}/_understudy/clock", body, {"Content-Type": "application/json"})).close()


def refused(exception, call, **params):
    """Whether a call is answered by the error that Cloud Custodian catches by its class."""
    try:
        call(**params)
    except getattr(iam.exceptions, exception):
        return True
    return False


def resources(operation, path, **query):
    """All of a kind: by a paginator if there is one."""
    if iam.can_paginate(operation):
        return iam.get_paginator(operation).paginate(**query).build_full_result()[path]
    return getattr(iam, operation)(**query)[path]


def document(*statements, **statement):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements) or [statement]})


def allow(action, **more):
    return document(Effect="Allow", Action=action, Resource="*", **more)


def trust(**principal):
    return document(Effect="Allow", Principal=principal, Action="sts:AssumeRole")


def made():
    """The account that is asked about."""
    iam.create_policy(PolicyName="admin", PolicyDocument=allow("*"))
    iam.create_policy(PolicyName="conditional", PolicyDocument=allow("*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}))
    iam.create_policy(PolicyName="bound", PolicyDocument=allow("s3:*"))
    iam.create_policy(PolicyName="versions", PolicyDocument=allow("sqs:*"), Tags=[{"Key": "team", "Value": "red"}])
    iam.create_policy_version(PolicyArn=POLICY + "versions", PolicyDocument=allow("sqs:Receive*"), SetAsDefault=True)
    for n in range(120):
        iam.create_group(GroupName=f"team-{n:03}")
    client("sts", "111122223333").get_caller_identity()
    iam.create_role(RoleName="app", AssumeRolePolicyDocument=trust(Service="ec2.amazonaws.com"), Path="/apps/")
    iam.create_role(RoleName="abroad", AssumeRolePolicyDocument=trust(AWS="arn:aws:iam::111122223333:root"), PermissionsBoundary=POLICY + "bound")
    iam.put_role_policy(RoleName="app", PolicyName="own", PolicyDocument=allow("s3:GetObject"))
    for policy in POLICY + "admin", "arn:aws:iam::aws:policy/AmazonS3FullAccess":
        iam.attach_role_policy(RoleName="app", PolicyArn=policy)
    iam.attach_role_policy(RoleName="abroad", PolicyArn=POLICY + "admin")
    for profile in "app", "empty":
        iam.create_instance_profile(InstanceProfileName=profile)
    iam.add_role_to_instance_profile(InstanceProfileName="app", RoleName="app")
    iam.create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com")
    iam.create_user(UserName="idle")
    iam.create_user(UserName="ana", Path="/staff/", Tags=[{"Key": "Role", "Value": "Dev"}])
    iam.create_login_profile(UserName="ana", Password="Correct-horse-7")
    iam.upload_ssh_public_key(UserName="ana", SSHPublicKeyBody=given["ssh_key"])
    iam.upload_signing_certificate(UserName="ana", CertificateBody=given["certificate"])
    iam.create_service_specific_credential(UserName="ana", ServiceName="codecommit.amazonaws.com")
    iam.add_user_to_group(UserName="ana", GroupName="team-007")
    iam.attach_group_policy(GroupName="team-007", PolicyArn="arn:aws:iam::aws:policy/IAMFullAccess")
    iam.put_group_policy(GroupName="team-007", PolicyName="own", PolicyDocument=allow("sns:*"))
    iam.put_user_policy(UserName="ana", PolicyName="own", PolicyDocument=allow("sns:*"))
    iam.attach_user_policy(UserName="ana", PolicyArn=POLICY + "versions")
    iam.upload_server_certificate(ServerCertificateName="web", CertificateBody=given["certificate"], PrivateKey=given["key"])
    iam.create_saml_provider(Name="company", SAMLMetadataDocument=given["saml"])
    iam.create_open_id_connect_provider(Url="https://token.actions.githubusercontent.com", ClientIDList=["sts.amazonaws.com"])
    keys = [iam.create_access_key(UserName="ana")["AccessKey"] for _ in range(2)]
    iam.update_access_key(UserName="ana", AccessKeyId=keys[1]["AccessKeyId"], Status="Inactive")
    client("iam", keys[0]["AccessKeyId"], keys[0]["SecretAccessKey"]).list_groups()
    return keys


def lists():
    """What each kind of resource is listed and looked up by."""
    groups = resources("list_groups", "Groups")
    want("groups of two pages", [len(groups), groups[-1]["GroupName"]], [120, "team-119"])
    want("group with users", [u["UserName"] for u in iam.get_group(GroupName="team-007")["Users"]], ["ana"])
    roles = [iam.get_role(RoleName=r["RoleName"])["Role"] for r in resources("list_roles", "Roles")]
    want("roles", {r["RoleName"]: r["MaxSessionDuration"] for r in roles}, {"abroad": 3600, "app": 3600, "AWSServiceRoleForAutoScaling": 3600})
    outside = [r["RoleName"] for r in roles for s in r["AssumeRolePolicyDocument"]["Statement"] if ACCOUNT not in s["Principal"].get("AWS", ACCOUNT)]
    want("cross-account roles", outside, ["abroad"])
    users = [iam.get_user(UserName=u["UserName"])["User"] for u in resources("list_users", "Users")]
    want("users with tags", {u["UserName"]: u.get("Tags") for u in users}, {"ana": [{"Key": "Role", "Value": "Dev"}], "idle": None})
    want("nobody", refused("NoSuchEntityException", iam.get_user, UserName="nobody"), True)
    want("certificates", [c["Expiration"].tzinfo is not None for c in resources("list_server_certificates", "ServerCertificateMetadataList")], [True])
    for p in resources("list_saml_providers", "SAMLProviderList"):
        want("SAML provider", iam.get_saml_provider(SAMLProviderArn=p["Arn"])["SAMLMetadataDocument"], given["saml"])
    for p in resources("list_open_id_connect_providers", "OpenIDConnectProviderList"):
        got = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=p["Arn"])
        want("OIDC provider", [got["Url"], got["ClientIDList"]], ["token.actions.githubusercontent.com", ["sts.amazonaws.com"]])
    profiles = resources("list_instance_profiles", "InstanceProfiles")
    want("profiles", {p["InstanceProfileName"]: [r["RoleName"] for r in p["Roles"]] for p in profiles}, {"app": ["app"], "empty": []})
    return users, roles, groups


def policies():
    local = resources("list_policies", "Policies", Scope="Local")
    unused = [p["PolicyName"] for p in local if p["AttachmentCount"] == 0 and p.get("PermissionsBoundaryUsageCount", 0) == 0]
    want("unused policies", sorted(unused), ["conditional"])
    for query, names in (
        ({"Scope": "Local", "OnlyAttached": True}, ["admin", "versions"]),
        ({"PolicyUsageFilter": "PermissionsBoundary"}, ["bound"]),
        ({"OnlyAttached": True, "Scope": "AWS"}, ["AmazonS3FullAccess", "AutoScalingServiceRolePolicy", "IAMFullAccess"]),
    ):
        want(f"policies of {query}", sorted(p["PolicyName"] for p in resources("list_policies", "Policies", **query)), names)
    want("all of AWS's policies", len(resources("list_policies", "Policies", Scope="AWS")) > 1000, True)
    everything = []
    for p in local:
        got = iam.get_policy_version(PolicyArn=p["Arn"], VersionId=p["DefaultVersionId"])["PolicyVersion"]["Document"]["Statement"]
        for s in [got] if isinstance(got, dict) else got:
            if "Condition" not in s and s["Action"] == "*" == s["Resource"] and s["Effect"] == "Allow":
                everything.append(p["PolicyName"])
    want("policies that allow all", everything, ["admin"])
    entities = iam.get_paginator("list_entities_for_policy").paginate(PolicyArn=POLICY + "admin").build_full_result()
    want("entities", sorted(r["RoleName"] for r in entities["PolicyRoles"]), ["abroad", "app"])
    want("no entities", [entities["PolicyUsers"], entities["PolicyGroups"]], [[], []])


def record(info):
    """A row of the credential report with its values and its lists of keys."""
    for column, text in list(info.items()):
        info[column] = {"N/A": None, "no_information": None, "true": True, "false": False}.get(text, text)
    for prefix, kind in ("access_key_1_", "keys"), ("access_key_2_", "keys"), ("cert_1_", "certs"), ("cert_2_", "certs"):
        part = {c[len(prefix):]: info.pop(c) for c in list(info) if c.startswith(prefix)}
        if part["active"] or part["last_rotated"]:
            info.setdefault(kind, []).append(part)
    return info


def credentials(keys):
    """The credential report: asked for, made, waited for, read."""
    try:
        failures.append(f"a report that nobody ordered: {iam.get_credential_report()}")
    except ClientError as e:
        want("no report", e.response["Error"]["Code"], "ReportNotPresent")
    iam.generate_credential_report()
    pause(10)
    report = iam.get_credential_report()
    want("age of the report", report["GeneratedTime"] > datetime.now(tz=timezone.utc) - timedelta(days=1), True)
    rows = {r["user"]: record(r) for r in csv.DictReader(io.StringIO(report["Content"].decode()))}
    want("rows", list(rows), ["<root_account>", "ana", "idle"])
    ana = rows["ana"]
    want("ana's password", [ana["password_enabled"], ana["password_last_used"], ana["mfa_active"]], [True, None, False])
    want("ana's certificates", [c["active"] for c in ana["certs"]], [True])
    want("ana's keys", [[k["active"], k["last_used_service"], k["last_used_region"]] for k in ana["keys"]], [[True, "iam", "us-east-1"], [False, None, None]])
    listed = {k["AccessKeyId"]: k["CreateDate"] for k in iam.list_access_keys(UserName="ana")["AccessKeyMetadata"]}
    want("dates of keys", sorted(datetime.fromisoformat(k["last_rotated"]) for k in ana["keys"]), sorted(listed.values()))
    want("idle", [rows["idle"][c] for c in ("password_enabled", "password_last_used")] + ["keys" in rows["idle"]], [False, None, False])
    want("root", [rows["<root_account>"]["mfa_active"], rows["<root_account>"]["arn"]], [False, f"arn:aws:iam::{ACCOUNT}:root"])
    want("last use", iam.get_access_key_last_used(AccessKeyId=keys[0]["AccessKeyId"])["AccessKeyLastUsed"]["ServiceName"], "iam")


def usage(list_of, arn="Arn"):
    """The services that each used, by its job."""
    jobs, results = {}, {}
    for r in list_of:
        jobs[iam.generate_service_last_accessed_details(Arn=r[arn])["JobId"]] = r
    while jobs:
        for job in list(jobs):
            result = iam.get_service_last_accessed_details(JobId=job)
            if result["JobStatus"] == "COMPLETED":
                results[jobs.pop(job)[arn].rpartition("/")[2]] = result["ServicesLastAccessed"]
        if jobs:
            pause(2)
    return results


def usages(users, roles, groups):
    attributes = {"ServiceName", "ServiceNamespace", "TotalAuthenticatedEntities"}
    seen = usage(users + roles + groups[7:8] + [{"Arn": POLICY + "versions"}])
    want("members of a service", [attributes - set(s) for services in seen.values() for s in services if attributes - set(s)], [])
    want("used by ana", [s["ServiceNamespace"] for s in seen["ana"] if s.get("LastAuthenticated")], ["iam"])
    want("entities of the group", [s["TotalAuthenticatedEntities"] for s in seen["team-007"] if s["ServiceNamespace"] == "iam"], [1])
    want("services of a policy", [[s["ServiceNamespace"], s["TotalAuthenticatedEntities"]] for s in seen["versions"]], [["sqs", 0]])
    want("services of nobody", seen["idle"], [])


def permissions(users, roles):
    """The simulations of check-permissions."""
    def decisions(arn, actions, **more):
        return [e["EvalDecision"] for e in iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=actions, **more)["EvaluationResults"]]

    by_name = {r.get("UserName", r.get("RoleName")): r["Arn"] for r in users + roles}
    actions = ["iam:CreateUser", "s3:PutObject", "*:*"]
    want("an administrator may", decisions(by_name["app"], actions), ["allowed"] * 3)
    want("ana may", decisions(by_name["ana"], actions), ["allowed", "implicitDeny", "implicitDeny"])
    want("idle may", decisions(by_name["idle"], actions), ["implicitDeny"] * 3)
    want("a role within its boundary may", decisions(by_name["abroad"], actions), ["implicitDeny", "allowed", "implicitDeny"])
    boundless = "\n            " + json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}, indent=4) + "\n        "
    want("without its boundary", decisions(by_name["abroad"], actions, PermissionsBoundaryPolicyInputList=[boundless]), ["allowed"] * 3)
    want("of nobody", refused("NoSuchEntityException", decisions, arn=f"arn:aws:iam::{ACCOUNT}:user/nobody", actions=actions), True)
    version = iam.get_policy_version(PolicyArn=POLICY + "versions", VersionId="v2")["PolicyVersion"]
    got = iam.simulate_custom_policy(PolicyInputList=[json.dumps(version["Document"])], ActionNames=["sqs:ReceiveMessage", "sqs:SendMessage"])
    want("a policy", [e["EvalDecision"] for e in got["EvaluationResults"]], ["allowed", "implicitDeny"])


def filters():
    """What filters read of each user, role and group."""
    want("inline policies", [iam.list_user_policies(UserName=u)["PolicyNames"] for u in ("ana", "idle")], [["own"], []])
    attached = iam.list_attached_user_policies(UserName="ana")["AttachedPolicies"]
    for g in iam.list_groups_for_user(UserName="ana")["Groups"]:
        attached += iam.list_attached_group_policies(GroupName=g["GroupName"])["AttachedPolicies"]
    want("policies", [iam.get_policy(PolicyArn=p["PolicyArn"])["Policy"]["PolicyName"] for p in attached], ["versions", "IAMFullAccess"])
    want("statuses of keys", sorted(k["Status"] for k in iam.list_access_keys(UserName="ana")["AccessKeyMetadata"]), ["Active", "Inactive"])
    want("SSH keys", [k["Status"] for k in iam.list_ssh_public_keys(UserName="ana")["SSHPublicKeys"]], ["Active"])
    want("login profile", iam.get_login_profile(UserName="ana")["LoginProfile"]["PasswordResetRequired"], False)
    want("no login profile", refused("NoSuchEntityException", iam.get_login_profile, UserName="idle"), True)
    want("MFA devices", iam.list_mfa_devices(UserName="ana")["MFADevices"], [])
    want("policies of a role", sorted(p["PolicyName"] for p in iam.list_attached_role_policies(RoleName="app")["AttachedPolicies"]), ["AmazonS3FullAccess", "admin"])
    want("inline policies of a role", [iam.list_role_policies(RoleName=r)["PolicyNames"] for r in ("app", "abroad")], [["own"], []])


def account():
    summary = iam.get_account_summary()["SummaryMap"]
    want("summary", [summary[k] for k in ("Users", "Groups", "Roles", "AccountMFAEnabled", "AccountAccessKeysPresent")], [2, 120, 3, 0, 0])
    want("no password policy", refused("NoSuchEntityException", iam.get_account_password_policy), True)
    iam.update_account_password_policy(MinimumPasswordLength=12, RequireSymbols=True, MaxPasswordAge=90)
    policy = iam.get_account_password_policy()["PasswordPolicy"]
    want("password policy", [policy["MinimumPasswordLength"], policy["ExpirePasswords"], "PasswordReusePrevention" in policy], [12, True, False])
    want("MFA devices", iam.list_virtual_mfa_devices(AssignmentStatus="Assigned")["VirtualMFADevices"], [])
    want("aliases", iam.list_account_aliases()["AccountAliases"], [])
    details = iam.get_paginator("get_account_authorization_details").paginate(Filter=["User", "Role"]).build_full_result()
    want("details", {k: len(v) for k, v in details.items()}, {"UserDetailList": 2, "GroupDetailList": 0, "RoleDetailList": 3, "Policies": 0})
    want("tags of details", [u["Tags"] for u in details["UserDetailList"]], [[{"Key": "Role", "Value": "Dev"}], []])


def changes(keys):
    """The actions that change."""
    iam.tag_user(UserName="ana", Tags=[{"Key": "Env", "Value": "Dev"}])
    iam.untag_user(UserName="ana", TagKeys=["Role"])
    iam.tag_user(UserName="ana", Tags=[{"Key": "maid_status", "Value": "Resource does not meet policy: delete@2026/12/02"}])
    want("tags", sorted(t["Key"] for t in iam.get_user(UserName="ana")["User"]["Tags"]), ["Env", "maid_status"])
    iam.tag_role(RoleName="app", Tags=[{"Key": "Env", "Value": "Dev"}])
    iam.untag_role(RoleName="app", TagKeys=["Env", "nothing"])
    iam.put_user_permissions_boundary(UserName="ana", PermissionsBoundary=POLICY + "bound")
    want("boundary", iam.get_user(UserName="ana")["User"]["PermissionsBoundary"]["PermissionsBoundaryArn"], POLICY + "bound")
    iam.delete_user_permissions_boundary(UserName="ana")
    want("no boundary", "PermissionsBoundary" in iam.get_user(UserName="ana")["User"], False)
    iam.delete_role_permissions_boundary(RoleName="abroad")
    iam.add_user_to_group(GroupName="team-001", UserName="idle")
    iam.remove_user_from_group(GroupName="team-001", UserName="idle")
    iam.attach_role_policy(RoleName="abroad", PolicyArn=POLICY + "versions")
    iam.attach_role_policy(RoleName="abroad", PolicyArn=POLICY + "versions")
    for p in iam.list_attached_role_policies(RoleName="abroad")["AttachedPolicies"]:
        iam.detach_role_policy(RoleName="abroad", PolicyArn=p["PolicyArn"])
    want("detached", refused("NoSuchEntityException", iam.detach_role_policy, RoleName="abroad", PolicyArn=POLICY + "versions"), True)
    iam.add_role_to_instance_profile(InstanceProfileName="empty", RoleName="abroad")
    iam.remove_role_from_instance_profile(InstanceProfileName="empty", RoleName="abroad")
    iam.add_role_to_instance_profile(InstanceProfileName="empty", RoleName="app")
    iam.update_access_key(UserName="ana", AccessKeyId=keys[0]["AccessKeyId"], Status="Inactive")
    key = iam.list_ssh_public_keys(UserName="ana")["SSHPublicKeys"][0]["SSHPublicKeyId"]
    iam.update_ssh_public_key(UserName="ana", SSHPublicKeyId=key, Status="Inactive")


def delete_user(name):
    try:
        iam.delete_login_profile(UserName=name)
    except ClientError as e:
        want("no login profile", e.response["Error"]["Code"], "NoSuchEntity")
    for k in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]:
        iam.delete_access_key(UserName=name, AccessKeyId=k["AccessKeyId"])
    for p in iam.list_attached_user_policies(UserName=name)["AttachedPolicies"]:
        iam.detach_user_policy(UserName=name, PolicyArn=p["PolicyArn"])
    for p in iam.list_user_policies(UserName=name)["PolicyNames"]:
        iam.delete_user_policy(UserName=name, PolicyName=p)
    for d in iam.list_mfa_devices(UserName=name)["MFADevices"]:
        iam.deactivate_mfa_device(UserName=name, SerialNumber=d["SerialNumber"])
    for g in iam.list_groups_for_user(UserName=name)["Groups"]:
        iam.remove_user_from_group(UserName=name, GroupName=g["GroupName"])
    for k in iam.list_ssh_public_keys(UserName=name)["SSHPublicKeys"]:
        iam.delete_ssh_public_key(UserName=name, SSHPublicKeyId=k["SSHPublicKeyId"])
    for c in iam.list_signing_certificates(UserName=name)["Certificates"]:
        iam.delete_signing_certificate(UserName=name, CertificateId=c["CertificateId"])
    for c in iam.list_service_specific_credentials(UserName=name)["ServiceSpecificCredentials"]:
        iam.delete_service_specific_credential(UserName=name, ServiceSpecificCredentialId=c["ServiceSpecificCredentialId"])
    iam.delete_user(UserName=name)


def delete_role(name):
    """With force: policies, then profiles, then the role."""
    for p in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=name, PolicyArn=p["PolicyArn"])
    for p in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        iam.delete_role_policy(RoleName=name, PolicyName=p)
    for p in iam.list_instance_profiles_for_role(RoleName=name)["InstanceProfiles"]:
        iam.remove_role_from_instance_profile(RoleName=name, InstanceProfileName=p["InstanceProfileName"])
        iam.delete_instance_profile(InstanceProfileName=p["InstanceProfileName"])
    iam.delete_role(RoleName=name)


def deletions():
    want("a role in use", refused("DeleteConflictException", iam.delete_role, RoleName="app"), True)
    want("AWS's own role", refused("UnmodifiableEntityException", iam.delete_role, RoleName="AWSServiceRoleForAutoScaling"), True)
    for name in "app", "abroad":
        delete_role(name)
    want("a user with something", refused("DeleteConflictException", iam.delete_user, UserName="ana"), True)
    iam.add_user_to_group(GroupName="team-001", UserName="idle")
    want("a group with a user", refused("DeleteConflictException", iam.delete_group, GroupName="team-001"), True)
    for u in iam.get_group(GroupName="team-001")["Users"]:
        iam.remove_user_from_group(GroupName="team-001", UserName=u["UserName"])
    iam.delete_group(GroupName="team-001")
    for p in iam.list_group_policies(GroupName="team-007")["PolicyNames"]:
        iam.delete_group_policy(GroupName="team-007", PolicyName=p)
    for name in "ana", "idle":
        delete_user(name)
    for p in resources("list_policies", "Policies", Scope="Local"):
        if p["DefaultVersionId"] != "v1":
            for v in iam.list_policy_versions(PolicyArn=p["Arn"])["Versions"]:
                if not v["IsDefaultVersion"]:
                    iam.delete_policy_version(PolicyArn=p["Arn"], VersionId=v["VersionId"])
        iam.delete_policy(PolicyArn=p["Arn"])
    iam.delete_server_certificate(ServerCertificateName="web")
    for p in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]:
        iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=p["Arn"])
    summary = iam.get_account_summary()["SummaryMap"]
    want("what is left", [summary[k] for k in ("Users", "Groups", "Roles", "Policies", "InstanceProfiles", "Providers", "ServerCertificates")], [0, 119, 1, 0, 0, 1, 0])


keys = made()
users, roles, groups = lists()
policies()
credentials(keys)
usages(users, roles, groups)
permissions(users, roles)
filters()
account()
changes(keys)
deletions()
print(json.dumps({"failures": failures, "operations": sorted(set(asked)), "calls": len(asked)}))
