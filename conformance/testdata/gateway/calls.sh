#!/usr/bin/env bash
# Calls of other services through the gateway with the AWS CLI: each is denied, with
# the service's own exit code 254, and then allowed. AWS_ENDPOINT_URL is the server's.
set -euo pipefail
root() { AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test aws "$@"; }
root iam create-user --user-name bob >/dev/null
read -r id secret < <(root iam create-access-key --user-name bob --query 'AccessKey.[AccessKeyId,SecretAccessKey]' --output text)
export AWS_ACCESS_KEY_ID=$id AWS_SECRET_ACCESS_KEY=$secret
let() {
  root iam put-user-policy --user-name bob --policy-name own --policy-document \
    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":$1,\"Resource\":\"*\"}]}"
}
steps=0
both() { # both ACTIONS CALL...: denied without the actions, allowed with them
  local actions=$1 code=0 out
  shift
  let '"iam:GetUser"'
  out=$("$@" 2>&1) && { echo "$* is allowed without $actions"; exit 1; }
  case $out in
    *"not authorized to perform"* | *Forbidden*) ;;
    *) echo "$* without $actions: $out"; exit 1 ;;
  esac
  let "$actions"
  out=$("$@" 2>&1) || { echo "$* with $actions: $out"; exit 1; }
  steps=$((steps + 1))
}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
head -c 9000000 /dev/zero >"$dir/large"
echo small >"$dir/small"
# Versions 1 of the CLI have an endpoint of their own for SQS.
queue=$AWS_ENDPOINT_URL/000000000000/cli
topic=arn:aws:sns:us-east-1:000000000000:cli
both '"s3:CreateBucket"' aws s3 mb s3://cli
both '"s3:PutObject"' aws s3 cp "$dir/small" s3://cli/small
both '"s3:PutObject"' aws s3 cp "$dir/large" s3://cli/a/large # in parts
both '["s3:GetObject"]' aws s3 cp s3://cli/small "$dir/got"
both '"s3:ListBucket"' aws s3 ls s3://cli/a/
both '["s3:DeleteObject"]' aws s3 rm s3://cli/small
both '"dynamodb:CreateTable"' aws dynamodb create-table --table-name cli --billing-mode PAY_PER_REQUEST \
  --attribute-definitions AttributeName=id,AttributeType=S --key-schema AttributeName=id,KeyType=HASH
both '"dynamodb:PutItem"' aws dynamodb put-item --table-name cli --item '{"id":{"S":"1"}}'
both '"dynamodb:GetItem"' aws dynamodb get-item --table-name cli --key '{"id":{"S":"1"}}'
both '"sqs:CreateQueue"' aws --endpoint-url "$AWS_ENDPOINT_URL" sqs create-queue --queue-name cli
both '"sqs:SendMessage"' aws --endpoint-url "$AWS_ENDPOINT_URL" sqs send-message --queue-url "$queue" --message-body m
both '"sqs:ReceiveMessage"' aws --endpoint-url "$AWS_ENDPOINT_URL" sqs receive-message --queue-url "$queue"
both '"sns:CreateTopic"' aws sns create-topic --name cli
both '"sns:Publish"' aws sns publish --topic-arn "$topic" --message m
echo "AWS CLI: $steps calls, each denied and allowed"
