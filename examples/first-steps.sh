#!/usr/bin/env bash
# First steps with the AWS CLI: a user who may do what her group's policy and her
# permissions boundary both allow, and no more; a role that she assumes; the
# simulator, which says the same; and a restart, after which all is still there.
#
#   examples/first-steps.sh [path of the understudy binary]
#
# Needs the AWS CLI. Keeps to a temporary directory and a free port of 127.0.0.1.
set -euo pipefail

understudy=${1:-${UNDERSTUDY_BINARY:-bin/understudy}}
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT

say() { printf '\n== %s\n' "$*"; }
die() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

start() {
  : >"$work/out"
  "$understudy" serve --addr 127.0.0.1:0 --data-dir "$work/data" --log-level warn >"$work/out" &
  server=$!
  for _ in $(seq 200); do
    endpoint=$(sed -n '1{N;s/.* on \(http:[^ ]*\)\n.*/\1/p;}' "$work/out")
    [ -n "$endpoint" ] && break
    kill -0 "$server" 2>/dev/null || die "the server did not start"
    sleep 0.05
  done
  [ -n "$endpoint" ] || die "the server did not say where it listens"
  cat "$work/out"
  eval "$("$understudy" env --addr "${endpoint#http://}")"
}

stop() { kill -TERM "$server"; wait "$server" || die "the server did not stop cleanly"; server=; }

# The CLI reads nothing of this user's.
export AWS_CONFIG_FILE=$work/config AWS_SHARED_CREDENTIALS_FILE=$work/credentials AWS_PAGER= AWS_EC2_METADATA_DISABLED=true

root() { AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test aws "$@" --output text; }
alice() { AWS_ACCESS_KEY_ID=$alice_id AWS_SECRET_ACCESS_KEY=$alice_secret aws "$@" --output text; }
reader() { AWS_ACCESS_KEY_ID=$role_id AWS_SECRET_ACCESS_KEY=$role_secret AWS_SESSION_TOKEN=$role_token aws "$@" --output text; }

is() { [ "$1" = "$2" ] || die "got \"$1\", want \"$2\""; echo "$1"; }

# denied TEXT COMMAND...: the command must fail with AWS's text.
denied() {
  local want=$1 got
  shift
  if got=$("$@" 2>&1); then die "allowed: $*"; fi
  case "$got" in *"$want"*) echo "$want" ;; *) die "got \"$got\", want \"$want\"" ;; esac
}

allow() { printf '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":%s,"Resource":"*"}]}' "$1"; }

start
account=$(root sts get-caller-identity --query Account)

say "As root: a user in a group with a policy, under a permissions boundary, with an access key"
root iam create-user --user-name alice --path /staff/ --tags Key=team,Value=red >/dev/null
root iam create-group --group-name builders >/dev/null
builders=$(root iam create-policy --policy-name builders --policy-document "$(allow '["iam:GetUser","iam:CreateUser","iam:DeleteUser","sts:AssumeRole"]')" --query Policy.Arn)
root iam attach-group-policy --group-name builders --policy-arn "$builders"
root iam add-user-to-group --group-name builders --user-name alice
limit=$(root iam create-policy --policy-name limit --policy-document "$(allow '["iam:GetUser","iam:CreateUser","iam:SimulatePrincipalPolicy","sts:*"]')" --query Policy.Arn)
root iam put-user-permissions-boundary --user-name alice --permissions-boundary "$limit"
read -r alice_id alice_secret < <(root iam create-access-key --user-name alice --query 'AccessKey.[AccessKeyId,SecretAccessKey]')
root iam create-role --role-name reader --assume-role-policy-document \
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::'"$account"':root"},"Action":"sts:AssumeRole"}]}' >/dev/null
root iam attach-role-policy --role-name reader --policy-arn arn:aws:iam::aws:policy/IAMReadOnlyAccess

say "As alice: who am I, and what policy and boundary both allow"
is "$(alice sts get-caller-identity --query Arn)" "arn:aws:iam::$account:user/staff/alice"
is "$(alice iam get-user --query User.UserName)" alice
is "$(alice iam create-user --user-name bob --query User.Arn)" "arn:aws:iam::$account:user/bob"

say "Denied: the boundary does not allow it, and no policy does"
me="User: arn:aws:iam::$account:user/staff/alice is not authorized to perform"
denied "$me: iam:DeleteUser on resource: user bob because no permissions boundary allows the iam:DeleteUser action" \
  alice iam delete-user --user-name bob
denied "$me: iam:CreateGroup on resource: arn:aws:iam::$account:group/x because no identity-based policy allows the iam:CreateGroup action" \
  alice iam create-group --group-name x

say "A role: assumed, used, and no more than its policy"
read -r role_id role_secret role_token < <(alice sts assume-role --role-arn "arn:aws:iam::$account:role/reader" \
  --role-session-name tour --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]')
is "$(reader sts get-caller-identity --query Arn)" "arn:aws:sts::$account:assumed-role/reader/tour"
is "$(reader iam list-users --query 'Users[].UserName')" "$(printf 'alice\tbob')"
denied "User: arn:aws:sts::$account:assumed-role/reader/tour is not authorized to perform: iam:CreateUser on resource: arn:aws:iam::$account:user/eve because no identity-based policy allows the iam:CreateUser action" \
  reader iam create-user --user-name eve

say "The simulator gives the same answers"
simulate() {
  root iam simulate-principal-policy --policy-source-arn "$1" --action-names "$2" --resource-arns "$3" \
    --query 'EvaluationResults[0].[EvalDecision,PermissionsBoundaryDecisionDetail.AllowedByPermissionsBoundary]'
}
me=arn:aws:iam::$account:user/staff/alice bob=arn:aws:iam::$account:user/bob
is "$(simulate "$me" iam:CreateUser "$bob")" "$(printf 'allowed\tTrue')"
is "$(simulate "$me" iam:DeleteUser "$bob")" "$(printf 'implicitDeny\tFalse')"
is "$(simulate "$me" sts:AssumeRole "arn:aws:iam::$account:role/reader")" "$(printf 'allowed\tTrue')"
is "$(simulate "arn:aws:iam::$account:role/reader" iam:CreateUser "$bob")" "$(printf 'implicitDeny\tNone')"

say "Stopped and started again on the same directory: everything is there"
stop
start
is "$(root iam list-users --query 'Users[].UserName')" "$(printf 'alice\tbob')"
is "$(alice sts get-caller-identity --query Arn)" "arn:aws:iam::$account:user/staff/alice"
is "$(reader sts get-caller-identity --query Arn)" "arn:aws:sts::$account:assumed-role/reader/tour"
is "$(root iam get-user --user-name alice --query 'User.PermissionsBoundary.PermissionsBoundaryArn')" "$limit"
is "$(root iam list-groups-for-user --user-name alice --query 'Groups[].GroupName')" builders
is "$(root iam list-attached-group-policies --group-name builders --query 'AttachedPolicies[].PolicyArn')" "$builders"
denied "because no permissions boundary allows the iam:DeleteUser action" alice iam delete-user --user-name bob
stop

printf '\nfirst steps: all as expected\n'
