#!/usr/bin/env bash
# The account with the AWS CLI: its alias, its summary, and which tokens the
# global endpoint of STS issues.
#
#   examples/account.sh [path of the understudy binary]
. "$(dirname "$0")/lib.sh"

say "One alias, unique among all accounts"
root iam create-account-alias --account-alias acme
root iam create-account-alias --account-alias acme-dev
is "$(root iam list-account-aliases --query 'AccountAliases[]')" acme-dev
refused "The account alias acme-dev already exists." as 111122223333 test iam create-account-alias --account-alias acme-dev
as 111122223333 test iam create-account-alias --account-alias acme
root iam delete-account-alias --account-alias acme-dev
is "$(root iam list-account-aliases --query 'AccountAliases[]')" ""

say "What is in the account, and how much may be"
root iam create-user --user-name alice >/dev/null
root iam attach-user-policy --user-name alice --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess
is "$(root iam get-account-summary --query 'SummaryMap.[Users,UsersQuota,Policies,PolicyVersionsInUse,VersionsPerPolicyQuota]')" "$(printf '1\t5000\t0\t1\t5')"

say "Tokens for all regions"
root iam set-security-token-service-preferences --global-endpoint-token-version v2Token
is "$(root iam get-account-summary --query SummaryMap.GlobalEndpointTokenVersion)" 2

printf '\naccount: all as expected\n'
