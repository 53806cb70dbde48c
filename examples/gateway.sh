#!/usr/bin/env bash
# The gateway with the AWS CLI: moto behind it, and an application that is denied,
# reads why, is given the least that it needs, and works.
#
#   examples/gateway.sh [path of the understudy binary]
#
# Needs the AWS CLI, Python, and moto's server.
set -euo pipefail

if ! command -v moto_server >/dev/null; then
  echo "This example needs moto's server as the emulator behind the gateway, and it" >&2
  echo "is not here. Install it with: pip install 'moto[server]'" >&2
  exit 1
fi
work=$(mktemp -d)
moto_server -p 0 >"$work/moto" 2>&1 &
emulator=$!
url=
for _ in $(seq 600); do
  url=$(sed -n 's/.*Running on \(http:[^ ]*\).*/\1/p' "$work/moto")
  [ -z "$url" ] && kill -0 "$emulator" 2>/dev/null || break
  sleep 0.05
done
flags=(--upstream "$url")
. "$(dirname "$0")/lib.sh"
export UNDERSTUDY_ADDR=${endpoint#http://} # where understudy asks, as below

say "As root: what the application works with, which moto keeps"
root s3api create-bucket --bucket receipts --query Location
root dynamodb create-table --table-name orders --billing-mode PAY_PER_REQUEST \
  --attribute-definitions AttributeName=id,AttributeType=S \
  --key-schema AttributeName=id,KeyType=HASH --query TableDescription.TableArn
root sns create-topic --name orders
topic=arn:aws:sns:us-east-1:$account:orders

say "An application: it keeps an order and its receipt, and tells others"
root iam create-user --user-name shop --query User.Arn
read -r id secret < <(root iam create-access-key --user-name shop --query 'AccessKey.[AccessKeyId,SecretAccessKey]')
shop() { as "$id" "$secret" "$@" >/dev/null; }
order() {
  shop dynamodb put-item --table-name orders --item '{"id":{"S":"'"$1"'"}}' &&
    echo "order $1" | shop s3 cp - "s3://receipts/$1.txt" &&
    shop sns publish --topic-arn "$topic" --message "order $1" &&
    echo "order $1 is placed"
}

say "It is denied, and moto does not see the call"
refused "not authorized to perform: dynamodb:PutItem" order 1
is "$(root dynamodb scan --table-name orders --query Count)" 0

say "understudy explain shop"
"$understudy" explain shop

# grant: does what the explanation says first, as root.
grant() {
  "$understudy" explain --json shop >"$work/why"
  step sentence | fold -s
  AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test bash -c "$(step command)"
}

# step MEMBER: what the explanation's first advice is, or its command.
step() {
  python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["checks"][0]["advice"][0]["steps"][0][sys.argv[2]])' "$work/why" "$1"
}

say "It is given what the explanation says, until it works"
grant
refused "s3:PutObject" order 1
grant
refused "SNS:Publish" order 1
grant
is "$(order 1)" "order 1 is placed"

say "That was the least: the receipt of another order is not allowed"
refused "s3:PutObject" order 2
is "$(root dynamodb scan --table-name orders --query Count)" 2

say "It gets a policy for the receipts of all orders instead, and for no more"
for policy in $(root iam list-user-policies --user-name shop --query 'PolicyNames[]'); do
  root iam delete-user-policy --user-name shop --policy-name "$policy"
done
root iam put-user-policy --user-name shop --policy-name orders --policy-document '{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "dynamodb:PutItem",
     "Resource": "arn:aws:dynamodb:us-east-1:'"$account"':table/orders"},
    {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::receipts/*"},
    {"Effect": "Allow", "Action": "sns:Publish", "Resource": "'"$topic"'"}
  ]
}'
is "$(order 3)" "order 3 is placed"
refused "s3:ListBucket" shop s3 ls s3://receipts
is "$(root s3 cp s3://receipts/3.txt -)" "order 3"

printf '\ngateway: all as expected\n'
