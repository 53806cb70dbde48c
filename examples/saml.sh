#!/usr/bin/env bash
# Sign-in with SAML and the AWS CLI: the local identity provider asserts who
# somebody is, and the role's trust policy decides what comes of it.
#
#   examples/saml.sh [path of the understudy binary]
#
# Needs the AWS CLI and openssl.
flags=(--idp)
. "$(dirname "$0")/lib.sh"
export UNDERSTUDY_ADDR=${endpoint#http://} # where "understudy assertion" asks

say "The identity provider's metadata makes a SAML provider"
"$understudy" assertion --metadata >"$work/metadata.xml"
idp=$(root iam create-saml-provider --name local --saml-metadata-document "file://$work/metadata.xml" --query SAMLProviderArn)
is "$idp" "arn:aws:iam::$account:saml-provider/local"

say "A role for those whom it tags as staff, and who may be known by their names"
cat >"$work/trust.json" <<JSON
{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"$idp"},
  "Action":["sts:AssumeRoleWithSAML","sts:TagSession","sts:SetSourceIdentity"],
  "Condition":{"StringEquals":{"saml:aud":"https://signin.aws.amazon.com/saml","aws:RequestTag/kind":"staff"}}}]}
JSON
role=$(root iam create-role --role-name staff --assume-role-policy-document "file://$work/trust.json" --query Role.Arn)
root iam put-role-policy --role-name staff --policy-name own --policy-document \
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:ListUsers","Resource":"*","Condition":{"StringEquals":{"saml:sub":"ana"}}}]}'

# signin FLAGS...: exchange an assertion for a session, without credentials.
signin() {
  aws sts assume-role-with-saml --no-sign-request --role-arn "$role" --principal-arn "$idp" --output text \
    --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' \
    --saml-assertion "$("$understudy" assertion "$@" --role "$role" --provider "$idp")"
}

say "Ana signs in"
read -r id secret token <<<"$(signin ana --tag kind=staff --source-identity ana)"
session() { AWS_SESSION_TOKEN=$token as "$id" "$secret" "$@"; }
is "$(session sts get-caller-identity --query Arn)" "arn:aws:sts::$account:assumed-role/staff/ana"

say "She may do what the role may, as her name stays in the session"
is "$(session iam list-users --query 'length(Users)')" 0
refused "is not authorized to perform: iam:ListGroups" session iam list-groups

say "Bob may sign in and list nothing; a guest may not sign in"
read -r id secret token <<<"$(signin bob --tag kind=staff)"
refused "is not authorized to perform: iam:ListUsers" session iam list-users
refused "Not authorized to perform sts:AssumeRoleWithSAML" signin eve --tag kind=guest

say "Assertions end, and are for one role"
refused "Response has expired" signin ana --tag kind=staff --expires-in=-1m
refused "Token must be redeemed within 5 minutes of issuance" signin ana --tag kind=staff --issued-ago 6m
refused "Issuer not present in specified provider" signin ana --tag kind=staff --issuer https://other.example.com/
refused "doesn't contain the requested Role" aws sts assume-role-with-saml --no-sign-request --role-arn "${role}s" --principal-arn "$idp" \
  --saml-assertion "$("$understudy" assertion ana --role "$role" --provider "$idp")"

say "Assertions can be encrypted, and then must be"
openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=aws -keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null
root iam update-saml-provider --saml-provider-arn "$idp" --assertion-encryption-mode Required --add-private-key "file://$work/key.pem" >/dev/null
like "$(signin ana --tag kind=staff --encrypt-for "$work/cert.pem" | cut -f1)" 'ASIA*'
refused "Invalid base64 SAMLResponse" signin ana --tag kind=staff

printf '\nSAML: all as expected\n'
