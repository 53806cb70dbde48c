#!/usr/bin/env bash
# Service-linked roles with the AWS CLI: made for a service, named by it, out of
# reach of all other calls, and deleted by a task.
#
#   examples/service-linked-roles.sh [path of the understudy binary]
. "$(dirname "$0")/lib.sh"

say "The service chooses name, path, trust policy and permissions"
name=AWSServiceRoleForAutoScaling_green
is "$(root iam create-service-linked-role --aws-service-name autoscaling.amazonaws.com --custom-suffix green --query Role.Arn)" \
  "arn:aws:iam::$account:role/aws-service-role/autoscaling.amazonaws.com/$name"
is "$(root iam list-attached-role-policies --role-name "$name" --query 'AttachedPolicies[].PolicyName')" AutoScalingServiceRolePolicy
refused "Custom suffix is not allowed for ecs.amazonaws.com" root iam create-service-linked-role --aws-service-name ecs.amazonaws.com --custom-suffix x
refused "Service role name $name has been taken in this account, please try a different suffix." \
  root iam create-service-linked-role --aws-service-name autoscaling.amazonaws.com --custom-suffix green

say "Only AWS changes it"
refused "Cannot perform the operation on the protected role '$name' - this role is only modifiable by AWS" root iam delete-role --role-name "$name"
refused "only modifiable by AWS" root iam attach-role-policy --role-name "$name" --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess
is "$(root iam update-role-description --role-name "$name" --description "for the green fleet" --query Role.Description)" "for the green fleet"

say "A task deletes it"
task=$(root iam delete-service-linked-role --role-name "$name" --query DeletionTaskId)
like "$task" "task/aws-service-role/autoscaling.amazonaws.com/$name/*"
is "$(root iam delete-service-linked-role --role-name "$name" --query DeletionTaskId)" "$task"
until [ "$(root iam get-service-linked-role-deletion-status --deletion-task-id "$task" --query Status)" = SUCCEEDED ]; do :; done
refused "The role with name $name cannot be found." root iam get-role --role-name "$name"

printf '\nservice-linked roles: all as expected\n'
