#!/usr/bin/env bash
# Server certificates with the AWS CLI: a certificate with its chain, what is
# refused, new names and tags.
#
#   examples/server-certificates.sh [path of the understudy binary]
#
# Needs the AWS CLI and openssl.
. "$(dirname "$0")/lib.sh"

# issue NAME EXTENSION [ISSUER]: a certificate and its key, signed by another one
# or by itself.
issue() {
  local name=$1 extension=$2 issuer=${3:-}
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$name" -days 2 -addext "$extension" \
    -keyout "$work/$name.key" -out "$work/$name.pem" ${issuer:+-CA "$work/$issuer.pem" -CAkey "$work/$issuer.key"} 2>/dev/null
}
ca=basicConstraints=critical,CA:TRUE
issue root-ca "$ca"
issue inter-ca "$ca" root-ca
issue www "basicConstraints=critical,CA:FALSE" inter-ca
cat "$work/inter-ca.pem" "$work/root-ca.pem" >"$work/chain.pem"
cat "$work/root-ca.pem" "$work/inter-ca.pem" >"$work/wrong.pem"

# upload NAME KEY [OPTION...]: the certificate www with that key.
upload() {
  local name=$1 key=$2
  shift 2
  root iam upload-server-certificate --server-certificate-name "$name" --certificate-body "file://$work/www.pem" --private-key "file://$work/$key.key" "$@"
}

say "A certificate with its chain"
is "$(upload www www --path /cloudfront/ --certificate-chain "file://$work/chain.pem" --tags Key=team,Value=red --query ServerCertificateMetadata.Arn)" \
  "arn:aws:iam::$account:server-certificate/cloudfront/www"
is "$(root iam get-server-certificate --server-certificate-name WWW --query ServerCertificate.CertificateBody)" "$(cat "$work/www.pem")" >/dev/null
is "$(root iam list-server-certificates --path-prefix /cloud --query 'ServerCertificateMetadataList[].ServerCertificateName')" www

say "What a server could not use is refused"
refused "The private key did not match the public key provided." upload other root-ca
refused "The index within the chain of the invalid certificate is: -1" upload other www --certificate-chain "file://$work/wrong.pem"
refused "The index within the chain of the invalid certificate is: 1" upload other www --certificate-chain "$(cat "$work/www.pem" "$work/inter-ca.pem")"
refused "The Server Certificate with name Www already exists." upload Www www

say "A new name, and tags"
root iam update-server-certificate --server-certificate-name www --new-server-certificate-name site --new-path /
refused "The Server Certificate with name www cannot be found." root iam get-server-certificate --server-certificate-name www
root iam tag-server-certificate --server-certificate-name site --tags Key=Team,Value=blue
is "$(root iam list-server-certificate-tags --server-certificate-name site --query 'Tags[].[Key,Value]')" "$(printf 'Team\tblue\nteam\tred')"
root iam untag-server-certificate --server-certificate-name site --tag-keys Team
is "$(root iam list-server-certificate-tags --server-certificate-name site --query 'Tags[].Key')" team

say "Gone"
root iam delete-server-certificate --server-certificate-name site
is "$(root iam get-account-summary --query 'SummaryMap.[ServerCertificates,ServerCertificatesQuota]')" "$(printf '0\t20')"

printf '\nserver certificates: all as expected\n'
