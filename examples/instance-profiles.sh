#!/usr/bin/env bash
# Instance profiles with the AWS CLI: a container for one role, who may fill it,
# and what must be empty before it can be deleted.
#
#   examples/instance-profiles.sh [path of the understudy binary]
. "$(dirname "$0")/lib.sh"

say "An instance profile and a role for it"
root iam create-role --role-name web --path /svc/ --assume-role-policy-document "$(trust ec2.amazonaws.com)" >/dev/null
root iam create-role --role-name db --assume-role-policy-document "$(trust ec2.amazonaws.com)" >/dev/null
is "$(root iam create-instance-profile --instance-profile-name Servers --path /web/ --tags Key=team,Value=red --query InstanceProfile.Arn)" \
  "arn:aws:iam::$account:instance-profile/web/Servers"
root iam wait instance-profile-exists --instance-profile-name servers
root iam add-role-to-instance-profile --instance-profile-name servers --role-name web
is "$(root iam get-instance-profile --instance-profile-name servers --query 'InstanceProfile.Roles[].Arn')" "arn:aws:iam::$account:role/svc/web"
is "$(root iam list-instance-profiles-for-role --role-name web --query 'InstanceProfiles[].InstanceProfileName')" Servers
is "$(root iam list-instance-profiles --path-prefix /web/ --query 'InstanceProfiles[].InstanceProfileName')" Servers

say "It holds one role"
refused "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1" root iam add-role-to-instance-profile --instance-profile-name Servers --role-name db
refused "Role db in Instance Profile Servers cannot be found." root iam remove-role-from-instance-profile --instance-profile-name Servers --role-name db

say "Who adds a role must be allowed to pass it"
root iam create-user --user-name bob >/dev/null
root iam put-user-policy --user-name bob --policy-name own --policy-document "$(allow '["iam:AddRoleToInstanceProfile"]')"
root iam create-instance-profile --instance-profile-name other >/dev/null
read -r id secret < <(root iam create-access-key --user-name bob --query 'AccessKey.[AccessKeyId,SecretAccessKey]')
refused "is not authorized to perform: iam:PassRole on resource: arn:aws:iam::$account:role/db" \
  as "$id" "$secret" iam add-role-to-instance-profile --instance-profile-name other --role-name db
root iam put-user-policy --user-name bob --policy-name pass --policy-document "$(allow '["iam:PassRole"]')"
as "$id" "$secret" iam add-role-to-instance-profile --instance-profile-name other --role-name db

say "Tags"
root iam tag-instance-profile --instance-profile-name Servers --tags Key=Team,Value=blue
root iam untag-instance-profile --instance-profile-name Servers --tag-keys team
is "$(root iam list-instance-profile-tags --instance-profile-name Servers --query 'Tags[].[Key,Value]')" "$(printf 'Team\tblue')"

say "Gone, the role first"
refused "must remove roles from instance profile first" root iam delete-instance-profile --instance-profile-name Servers
refused "must remove roles from instance profile first" root iam delete-role --role-name web
root iam remove-role-from-instance-profile --instance-profile-name Servers --role-name web
root iam delete-instance-profile --instance-profile-name Servers
root iam delete-role --role-name web
refused "Instance Profile Servers cannot be found." root iam get-instance-profile --instance-profile-name Servers

printf '\ninstance profiles: all as expected\n'
