#!/usr/bin/env bash
# Groups with the AWS CLI: members, and the policies that they get by it.
#
#   examples/groups.sh [path of the understudy binary]
. "$(dirname "$0")/lib.sh"

say "A group with two members"
is "$(root iam create-group --group-name Dev --path /teams/ --query Group.Arn)" "arn:aws:iam::$account:group/teams/Dev"
for name in ana bob; do
  root iam create-user --user-name "$name" >/dev/null
  root iam add-user-to-group --group-name dev --user-name "$name"
done
is "$(root iam get-group --group-name Dev --query 'Users[].UserName')" "$(printf 'ana\tbob')"
is "$(root iam list-groups-for-user --user-name ana --query 'Groups[].GroupName')" Dev
is "$(root iam list-groups --path-prefix /teams/ --query 'Groups[].GroupName')" Dev

say "What the group may do, its members may"
read -r id secret < <(root iam create-access-key --user-name ana --query 'AccessKey.[AccessKeyId,SecretAccessKey]')
refused "because no identity-based policy allows the iam:ListUsers action" as "$id" "$secret" iam list-users
root iam put-group-policy --group-name Dev --policy-name list --policy-document "$(allow '["iam:ListUsers"]')"
is "$(as "$id" "$secret" iam list-users --query 'Users[].UserName')" "$(printf 'ana\tbob')"
is "$(root iam list-group-policies --group-name Dev --query PolicyNames)" list
is "$(root iam get-group-policy --group-name Dev --policy-name list --query 'PolicyDocument.Statement[0].Action')" iam:ListUsers
root iam attach-group-policy --group-name Dev --policy-arn arn:aws:iam::aws:policy/IAMReadOnlyAccess
is "$(root iam list-attached-group-policies --group-name Dev --query 'AttachedPolicies[].PolicyName')" IAMReadOnlyAccess
as "$id" "$secret" iam list-groups >/dev/null

say "A new name, and a member who leaves"
root iam update-group --group-name Dev --new-group-name Ops
root iam remove-user-from-group --group-name Ops --user-name ana
refused "because no identity-based policy allows the iam:ListGroups action" as "$id" "$secret" iam list-groups

say "Gone, when it is empty"
refused "must detach all policies first" root iam delete-group --group-name Ops
root iam detach-group-policy --group-name Ops --policy-arn arn:aws:iam::aws:policy/IAMReadOnlyAccess
refused "must delete policies first" root iam delete-group --group-name Ops
root iam delete-group-policy --group-name Ops --policy-name list
refused "must remove users from group first" root iam delete-group --group-name Ops
root iam remove-user-from-group --group-name Ops --user-name bob
root iam delete-group --group-name Ops
refused "The group with name Ops cannot be found." root iam get-group --group-name Ops

printf '\ngroups: all as expected\n'
