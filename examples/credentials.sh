#!/usr/bin/env bash
# What users sign in with besides access keys and passwords, with the AWS CLI:
# SSH public keys, signing certificates and credentials for single services.
#
#   examples/credentials.sh [path of the understudy binary]
#
# Needs the AWS CLI, ssh-keygen and openssl.
. "$(dirname "$0")/lib.sh"
root iam create-user --user-name alice >/dev/null
root iam create-user --user-name bob >/dev/null

say "An SSH public key, in both of its encodings"
ssh-keygen -q -t rsa -b 2048 -N '' -C alice@laptop -f "$work/id"
ssh-keygen -e -m PKCS8 -f "$work/id.pub" >"$work/id.pem"
key=$(root iam upload-ssh-public-key --user-name alice --ssh-public-key-body "file://$work/id.pub" --query SSHPublicKey.SSHPublicKeyId)
like "$key" "APKA????????????????"
is "MD5:$(root iam get-ssh-public-key --user-name alice --ssh-public-key-id "$key" --encoding SSH --query SSHPublicKey.Fingerprint)" \
  "$(ssh-keygen -l -E md5 -f "$work/id.pub" | cut -d ' ' -f 2)"
is "$(root iam get-ssh-public-key --user-name alice --ssh-public-key-id "$key" --encoding SSH --query SSHPublicKey.SSHPublicKeyBody)" "$(cut -d ' ' -f 1,2 "$work/id.pub")"
is "$(root iam get-ssh-public-key --user-name alice --ssh-public-key-id "$key" --encoding PEM --query SSHPublicKey.SSHPublicKeyBody)" "$(cat "$work/id.pem")" >/dev/null
refused "Duplicate SSH public key uploaded." root iam upload-ssh-public-key --user-name alice --ssh-public-key-body "file://$work/id.pem"
ssh-keygen -q -t rsa -b 1024 -N '' -f "$work/weak"
refused "Invalid body for public key" root iam upload-ssh-public-key --user-name alice --ssh-public-key-body "file://$work/weak.pub"
root iam update-ssh-public-key --user-name alice --ssh-public-key-id "$key" --status Inactive
is "$(root iam list-ssh-public-keys --user-name alice --query 'SSHPublicKeys[].Status')" Inactive
refused "User has no Public Key with id $key." root iam delete-ssh-public-key --user-name bob --ssh-public-key-id "$key"
root iam delete-ssh-public-key --user-name alice --ssh-public-key-id "$key"

say "A signing certificate, whose ID is its hash"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=alice -days 1 -keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null
certificate=$(root iam upload-signing-certificate --user-name alice --certificate-body "file://$work/cert.pem" --query Certificate.CertificateId)
is "$certificate" "$(openssl x509 -in "$work/cert.pem" -outform DER | openssl dgst -sha1 -binary | base32)"
refused "Duplicate certificate uploaded." root iam upload-signing-certificate --user-name bob --certificate-body "file://$work/cert.pem"
refused "is malformed." root iam upload-signing-certificate --user-name bob --certificate-body "file://$work/key.pem"
root iam update-signing-certificate --user-name alice --certificate-id "$certificate" --status Inactive
is "$(root iam list-signing-certificates --user-name alice --query 'Certificates[].Status')" Inactive
refused "must delete certificates first" root iam delete-user --user-name alice
root iam delete-signing-certificate --user-name alice --certificate-id "$certificate"

say "A user name and password for CodeCommit"
read -r id name password < <(root iam create-service-specific-credential --user-name alice --service-name codecommit.amazonaws.com \
  --query 'ServiceSpecificCredential.[ServiceSpecificCredentialId,ServiceUserName,ServicePassword]')
is "$name" "alice-at-$account"
is "${#password}" 60
[ "$(root iam reset-service-specific-credential --user-name alice --service-specific-credential-id "$id" --query ServiceSpecificCredential.ServicePassword)" != "$password" ] || die "the password stayed"
root iam update-service-specific-credential --user-name alice --service-specific-credential-id "$id" --status Inactive
is "$(root iam list-service-specific-credentials --user-name alice --query 'ServiceSpecificCredentials[].Status')" Inactive
refused "No such service sqs.amazonaws.com is supported" root iam create-service-specific-credential --user-name alice --service-name sqs.amazonaws.com

say "A key for Bedrock, for a day"
like "$(root iam create-service-specific-credential --user-name bob --service-name bedrock.amazonaws.com --credential-age-days 1 \
  --query 'ServiceSpecificCredential.ServiceCredentialSecret')" "ABSK*"
is "$(root iam create-service-specific-credential --user-name bob --service-name bedrock.amazonaws.com --query 'ServiceSpecificCredential.ServiceCredentialAlias')" "bob+1-at-$account"
refused "Cannot exceed quota for ContextSpecificCredentialsPerUserPerContext: 2" \
  root iam create-service-specific-credential --user-name bob --service-name bedrock.amazonaws.com
is "$(root iam list-service-specific-credentials --all-users --query 'length(ServiceSpecificCredentials)')" 3

say "Gone"
refused "must remove referenced objects first" root iam delete-user --user-name alice
root iam delete-service-specific-credential --user-name alice --service-specific-credential-id "$id"
root iam delete-user --user-name alice

printf '\ncredentials: all as expected\n'
