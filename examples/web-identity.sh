#!/usr/bin/env bash
# Web identity with the AWS CLI: a pod of EKS finds its role by a token in a
# file, a job of GitHub Actions by one that it asks for, and a session carries
# the user of IAM Identity Center. The local identity provider signs the tokens.
#
#   examples/web-identity.sh [path of the understudy binary]
#
# Needs the AWS CLI.
flags=(--idp)
. "$(dirname "$0")/lib.sh"
export UNDERSTUDY_ADDR=${endpoint#http://} # where "understudy token" asks
unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY # root's; a pod has none

# trusting PROVIDER CONDITION: a trust policy for tokens.
trusting() {
  printf '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"%s"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{%s}}}]}' "$1" "$2"
}

say "A cluster of EKS is an OpenID Connect provider; a role trusts one of its service accounts"
cluster=oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF
provider=$(root iam create-open-id-connect-provider --url "https://$cluster" --client-id-list sts.amazonaws.com \
  --thumbprint-list "$(printf '%040d' 0)" --query OpenIDConnectProviderArn)
role=$(root iam create-role --role-name cart --query Role.Arn \
  --assume-role-policy-document "$(trusting "$provider" "\"$cluster:sub\":\"system:serviceaccount:shop:cart\",\"$cluster:aud\":\"sts.amazonaws.com\"")")
root iam put-role-policy --role-name cart --policy-name own --policy-document "$(allow '"iam:ListUsers"')"

# pod SERVICE-ACCOUNT COMMAND...: the AWS CLI in a pod, with what EKS puts there.
pod() {
  local service=$1
  shift
  "$understudy" token eks --region eu-central-1 --cluster-id "${cluster##*/}" --namespace shop --service-account "$service" --out "$work/token" >/dev/null
  AWS_WEB_IDENTITY_TOKEN_FILE=$work/token AWS_ROLE_ARN=$role AWS_ROLE_SESSION_NAME=$service aws "$@" --output text
}

say "A pod has no keys, only the token's file and the role's name"
is "$(pod cart sts get-caller-identity --query Arn)" "arn:aws:sts::$account:assumed-role/cart/cart"
pod cart iam list-users
refused "not authorized to perform: iam:ListRoles" pod cart iam list-roles
refused "Not authorized to perform sts:AssumeRoleWithWebIdentity" pod till sts get-caller-identity
is "$(ls -l "$work/token" | cut -c1-10)" -rw-------

say "GitHub Actions: what is lacking is said, with the command that helps"
like "$("$understudy" token github --repository me/mine 2>&1 >/dev/null)" '*aws iam create-open-id-connect-provider --url https://token.actions.githubusercontent.com *'
github=$(root iam create-open-id-connect-provider --url https://token.actions.githubusercontent.com \
  --client-id-list sts.amazonaws.com --thumbprint-list "$(printf '%040d' 0)" --query OpenIDConnectProviderArn)
deploy=$(root iam create-role --role-name deploy --query Role.Arn --assume-role-policy-document \
  "$(trusting "$github" '"token.actions.githubusercontent.com:sub":"repo:me/mine:environment:prod"')")

# job FLAGS...: exchange a job's token for a session.
job() {
  aws sts assume-role-with-web-identity --no-sign-request --role-arn "$deploy" --role-session-name ci --output text \
    --query SubjectFromWebIdentityToken --web-identity-token "$("$understudy" token github --repository me/mine "$@")"
}
is "$(job --environment prod)" repo:me/mine:environment:prod
refused "Not authorized to perform sts:AssumeRoleWithWebIdentity" job --ref refs/heads/main
refused "Token expired" job --environment prod --expires=-10m
refused "Incorrect token audience" job --environment prod --audience https://github.com/me

say "Cognito needs no provider"
guest=$(root iam create-role --role-name guest --query Role.Arn --assume-role-policy-document \
  "$(trusting cognito-identity.amazonaws.com '"cognito-identity.amazonaws.com:aud":"us-east-1:12345678-dead-beef-cafe-123456790ab"')")
is "$(aws sts assume-role-with-web-identity --no-sign-request --role-arn "$guest" --role-session-name me --query Provider --output text \
  --web-identity-token "$("$understudy" token cognito --identity-pool us-east-1:12345678-dead-beef-cafe-123456790ab --unauthenticated)")" \
  cognito-identity.amazonaws.com

say "The provider's own issuer: no thumbprint is needed, since the server knows the certificate"
own=$(root iam create-open-id-connect-provider --url https://idp.understudy.test --client-id-list sts.amazonaws.com --query OpenIDConnectProviderArn)
like "$(root iam get-open-id-connect-provider --open-id-connect-provider-arn "$own" --query 'ThumbprintList[0]')" '????????????????????????????????????????'

say "A session for a user of IAM Identity Center: both sides must allow sts:SetContext"
root iam create-user --user-name app >/dev/null
key=$(root iam create-access-key --user-name app --query 'AccessKey.[AccessKeyId,SecretAccessKey]')
enhanced=$(root iam create-role --role-name enhanced --query Role.Arn --assume-role-policy-document \
  "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"$account\"},\"Action\":[\"sts:AssumeRole\",\"sts:SetContext\"]}]}")
root iam put-user-policy --user-name app --policy-name own --policy-document "$(allow '"sts:AssumeRole"')"
enhance() {
  as $key sts assume-role --role-arn "$enhanced" --role-session-name me --query AssumedRoleUser.Arn --provided-contexts \
    "ProviderArn=arn:aws:iam::aws:contextProvider/IdentityCenter,ContextAssertion=$("$understudy" token identity-center --user-id ana)"
}
refused "not authorized to perform: sts:SetContext" enhance
root iam put-user-policy --user-name app --policy-name own --policy-document "$(allow '["sts:AssumeRole","sts:SetContext"]')"
is "$(enhance)" "arn:aws:sts::$account:assumed-role/enhanced/me"

printf '\nweb identity: all as expected\n'
