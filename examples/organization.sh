#!/usr/bin/env bash
# An organization with the AWS CLI: the features of centralized root access, and
# a root session in a member. The organization comes from organization.yaml.
#
#   examples/organization.sh [path of the understudy binary]
flags=(--seed "$(dirname "$0")/organization.yaml")
. "$(dirname "$0")/lib.sh"

member=111122223333 administrator=444455556666

say "The management account turns the features on"
is "$(root iam list-organizations-features --query 'EnabledFeatures')" ""
is "$(root iam enable-organizations-root-credentials-management --query OrganizationId)" o-exampleorg1
root iam enable-organizations-root-sessions >/dev/null
is "$(root iam list-organizations-features --query EnabledFeatures)" "$(printf 'RootCredentialsManagement\tRootSessions')"

say "A member may not, and a delegated administrator may look"
refused "Account $member is not the management account or a delegated administrator." as "$member" test iam list-organizations-features
is "$(as "$administrator" test iam list-organizations-features --query EnabledFeatures)" "$(printf 'RootCredentialsManagement\tRootSessions')"
refused "Account $administrator is not the management account of the organization." as "$administrator" test iam enable-organizations-root-sessions
refused "The organization of input account 222222222222 cannot be found." as 222222222222 test iam list-organizations-features

say "A root session in the member, for one task"
root iam create-user --user-name boss >/dev/null
root iam put-user-policy --user-name boss --policy-name own --policy-document "$(allow '["sts:AssumeRoot"]')"
read -r id secret < <(root iam create-access-key --user-name boss --query 'AccessKey.[AccessKeyId,SecretAccessKey]')
read -r key key_secret token < <(as "$id" "$secret" sts assume-root --target-principal "$member" \
  --task-policy-arn arn=arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials \
  --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]')
export AWS_SESSION_TOKEN=$token
is "$(as "$key" "$key_secret" sts get-caller-identity --query Arn)" "arn:aws:iam::$member:root"
is "$(as "$key" "$key_secret" iam get-account-summary --query SummaryMap.Users)" 1
refused "with an explicit deny in a session policy" as "$key" "$key_secret" iam list-users
unset AWS_SESSION_TOKEN

say "Off again"
root iam disable-organizations-root-sessions >/dev/null
is "$(root iam disable-organizations-root-credentials-management --query 'length(EnabledFeatures)')" 0
refused "is not authorized to perform: sts:AssumeRoot on resource: arn:aws:iam::$member:root" \
  as "$id" "$secret" sts assume-root --target-principal "$member" --task-policy-arn arn=arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials

printf '\norganization: all as expected\n'
