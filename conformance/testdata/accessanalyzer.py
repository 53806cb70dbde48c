"""Checks policies with boto3, which holds the answers against botocore's model, by the
calls that the policy validators for CloudFormation and Terraform make, and ends with
"all as expected"."""

import json

import boto3

analyzer = boto3.client("accessanalyzer")
KINDS = ["IDENTITY_POLICY", "RESOURCE_POLICY", "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"]


def want(got, wanted):
    assert got == wanted, f"got {got!r}, want {wanted!r}"


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, indent=2)


def fails(exception, call, **query):
    try:
        call(**query)
    except getattr(analyzer.exceptions, exception) as e:
        return e.response
    raise SystemExit(f"no {exception}")


def codes(**query):
    """The issue codes of all pages, of one finding each."""
    pages = analyzer.get_paginator("validate_policy").paginate(PaginationConfig={"PageSize": 1}, **query)
    return [f["issueCode"] for page in pages for f in page["findings"]]


# ValidatePolicy: each type of policy, each type of resource, paged.
identity = policy({"Sid": "", "Effect": "Allow", "Action": "s3:GetObjct", "Resource": "*"})
for kind in KINDS:
    whole = [f["issueCode"] for f in analyzer.validate_policy(policyDocument=identity, policyType=kind)["findings"]]
    assert "INVALID_ACTION" in whole, whole
    want(codes(policyDocument=identity, policyType=kind), whole)
finding = analyzer.validate_policy(policyDocument=identity, policyType="IDENTITY_POLICY")["findings"][0]
want(sorted(finding), ["findingDetails", "findingType", "issueCode", "learnMoreLink", "locations"])
want(finding["issueCode"], "EMPTY_SID_VALUE")
want(finding["locations"], [{
    "path": [{"value": "Statement"}, {"index": 0}, {"value": "Sid"}],
    "span": {"start": {"line": 5, "column": 13, "offset": 65}, "end": {"line": 5, "column": 15, "offset": 67}},
}])
of = analyzer.meta.service_model.operation_model("ValidatePolicy").input_shape.members["validatePolicyResourceType"].enum
bucket = policy({"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sqs:SendMessage", "Resource": "*"})
for resource in of:
    assert "UNSUPPORTED_ACTION_IN_POLICY" in codes(
        policyDocument=bucket, policyType="RESOURCE_POLICY", validatePolicyResourceType=resource), resource
wrong = fails("ValidationException", analyzer.validate_policy, policyDocument=identity, policyType="IDENTITY_POLICY",
              validatePolicyResourceType="AWS::S3::Bucket")
want(wrong["Error"]["Message"], "InvalidInput")

# CheckNoNewAccess
read = policy({"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"})
write = policy({"Sid": "Write", "Effect": "Allow", "Action": "s3:*Object", "Resource": "arn:aws:s3:::b/*"})
out = analyzer.check_no_new_access(existingPolicyDocument=read, newPolicyDocument=write, policyType="IDENTITY_POLICY")
want([out["result"], out["reasons"]], ["FAIL", [
    {"description": "New access in the statement with sid: Write.", "statementIndex": 0, "statementId": "Write"}]])
out = analyzer.check_no_new_access(existingPolicyDocument=write, newPolicyDocument=read, policyType="IDENTITY_POLICY")
want([out["result"], "reasons" in out], ["PASS", False])

# CheckAccessNotGranted, in batches of a hundred.
actions = [f"iam:Get{i}" for i in range(99)] + ["s3:PutObject"]
out = analyzer.check_access_not_granted(policyDocument=write, access=[{"actions": actions}], policyType="IDENTITY_POLICY")
want(out["result"], "FAIL")
out = analyzer.check_access_not_granted(policyDocument=read, access=[{"actions": actions}], policyType="IDENTITY_POLICY")
want(out["result"], "PASS")
out = analyzer.check_access_not_granted(policyDocument=read, access=[{"resources": ["arn:aws:s3:::b/*"]}], policyType="IDENTITY_POLICY")
want(out["result"], "FAIL")
wrong = fails("ValidationException", analyzer.check_access_not_granted, policyDocument=read, policyType="IDENTITY_POLICY",
              access=[{"actions": actions + ["s3:GetObject"]}])
want(wrong["reason"], "fieldValidationFailed")
want([f["name"] for f in wrong["fieldList"]], ["access.1.member.actions"])
fails("InvalidParameterException", analyzer.check_access_not_granted, policyDocument="{", policyType="IDENTITY_POLICY",
      access=[{"actions": actions}])

# CheckNoPublicAccess: each type of resource.
of = analyzer.meta.service_model.operation_model("CheckNoPublicAccess").input_shape.members["resourceType"].enum
for resource in of:
    for principal, result in {"*": "FAIL", "arn:aws:iam::111122223333:root": "PASS"}.items():
        statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "*"}
        want(analyzer.check_no_public_access(policyDocument=policy(statement), resourceType=resource)["result"], result)

# Policies are generated from the calls that were made.
boto3.client("iam").create_user(UserName="generated")
key = boto3.client("iam").create_access_key(UserName="generated")["AccessKey"]
user = boto3.client("sts", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])
arn = user.get_caller_identity()["Arn"]
job = analyzer.start_policy_generation(policyGenerationDetails={"principalArn": arn})["jobId"]
want(analyzer.get_generated_policy(jobId=job)["jobDetails"]["status"] in ("IN_PROGRESS", "SUCCEEDED"), True)
done = analyzer.get_generated_policy(jobId=job)
want([done["jobDetails"]["status"], done["generatedPolicyResult"]["properties"]["principalArn"]], ["SUCCEEDED", arn])
want(done["jobDetails"]["startedOn"].tzinfo is not None, True)
pages = analyzer.get_paginator("list_policy_generations").paginate(principalArn=arn, PaginationConfig={"PageSize": 1})
want([g["jobId"] for page in pages for g in page["policyGenerations"]], [job])
analyzer.cancel_policy_generation(jobId=job)
fails("ValidationException", analyzer.get_generated_policy, jobId="none")

print("all as expected")
