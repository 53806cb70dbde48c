#!/usr/bin/env bash
# Temporary delegation with the AWS CLI: a product provider asks for access, the
# customer looks at it, forwards, approves and releases it.
#
#   examples/delegation.sh [path of the understudy binary]
#
# Needs the AWS CLI and curl.
. "$(dirname "$0")/lib.sh"

partner=222222222222
provider() { as "$partner" test "$@"; }

say "The provider has a policy template, which AWS would register for it"
curl -sSf -H 'Content-Type: application/json' "$endpoint/_understudy/delegation-templates" -d '{
  "account": "'$partner'", "requestor": "Backups Inc", "name": "setup",
  "policy": {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::@{buckets}/*"},
    {"@Enabled": "WRITE", "Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::@{buckets}/*"}]}}' >"$work/template"
template=$(sed 's/.*"policyTemplateArn":"\([^"]*\)".*/\1/' "$work/template")
like "$template" 'arn:aws:iam:::delegation-template/*'

say "It asks for access for an hour"
cat >"$work/permissions.json" <<JSON
{"PolicyTemplateArn": "$template", "Parameters": [
  {"Name": "buckets", "Type": "stringList", "Values": ["one", "two"]},
  {"Name": "WRITE", "Type": "string", "Values": ["False"]}]}
JSON
request() {
  provider iam create-delegation-request --description "Back up" --requestor-workflow-id "$1" --session-duration 3600 \
    --notification-channel "arn:aws:sns:us-east-1:$partner:delegations" --permissions "file://$work/permissions.json" --query DelegationRequestId
}
id=$(request order-1)
refused "A delegation request with workflow id order-1 already exists." request order-1

say "The customer's user takes it and looks at it"
root iam create-user --user-name alice >/dev/null
read -r key secret < <(root iam create-access-key --user-name alice --query 'AccessKey.[AccessKeyId,SecretAccessKey]')
alice() { as "$key" "$secret" "$@"; }
alice iam associate-delegation-request --delegation-request-id "$id"
is "$(alice iam get-delegation-request --delegation-request-id "$id" --query 'DelegationRequest.[State,OwnerId,RequestorName]')" \
  "$(printf 'ASSIGNED\tarn:aws:iam::%s:user/alice\tBackups Inc' "$account")"
alice iam get-human-readable-summary --entity-arn "arn:aws:iam::$account:delegation-request/$id" --query SummaryContent
is "$(alice iam get-delegation-request --delegation-request-id "$id" --delegation-permission-check --query '[PermissionCheckStatus,PermissionCheckResult]')" \
  "$(printf 'COMPLETE\tDENIED')"

say "She may forward it, and not approve it"
refused "is not authorized to perform: iam:AcceptDelegationRequest" alice iam accept-delegation-request --delegation-request-id "$id"
alice iam update-delegation-request --delegation-request-id "$id" --notes "We need this"
root iam accept-delegation-request --delegation-request-id "$id"
is "$(root iam list-delegation-requests --query 'DelegationRequests[].[State,ApproverId,Notes]')" \
  "$(printf 'ACCEPTED\tarn:aws:iam::%s:root\tWe need this' "$account")"

say "The owner releases the token; the provider reads it where AWS would send it"
alice iam send-delegation-token --delegation-request-id "$id"
like "$(curl -sSf "$endpoint/_understudy/delegation-requests/$id/notifications")" '*"Type":"ExchangeToken"*"ExchangeToken":"*"*'
refused "is in state FINALIZED" root iam reject-delegation-request --delegation-request-id "$id"

say "Another one is rejected"
other=$(request order-2)
root iam associate-delegation-request --delegation-request-id "$other"
root iam reject-delegation-request --delegation-request-id "$other" --notes "Too much"
is "$(root iam get-delegation-request --delegation-request-id "$other" --query 'DelegationRequest.[State,RejectionReason]')" "$(printf 'REJECTED\tToo much')"

printf '\ndelegation: all as expected\n'
