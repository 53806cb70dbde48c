#!/usr/bin/env bash
# Identity providers with the AWS CLI: OpenID Connect for GitHub Actions, SAML
# for a company's directory, their tags, and tokens for other services.
#
#   examples/identity-providers.sh [path of the understudy binary]
#
# Needs the AWS CLI and openssl.
. "$(dirname "$0")/lib.sh"

say "An OpenID Connect provider: its ARN is made of the URL"
thumbprint=$(printf '%040d' 1)
github=$(root iam create-open-id-connect-provider --url https://token.actions.githubusercontent.com \
  --client-id-list sts.amazonaws.com --thumbprint-list "$thumbprint" --tags Key=team,Value=build --query OpenIDConnectProviderArn)
is "$github" "arn:aws:iam::$account:oidc-provider/token.actions.githubusercontent.com"
refused "Provider with url https://token.actions.githubusercontent.com already exists." \
  root iam create-open-id-connect-provider --url https://token.actions.githubusercontent.com --thumbprint-list "$thumbprint"
refused "The URL must begin with https://." root iam create-open-id-connect-provider --url http://idp.example.com --thumbprint-list "$thumbprint"

say "Clients and thumbprints change"
root iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn "$github" --client-id other
root iam remove-client-id-from-open-id-connect-provider --open-id-connect-provider-arn "$github" --client-id sts.amazonaws.com
root iam update-open-id-connect-provider-thumbprint --open-id-connect-provider-arn "$github" --thumbprint-list "$(printf 'A%039d' 2)"
is "$(root iam get-open-id-connect-provider --open-id-connect-provider-arn "$github" --query '[ClientIDList[0],ThumbprintList[0]]')" \
  "$(printf 'other\ta%039d' 2)"

say "A role for one repository only: GitHub is shared, so the trust policy must say whose"
trusting() {
  printf '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"%s"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{%s}}]}' "$github" "$1"
}
refused "which is not scoped to all" root iam create-role --role-name deploy --assume-role-policy-document "$(trusting '')"
root iam create-role --role-name deploy --assume-role-policy-document \
  "$(trusting '"StringLike":{"token.actions.githubusercontent.com:sub":"repo:me/mine:*"}')" --query Role.Arn

say "A SAML provider: the metadata of an identity provider"
openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=idp -keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null
openssl rsa -in "$work/key.pem" -traditional -out "$work/rsa.pem" 2>/dev/null || cp "$work/key.pem" "$work/rsa.pem"
cat >"$work/metadata.xml" <<XML
<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example.com/">
  <IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>$(grep -v CERTIFICATE "$work/cert.pem")</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
    <SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example.com/sso"/>
  </IDPSSODescriptor>
</EntityDescriptor>
XML
idp=$(root iam create-saml-provider --name company --saml-metadata-document "file://$work/metadata.xml" --query SAMLProviderArn)
is "$idp" "arn:aws:iam::$account:saml-provider/company"
refused "because no private key is present" root iam update-saml-provider --saml-provider-arn "$idp" --assertion-encryption-mode Required
root iam update-saml-provider --saml-provider-arn "$idp" --assertion-encryption-mode Required --add-private-key "file://$work/rsa.pem" >/dev/null
is "$(root iam get-saml-provider --saml-provider-arn "$idp" --query '[AssertionEncryptionMode,length(PrivateKeyList)]')" "$(printf 'Required\t1')"

say "Tags"
root iam tag-saml-provider --saml-provider-arn "$idp" --tags Key=team,Value=it
is "$(root iam list-saml-provider-tags --saml-provider-arn "$idp" --query 'Tags[].Value')" it
root iam untag-open-id-connect-provider --open-id-connect-provider-arn "$github" --tag-keys team
is "$(root iam list-open-id-connect-provider-tags --open-id-connect-provider-arn "$github" --query 'length(Tags)')" 0

say "The other way round: tokens with which our principals sign in elsewhere"
refused "Outbound identity federation is disabled" root iam get-outbound-web-identity-federation-info
issuer=$(root iam enable-outbound-web-identity-federation --query IssuerIdentifier)
like "$issuer" 'https://*.tokens.sts.global.api.aws'
root iam disable-outbound-web-identity-federation
is "$(root iam enable-outbound-web-identity-federation --query IssuerIdentifier)" "$issuer"

say "Gone"
is "$(root iam get-account-summary --query SummaryMap.Providers)" 2
root iam delete-saml-provider --saml-provider-arn "$idp"
root iam delete-open-id-connect-provider --open-id-connect-provider-arn "$github"
refused "OpenIDConnect Provider not found for arn $github" root iam get-open-id-connect-provider --open-id-connect-provider-arn "$github"

printf '\nidentity providers: all as expected\n'
