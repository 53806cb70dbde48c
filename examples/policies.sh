#!/usr/bin/env bash
# Managed policies with the AWS CLI: versions, who has them, and what AWS's own
# allow.
#
#   examples/policies.sh [path of the understudy binary]
. "$(dirname "$0")/lib.sh"

say "A policy, for a user, a group and a role, and as a boundary"
policy=$(root iam create-policy --policy-name Read --path /read/ --description "reads" --tags Key=owner,Value=ana \
  --policy-document "$(allow '["s3:GetObject"]')" --query Policy.Arn)
is "$policy" "arn:aws:iam::$account:policy/read/Read"
refused "Syntax errors in policy." root iam create-policy --policy-name bad --policy-document '{}'
root iam create-user --user-name ana >/dev/null
root iam create-group --group-name dev >/dev/null
root iam create-role --role-name app --assume-role-policy-document "$(trust ec2.amazonaws.com)" >/dev/null
root iam attach-user-policy --user-name ana --policy-arn "$policy"
root iam attach-group-policy --group-name dev --policy-arn "$policy"
root iam attach-role-policy --role-name app --policy-arn "$policy"
root iam put-user-permissions-boundary --user-name ana --permissions-boundary "$policy"
is "$(root iam get-policy --policy-arn "$policy" --query 'Policy.[AttachmentCount,PermissionsBoundaryUsageCount,DefaultVersionId]')" "$(printf '3\t1\tv1')"
is "$(root iam list-entities-for-policy --policy-arn "$policy" --policy-usage-filter PermissionsPolicy \
  --query '[PolicyUsers[0].UserName,PolicyGroups[0].GroupName,PolicyRoles[0].RoleName]')" "$(printf 'ana\tdev\tapp')"

say "Five versions, of which one counts"
for action in PutObject DeleteObject ListBucket; do
  root iam create-policy-version --policy-arn "$policy" --policy-document "$(allow "[\"s3:$action\"]")" >/dev/null
done
root iam create-policy-version --policy-arn "$policy" --policy-document "$(allow '["s3:*"]')" --set-as-default >/dev/null
refused "A managed policy can have up to 5 versions." root iam create-policy-version --policy-arn "$policy" --policy-document "$(allow '["s3:*"]')"
is "$(root iam list-policy-versions --policy-arn "$policy" --query 'Versions[?IsDefaultVersion].VersionId')" v5
is "$(root iam get-policy-version --policy-arn "$policy" --version-id v5 --query 'PolicyVersion.Document.Statement[0].Action')" 's3:*'
refused "Cannot delete the default version of a policy." root iam delete-policy-version --policy-arn "$policy" --version-id v5
root iam set-default-policy-version --policy-arn "$policy" --version-id v1
for version in v2 v3 v4 v5; do
  root iam delete-policy-version --policy-arn "$policy" --version-id "$version"
done
is "$(root iam create-policy-version --policy-arn "$policy" --policy-document "$(allow '["s3:*"]')" --query PolicyVersion.VersionId)" v6

say "Tags: keys in capitals and small letters are two"
root iam tag-policy --policy-arn "$policy" --tags Key=Owner,Value=bob
is "$(root iam list-policy-tags --policy-arn "$policy" --query 'Tags[].[Key,Value]')" "$(printf 'Owner\tbob\nowner\tana')"
root iam untag-policy --policy-arn "$policy" --tag-keys Owner

say "AWS's own policies are there, and nobody's to change"
is "$(root iam list-policies --scope Local --query 'Policies[].PolicyName')" Read
is "$(root iam list-policies --scope AWS --no-paginate --query 'length(Policies)')" 100
is "$(root iam get-policy --policy-arn arn:aws:iam::aws:policy/AdministratorAccess --query Policy.PolicyName)" AdministratorAccess
refused "Cannot delete policies outside your own account." root iam delete-policy --policy-arn arn:aws:iam::aws:policy/AdministratorAccess
refused "Tags not supported for policies in this domain" root iam tag-policy --policy-arn arn:aws:iam::aws:policy/AdministratorAccess --tags Key=a,Value=b

say "Which context keys a document asks for, and what it would allow"
document='{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}}}'
is "$(root iam get-context-keys-for-custom-policy --policy-input-list "$document" --query ContextKeyNames)" aws:SourceIp
is "$(root iam simulate-custom-policy --policy-input-list "$document" --action-names s3:GetObject \
  --context-entries ContextKeyName=aws:SourceIp,ContextKeyType=ip,ContextKeyValues=192.0.2.7 --query 'EvaluationResults[0].EvalDecision')" allowed

say "Gone, when nobody has it"
refused "Cannot delete a policy attached to entities." root iam delete-policy --policy-arn "$policy"
root iam detach-user-policy --user-name ana --policy-arn "$policy"
root iam detach-group-policy --group-name dev --policy-arn "$policy"
root iam detach-role-policy --role-name app --policy-arn "$policy"
root iam delete-user-permissions-boundary --user-name ana
refused "This policy has more than one version." root iam delete-policy --policy-arn "$policy"
root iam delete-policy-version --policy-arn "$policy" --version-id v6
root iam delete-policy --policy-arn "$policy"

printf '\npolicies: all as expected\n'
