#!/usr/bin/env bash
# What IAM reports with the AWS CLI: last uses, the credential report, which
# services somebody may use and has used, which policies grant them, and the
# account with all its policies.
#
#   examples/reports.sh [path of the understudy binary]
. "$(dirname "$0")/lib.sh"

say "A user with a key, a group and policies"
root iam create-user --user-name ann >/dev/null
root iam create-group --group-name dev >/dev/null
root iam add-user-to-group --group-name dev --user-name ann
root iam put-user-policy --user-name ann --policy-name own --policy-document "$(allow '["s3:GetObject","iam:ListUsers"]')"
root iam attach-group-policy --group-name dev --policy-arn arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess
read -r id secret < <(root iam create-access-key --user-name ann --query 'AccessKey.[AccessKeyId,SecretAccessKey]')

say "When a key was last used"
is "$(root iam get-access-key-last-used --access-key-id "$id" --query 'AccessKeyLastUsed.[ServiceName,Region]')" "$(printf 'N/A\tN/A')"
as "$id" "$secret" iam list-users >/dev/null
is "$(root iam get-access-key-last-used --access-key-id "$id" --query 'AccessKeyLastUsed.[ServiceName,Region]')" "$(printf 'iam\tus-east-1')"

say "The credential report"
refused "ReportNotPresent" root iam get-credential-report
is "$(root iam generate-credential-report --query State)" STARTED
until [ "$(root iam generate-credential-report --query State)" = COMPLETE ]; do :; done
root iam get-credential-report --query Content | base64 -d >"$work/report"
is "$(cut -d, -f1 "$work/report" | tr '\n' ' ')" "user <root_account> ann "
is "$(sed -n 's/^ann,.*,true,[^,]*,\([^,]*\),\([^,]*\),\([^,]*\),false,N\/A.*/\2 \3/p' "$work/report")" "us-east-1 iam"

say "The services that she may use, and has used"
job=$(root iam generate-service-last-accessed-details --arn "arn:aws:iam::$account:user/ann" --granularity ACTION_LEVEL --query JobId)
until [ "$(root iam get-service-last-accessed-details --job-id "$job" --query JobStatus)" = COMPLETED ]; do :; done
is "$(root iam get-service-last-accessed-details --job-id "$job" --query 'ServicesLastAccessed[].[ServiceNamespace,TotalAuthenticatedEntities]')" \
  "$(printf 'iam\t1\ns3\t0\nsqs\t0')"
is "$(root iam get-service-last-accessed-details-with-entities --job-id "$job" --service-namespace iam --query 'EntityDetailsList[].EntityInfo.Name')" ann
refused "Job $job does not exist." env AWS_ACCESS_KEY_ID=111122223333 AWS_SECRET_ACCESS_KEY=test aws iam get-service-last-accessed-details --job-id "$job"

say "The policies that grant them"
is "$(root iam list-policies-granting-service-access --arn "arn:aws:iam::$account:user/ann" --service-namespaces sqs s3 \
  --query 'PoliciesGrantingServiceAccess[].Policies[].[PolicyType,PolicyName]')" "$(printf 'MANAGED\tAmazonSQSReadOnlyAccess\nINLINE\town')"

say "The account with all its policies"
is "$(root iam get-account-authorization-details --query 'UserDetailList[].[UserName,GroupList[0],UserPolicyList[0].PolicyName]')" "$(printf 'ann\tdev\town')"
is "$(root iam get-account-authorization-details --filter AWSManagedPolicy --query 'Policies[].PolicyName')" AmazonSQSReadOnlyAccess
refused "Member must satisfy enum value set" root iam get-account-authorization-details --filter Users

say "Only the management account of an organization has a report on it"
refused "is not authorized to perform the operation on o-exampleorgid/r-exam" \
  root iam generate-organizations-access-report --entity-path o-exampleorgid/r-exam

printf '\nreports: all as expected\n'
