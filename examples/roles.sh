#!/usr/bin/env bash
# Roles with the AWS CLI: who may assume one, what it may do, for how long.
#
#   examples/roles.sh [path of the understudy binary]
. "$(dirname "$0")/lib.sh"

trusts() { printf '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"%s"},"Action":"sts:AssumeRole"}]}' "$1"; }

say "A role that ana may assume, and nobody else"
root iam create-user --user-name ana >/dev/null
root iam create-user --user-name bob >/dev/null
read -r ana anasecret < <(root iam create-access-key --user-name ana --query 'AccessKey.[AccessKeyId,SecretAccessKey]')
read -r bob bobsecret < <(root iam create-access-key --user-name bob --query 'AccessKey.[AccessKeyId,SecretAccessKey]')
refused "Invalid principal in policy" root iam create-role --role-name deploy --assume-role-policy-document "$(trusts "arn:aws:iam::$account:user/nobody")"
role=$(root iam create-role --role-name deploy --path /ci/ --tags Key=stage,Value=live \
  --assume-role-policy-document "$(trusts "arn:aws:iam::$account:user/ana")" --query Role.Arn)
is "$role" "arn:aws:iam::$account:role/ci/deploy"
root iam wait role-exists --role-name deploy
root iam put-role-policy --role-name deploy --policy-name list --policy-document "$(allow '["iam:ListUsers"]')"
refused "is not authorized to perform: sts:AssumeRole on resource: $role" \
  as "$bob" "$bobsecret" sts assume-role --role-arn "$role" --role-session-name night

say "A session of it"
session() {
  read -r key secret token < <(as "$ana" "$anasecret" sts assume-role --role-arn "$role" --role-session-name night "$@" \
    --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]')
}
in_session() { AWS_SESSION_TOKEN=$token as "$key" "$secret" "$@"; }
session
is "$(in_session sts get-caller-identity --query Arn)" "arn:aws:sts::$account:assumed-role/deploy/night"
is "$(in_session iam list-users --query 'Users[].UserName')" "$(printf 'ana\tbob')"
refused "because no identity-based policy allows the iam:ListRoles action" in_session iam list-roles

say "For two hours, once the role allows that"
refused "The requested DurationSeconds exceeds the MaxSessionDuration set for this role." \
  as "$ana" "$anasecret" sts assume-role --role-arn "$role" --role-session-name night --duration-seconds 7200
root iam update-role --role-name deploy --max-session-duration 7200 --description "Deploys"
session --duration-seconds 7200
is "$(root iam get-role --role-name deploy --query 'Role.[MaxSessionDuration,Description]')" "$(printf '7200\tDeploys')"
is "$(root iam list-roles --path-prefix /ci/ --query 'Roles[].RoleName')" deploy

say "Policies and a boundary count at once, for sessions that exist too"
is "$(root iam list-role-policies --role-name deploy --query PolicyNames)" list
is "$(root iam get-role-policy --role-name deploy --policy-name list --query 'PolicyDocument.Statement[0].Action')" iam:ListUsers
root iam attach-role-policy --role-name deploy --policy-arn arn:aws:iam::aws:policy/IAMReadOnlyAccess
in_session iam list-roles >/dev/null
root iam put-role-permissions-boundary --role-name deploy --permissions-boundary arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess
refused "because no permissions boundary allows the iam:ListRoles action" in_session iam list-roles
root iam delete-role-permissions-boundary --role-name deploy

say "Tags"
root iam tag-role --role-name deploy --tags Key=Stage,Value=test
is "$(root iam list-role-tags --role-name deploy --query 'Tags[].[Key,Value]')" "$(printf 'Stage\ttest')"
root iam untag-role --role-name deploy --tag-keys stage

say "Another may assume it now"
root iam update-assume-role-policy --role-name deploy --policy-document "$(trusts "arn:aws:iam::$account:user/bob")"
as "$bob" "$bobsecret" sts assume-role --role-arn "$role" --role-session-name day >/dev/null
refused "is not authorized to perform: sts:AssumeRole" as "$ana" "$anasecret" sts assume-role --role-arn "$role" --role-session-name night

say "Gone, and its sessions with it"
refused "must detach all policies first" root iam delete-role --role-name deploy
root iam detach-role-policy --role-name deploy --policy-arn arn:aws:iam::aws:policy/IAMReadOnlyAccess
refused "must delete policies first" root iam delete-role --role-name deploy
root iam delete-role-policy --role-name deploy --policy-name list
root iam delete-role --role-name deploy
refused "The security token included in the request is invalid" in_session sts get-caller-identity

printf '\nroles: all as expected\n'
