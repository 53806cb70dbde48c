#!/usr/bin/env bash
# Users with the AWS CLI: names and paths, tags, a permissions boundary, and
# what must be gone before a user can be deleted.
#
#   examples/users.sh [path of the understudy binary]
. "$(dirname "$0")/lib.sh"

say "A user with a path and tags"
is "$(root iam create-user --user-name Ana --path /staff/ --tags Key=team,Value=red --query User.Arn)" "arn:aws:iam::$account:user/staff/Ana"
root iam wait user-exists --user-name ana
refused "User with name ANA already exists." root iam create-user --user-name ANA
root iam create-user --user-name robot --path /machines/ >/dev/null
is "$(root iam list-users --path-prefix /staff/ --query 'Users[].UserName')" Ana

say "Tags: keys are the same in capitals and small letters"
root iam tag-user --user-name Ana --tags Key=TEAM,Value=blue Key=cost,Value=7
is "$(root iam list-user-tags --user-name Ana --query 'Tags[].[Key,Value]')" "$(printf 'TEAM\tblue\ncost\t7')"
root iam untag-user --user-name Ana --tag-keys team
is "$(root iam list-user-tags --user-name Ana --query 'Tags[].Key')" cost

say "Renamed and moved, and still the same user"
id=$(root iam get-user --user-name Ana --query User.UserId)
root iam update-user --user-name Ana --new-user-name Eva --new-path /
is "$(root iam get-user --user-name eva --query 'User.[UserId,Arn]')" "$(printf '%s\tarn:aws:iam::%s:user/Eva' "$id" "$account")"
refused "The user with name Ana cannot be found." root iam get-user --user-name Ana

say "A policy of her own, within a permissions boundary"
root iam put-user-policy --user-name Eva --policy-name own --policy-document "$(allow '["iam:ListUsers","iam:ListRoles"]')"
read -r key secret < <(root iam create-access-key --user-name Eva --query 'AccessKey.[AccessKeyId,SecretAccessKey]')
is "$(as "$key" "$secret" iam list-users --query 'length(Users)')" 2
boundary=$(root iam create-policy --policy-name Limit --policy-document "$(allow '["iam:ListUsers"]')" --query Policy.Arn)
root iam put-user-permissions-boundary --user-name Eva --permissions-boundary "$boundary"
is "$(root iam get-user --user-name Eva --query User.PermissionsBoundary.PermissionsBoundaryArn)" "$boundary"
refused "because no permissions boundary allows the iam:ListRoles action" as "$key" "$secret" iam list-roles
root iam delete-user-permissions-boundary --user-name Eva
as "$key" "$secret" iam list-roles >/dev/null

say "What a user may do is in inline and attached policies"
is "$(root iam list-user-policies --user-name Eva --query 'PolicyNames')" own
is "$(root iam get-user-policy --user-name Eva --policy-name own --query 'PolicyDocument.Statement[0].Effect')" Allow
root iam attach-user-policy --user-name Eva --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess
is "$(root iam list-attached-user-policies --user-name Eva --query 'AttachedPolicies[].PolicyName')" ReadOnlyAccess

say "Gone, when nothing depends on her any more"
refused "must delete access keys first" root iam delete-user --user-name Eva
root iam delete-access-key --user-name Eva --access-key-id "$key"
refused "must detach all policies first" root iam delete-user --user-name Eva
root iam detach-user-policy --user-name Eva --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess
refused "must delete policies first" root iam delete-user --user-name Eva
root iam delete-user-policy --user-name Eva --policy-name own
root iam delete-user --user-name Eva

printf '\nusers: all as expected\n'
