#!/usr/bin/env bash
# Role templates and account properties. The AWS CLI does not know these calls
# yet: curl signs them itself (version 7.75 or later).
#
#   examples/role-templates.sh [path of the understudy binary]
. "$(dirname "$0")/lib.sh"

# call ACTION PARAMETER...: a call as root; each parameter is NAME=VALUE.
call() {
  local parameters=()
  for p in "Action=$1" Version=2010-05-08 "${@:2}"; do parameters+=(--data-urlencode "$p"); done
  curl -sS --aws-sigv4 aws:amz:us-east-1:iam --user test:test "${parameters[@]}" "$endpoint/"
}

# member NAME: the first element of the name in the answer that is read.
member() { sed -n "s|.*<$1>\(.*\)</$1>.*|\1|p" | head -n 1; }

# refuses TEXT ACTION PARAMETER...: the call must be answered with AWS's text.
refuses() { is "$(call "${@:2}" | member Message)" "$1"; }

template=arn:aws:iam::aws:role-template/iam.amazonaws.com/PowerUserRoleTemplate:1
worker=("TemplateArn=$template" ReplacementValues.entry.1.key=RoleName ReplacementValues.entry.1.value.Values.member.1=worker
  ReplacementValues.entry.2.key=AWSServiceName ReplacementValues.entry.2.value.Values.member.1=lambda.amazonaws.com)

say "What a template makes"
is "$(call GetRoleTemplateVersion "TemplateArn=$template" | member TemplateName)" PowerUserRoleTemplate
is "$(call GetRoleTemplateVersion "TemplateArn=$template" | member RoleDescriptionPattern)" "Power user role for @{AWSServiceName}"
refuses "Role Template ${template%1}2 cannot be found." GetRoleTemplateVersion "TemplateArn=${template%1}2"

say "A role of it"
is "$(call AcquireRole "${worker[@]}" | member Arn)" "arn:aws:iam::$account:role/worker"
is "$(root iam get-role --role-name worker --query Role.Description)" "Power user role for lambda.amazonaws.com"
is "$(root iam list-attached-role-policies --role-name worker --query 'AttachedPolicies[].PolicyName')" PowerUserAccess
is "$(call GetRole RoleName=worker | member TemplateArn)" "$template"

say "Acquired again it is the same, until somebody changes it"
id=$(root iam get-role --role-name worker --query Role.RoleId)
is "$(call AcquireRole "${worker[@]}" | member RoleId)" "$id"
root iam detach-role-policy --role-name worker --policy-arn arn:aws:iam::aws:policy/PowerUserAccess
refuses "Role worker has been modified since it was created and is no longer managed." AcquireRole "${worker[@]}"
root iam create-role --role-name mine --assume-role-policy-document "$(trust ec2.amazonaws.com)" >/dev/null
like "$(call AcquireRole "${worker[@]/=worker/=mine}" | member Message)" "A role with this name already exists in the account but was not created from this template.*"
refuses "Failed to render template: Unrecognized parameter: Other" AcquireRole "${worker[@]}" \
  ReplacementValues.entry.3.key=Other ReplacementValues.entry.3.value.Values.member.1=x

say "The account's properties: the role manager, which has a service-linked role"
is "$(call GetAccountProperties | member value)" false
call PutAccountProperties Properties.entry.1.key=RoleManager/Enabled Properties.entry.1.value=true >/dev/null
is "$(call GetAccountProperties | member value)" true
is "$(root iam get-role --role-name AWSServiceRoleForIAMRoleManager --query Role.Path)" /aws-service-role/role-manager.iam.amazonaws.com/
refuses "Unsupported namespace: Other" PutAccountProperties Properties.entry.1.key=Other/Enabled Properties.entry.1.value=true

printf '\nrole templates: all as expected\n'
