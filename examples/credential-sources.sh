#!/usr/bin/env bash
# Where programs find their credentials, with the AWS CLI: a process, profiles
# that follow each other with a code of an MFA device, the token file of a pod,
# an instance and a container.
#
#   examples/credential-sources.sh [path of the understudy binary]
flags=(--idp --imds 127.0.0.1:0 --imds-role app --imds-token hush)
. "$(dirname "$0")/lib.sh"
addr=${endpoint#http://}
metadata=$(sed -n 's/.*AWS_EC2_METADATA_SERVICE_ENDPOINT=\([^ ]*\) .*/\1/p' "$work/out")

# program NAME=VALUE...: a program that has nothing else to find credentials by,
# and says who it is.
program() {
  env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY "$@" aws sts get-caller-identity --query Arn --output text
}

# trusting PRINCIPAL ACTIONS [MORE]: a trust policy.
trusting() { printf '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":%s,"Action":%s%s}}' "$1" "$2" "${3:-}"; }

say "A process: credential_process"
root iam create-role --role-name app --assume-role-policy-document \
  "$(trusting "{\"AWS\":\"$account\",\"Service\":[\"ec2.amazonaws.com\",\"ecs-tasks.amazonaws.com\",\"pods.eks.amazonaws.com\"]}" '["sts:AssumeRole","sts:TagSession"]')" >/dev/null
cat >"$AWS_CONFIG_FILE" <<END
[profile process]
credential_process = $(realpath "$understudy") credentials app --addr $addr --session-name night
END
is "$(program AWS_PROFILE=process)" "arn:aws:sts::$account:assumed-role/app/night"

say "Profiles: source_profile and mfa_serial"
root iam create-user --user-name anna >/dev/null
root iam put-user-policy --user-name anna --policy-name own --policy-document "$(allow '["sts:AssumeRole"]')"
read -r id secret < <(root iam create-access-key --user-name anna --query 'AccessKey.[AccessKeyId,SecretAccessKey]')
read -r serial < <(root iam create-virtual-mfa-device --virtual-mfa-device-name phone --outfile "$work/seed" --bootstrap-method Base32StringSeed --query VirtualMFADevice.SerialNumber)
read -r first second < <(totp "$(cat "$work/seed")" -1 0)
root iam enable-mfa-device --user-name anna --serial-number "$serial" --authentication-code1 "$first" --authentication-code2 "$second"
root iam create-role --role-name guarded --assume-role-policy-document \
  "$(trusting "{\"AWS\":\"arn:aws:iam::$account:user/anna\"}" '"sts:AssumeRole"' ',"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}')" >/dev/null
root iam put-role-policy --role-name guarded --policy-name own --policy-document "$(allow '["sts:AssumeRole"]')"
root iam create-role --role-name vault --assume-role-policy-document \
  "$(trusting "{\"AWS\":\"arn:aws:iam::$account:role/guarded\"}" '"sts:AssumeRole"' ',"Condition":{"StringEquals":{"sts:ExternalId":"key"}}')" >/dev/null
cat >"$AWS_SHARED_CREDENTIALS_FILE" <<END
[anna]
aws_access_key_id = $id
aws_secret_access_key = $secret
END
cat >>"$AWS_CONFIG_FILE" <<END

[profile guarded]
role_arn = arn:aws:iam::$account:role/guarded
source_profile = anna
mfa_serial = $serial
role_session_name = outer

[profile vault]
role_arn = arn:aws:iam::$account:role/vault
source_profile = guarded
external_id = key
role_session_name = inner
END
# The CLI asks for the code at the terminal, if there is one: take it away.
read -r code < <(totp "$(cat "$work/seed")" 1)
got=$(env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY AWS_PROFILE=vault \
  python3 -c 'import subprocess, sys; sys.exit(subprocess.call(sys.argv[1:], start_new_session=True))' aws sts get-caller-identity --query Arn --output text <<<"$code" 2>"$work/asked") || die "$(cat "$work/asked")"
is "${got##*code for *: }" "arn:aws:sts::$account:assumed-role/vault/inner"

say "A pod: AWS_WEB_IDENTITY_TOKEN_FILE"
issuer=$(curl -fsS "$endpoint/_understudy/idp/.well-known/openid-configuration" | python3 -c 'import json, sys; print(json.load(sys.stdin)["issuer"])')
root iam create-open-id-connect-provider --url "$issuer" --client-id-list sts.amazonaws.com >/dev/null
root iam create-role --role-name pod --assume-role-policy-document \
  "$(trusting "{\"Federated\":\"arn:aws:iam::$account:oidc-provider/${issuer#https://}\"}" '"sts:AssumeRoleWithWebIdentity"')" >/dev/null
curl -fsS "$endpoint/_understudy/idp/token" -H 'Content-Type: application/json' -d '{"subject":"system:serviceaccount:default:app"}' |
  python3 -c 'import json, sys; print(json.load(sys.stdin)["token"], end="")' >"$work/token"
is "$(program AWS_WEB_IDENTITY_TOKEN_FILE="$work/token" AWS_ROLE_ARN="arn:aws:iam::$account:role/pod" AWS_ROLE_SESSION_NAME=pod)" \
  "arn:aws:sts::$account:assumed-role/pod/pod"

say "An instance: its metadata"
instance=(AWS_EC2_METADATA_DISABLED=false AWS_EC2_METADATA_SERVICE_ENDPOINT="$metadata")
like "$(program "${instance[@]}")" "arn:aws:sts::$account:assumed-role/app/i-0*"

say "A container: AWS_CONTAINER_CREDENTIALS_FULL_URI"
like "$(program AWS_CONTAINER_CREDENTIALS_FULL_URI="$metadata/v2/credentials/app" AWS_CONTAINER_AUTHORIZATION_TOKEN=hush)" "arn:aws:sts::$account:assumed-role/app/*"
printf hush >"$work/hush"
like "$(program AWS_CONTAINER_CREDENTIALS_FULL_URI="$metadata/v1/credentials/app" AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE="$work/hush")" "arn:aws:sts::$account:assumed-role/app/eks-understudy-pod-*"
refused "InvalidAuthorizationToken" program AWS_CONTAINER_CREDENTIALS_FULL_URI="$metadata/v2/credentials/app"

say "Credentials go round"
key() { env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY "${instance[@]}" aws configure list | awk '$1 == "access_key" { print $2 }'; }
before=$(key)
is "$(key)" "$before"
"$understudy" clock --addr "$addr" --advance 5h >/dev/null
after=$(key)
[ "$before" != "$after" ] || die "the credentials are the same five hours later"
like "$(program "${instance[@]}")" "arn:aws:sts::$account:assumed-role/app/i-0*"

say "The endpoint of one service: AWS_ENDPOINT_URL_STS"
is "$(AWS_ENDPOINT_URL=http://127.0.0.1:1 AWS_ENDPOINT_URL_STS=$endpoint aws sts get-caller-identity --query Arn --output text)" "arn:aws:iam::$account:root"

say "The global endpoint's tokens"
root iam set-security-token-service-preferences --global-endpoint-token-version v2Token
is "$(root iam get-account-summary --query SummaryMap.GlobalEndpointTokenVersion)" 2

echo
echo "credential sources: all as expected"
