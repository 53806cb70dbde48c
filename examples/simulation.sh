#!/usr/bin/env bash
# Simulation: what policies would allow, asked with the AWS CLI and with
# understudy simulate, and compared with what a live call meets.
#
#   examples/simulation.sh [path of the understudy binary]
. "$(dirname "$0")/lib.sh"

say "A user who may tag users, with a team only"
root iam create-user --user-name alice >/dev/null
cat >"$work/tag.json" <<'JSON'
{
  "Version": "2012-10-17",
  "Statement": [
    { "Effect": "Allow", "Action": "iam:Get*", "Resource": "*" },
    {
      "Effect": "Allow",
      "Action": "iam:TagUser",
      "Resource": "arn:aws:iam::*:user/${aws:username}",
      "Condition": { "StringEquals": { "aws:RequestTag/team": "red" } }
    }
  ]
}
JSON
root iam put-user-policy --user-name alice --policy-name tag --policy-document "file://$work/tag.json"
arn=$(root iam get-user --user-name alice --query User.Arn)

say "Which condition keys the policies mention"
is "$(root iam get-context-keys-for-principal-policy --policy-source-arn "$arn" --query 'ContextKeyNames[]')" "$(printf 'aws:username\taws:RequestTag/team')"

say "Denied without the tag, and the simulator says what it lacks"
is "$(root iam simulate-principal-policy --policy-source-arn "$arn" --action-names iam:TagUser --resource-arns "$arn" \
  --query 'EvaluationResults[0].[EvalDecision,MissingContextValues[1]]')" "$(printf 'implicitDeny\taws:RequestTag/team')"

say "Allowed with it, by a statement of the inline policy"
is "$(root iam simulate-principal-policy --policy-source-arn "$arn" --action-names iam:TagUser --resource-arns "$arn" \
  --context-entries ContextKeyName=aws:RequestTag/team,ContextKeyType=string,ContextKeyValues=red \
  --query 'EvaluationResults[0].[EvalDecision,MatchedStatements[0].SourcePolicyId,MatchedStatements[0].StartPosition.Line]')" \
  "$(printf 'allowed\tuser_alice_tag\t4')"

say "The live calls agree"
read -r id secret < <(root iam create-access-key --user-name alice --query 'AccessKey.[AccessKeyId,SecretAccessKey]')
as "$id" "$secret" iam tag-user --user-name alice --tags Key=team,Value=red
refused "is not authorized to perform: iam:TagUser on resource: " as "$id" "$secret" iam tag-user --user-name alice --tags Key=team,Value=blue

say "The same from the command line, with the statement quoted"
"$understudy" simulate "$arn" --action iam:TagUser --resource "$arn" --context aws:RequestTag/team=red --addr "${endpoint#http://}"

say "And without a server, for a policy that is still a file; exit status 1 is for CI"
status=0
"$understudy" simulate --policy "$work/tag.json" --action iam:GetUser,iam:DeleteUser || status=$?
is "$status" 1

printf '\nsimulation: all as expected\n'
