#!/usr/bin/env bash
# To delete the user alice of account 111122223333: a plan of 2027-01-31T12:00:00Z.
# It may be run again: what is gone already is not an error.
set -euo pipefail

try() {
  local said
  said=$("$@" 2>&1) && return 0
  case $said in *NoSuchEntity*) return 0 ;; esac
  printf '%s\n' "$said" >&2
  exit 1
}

if [ "$(aws sts get-caller-identity --query Account --output text)" != 111122223333 ]; then
  echo "these are not credentials of account 111122223333" >&2
  exit 1
fi

# no call can be signed with the key any more
try aws iam update-access-key --access-key-id AKIAALICE --status Inactive --user-name alice

# sessions of GetSessionToken and GetFederationToken that began before are denied everything
before=$(date -u -d '+1 minute' +%Y-%m-%dT%H:%M:%SZ 2>/dev/null ||
  date -u -v+1M +%Y-%m-%dT%H:%M:%SZ)
try aws iam put-user-policy --policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":["*"],"Resource":["*"],"Condition":{"DateLessThan":{"aws:TokenIssueTime":"'"$before"'"}}}]}' --policy-name OffboardOlderSessions --user-name alice

# sessions of alice that began before are denied everything, and no others
try aws iam put-role-policy --policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":["*"],"Resource":["*"],"Condition":{"DateLessThan":{"aws:TokenIssueTime":"'"$before"'"},"StringEquals":{"aws:userid":["AROADEPLOY:a"]}}}]}' --policy-name OffboardOlderSessions-alice --role-name deploy

# sessions of alice that began before are denied everything, and no others
try aws iam put-role-policy --profile "${PROFILE_444455556666:?set it to a profile of the AWS CLI for account 444455556666}" --policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":["*"],"Resource":["*"],"Condition":{"DateLessThan":{"aws:TokenIssueTime":"'"$before"'"},"StringEquals":{"aws:userid":["AROAABROAD:x"]}}}]}' --policy-name OffboardOlderSessions-alice --role-name abroad

# all sessions of the role that began before are denied everything, whoever has them
sleep 1 # sessions count in seconds
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
try aws iam put-role-policy --policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":["*"],"Resource":["*"],"Condition":{"DateLessThan":{"aws:TokenIssueTime":"'"$now"'"}}}]}' --policy-name AWSRevokeOlderSessions --role-name deploy

# DeleteUser refuses a user who has a key
try aws iam delete-access-key --access-key-id AKIAALICE --user-name alice

# DeleteUser refuses a user who has a policy
try aws iam delete-user-policy --policy-name OffboardOlderSessions --user-name alice

# the person has left
try aws iam delete-user --user-name alice

echo alice is deleted
