package iam

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// Identity providers. As in errors.go, the texts are AWS's unless a line says
// otherwise.

func malformedProviderURL() error { return validation("Invalid Open ID Connect Provider URL") }

func insecureProviderURL() error {
	return invalidInput("Invalid Open ID Connect Provider URL. The URL must begin with https://.")
}

// unusableProvider has no text. It is for a URL with a query or a fragment (recorded),
// and for a host that AWS cannot find (quoted).
func unusableProvider() error { return &types.InvalidInputException{} }

func unreachableProvider(url string) error {
	return &types.OpenIdIdpCommunicationErrorException{
		Message: aws.String("Cannot connect to the OpenID Connect provider " + url), // text not confirmed
	}
}

// tooManyThumbprints says "fewer than", although five are accepted.
func tooManyThumbprints() error {
	return invalidInput("Thumbprint list must contain fewer than 5 entries.")
}

func noThumbprint() error {
	return invalidInput("Thumbprint list must contain at least one entry.")
}

func oidcProviderExists(url string) error {
	return alreadyExists("Provider with url %s already exists.", url)
}

func noSuchOIDCProvider(arn string) error {
	return noSuchEntity("OpenIDConnect Provider not found for arn %s", arn)
}

// noSuchOIDCProviderToDelete is the same error as DeleteOpenIDConnectProvider words it.
func noSuchOIDCProviderToDelete(arn string) error {
	return noSuchEntity("OpenId connect Provider %s cannot be found.", arn)
}

// AWS added the errors of context providers in November 2026. None of their texts was seen.

func malformedContextKey(key string) error {
	return invalidInput("The key " + key +
		" of the context provider is not valid. A key can contain only ASCII letters, numbers, single spaces, " +
		"and the following characters: _ . : / = + - @ #. It can't start or end with a space or contain two spaces in a row.") // text not confirmed
}

func setAndRemoveContextProvider() error {
	return validation("Unable to set and remove the context provider in the same request. Set a value for only one of the two parameters.") // text not confirmed
}

func setAndRemoveIdentityCenterInstance() error {
	return validation("Unable to set and remove the IAM Identity Center instance in the same request. Set a value for only one of the two parameters.") // text not confirmed
}

func contextProviderAndInstance() error {
	return validation("Unable to change the context provider and the IAM Identity Center instance in the same request.") // text not confirmed
}

func noOIDCUpdate() error {
	return validation("Unable to update identity provider. No updates are defined for the context provider or the IAM Identity Center instance.") // text not confirmed
}

func malformedIdentityCenterInstance(arn string) error {
	return invalidInput("ARN " + arn + " is not the ARN of an IAM Identity Center instance.") // text not confirmed
}

func contextProviderInUse() error {
	return invalidInput("Cannot remove the context provider while an IAM Identity Center instance is associated with the provider. " +
		"Remove the association first.") // text not confirmed
}

func noContextProvider() error {
	return invalidInput("Cannot associate an IAM Identity Center instance with a provider that has no context provider.") // text not confirmed
}

func samlProviderExists(name string) error {
	return alreadyExists("The SAML provider with name %s already exists.", name) // text not confirmed
}

func noSuchSAMLProvider(arn string) error { return noSuchEntity("Manifest not found for arn %s", arn) }

func malformedMetadata() error { return invalidInput("Could not parse metadata") }

func noSAMLUpdate() error {
	return validation("Unable to update identity provider. No updates are defined for metadata or encryption assertion.")
}

func noPrivateKey() error {
	return invalidInput("Failed to set assertion encryption mode to Required because no private key is present.")
}

func malformedPrivateKey() error {
	return invalidInput("Failed to add private key.") // text not confirmed
}

func tooManyPrivateKeys(limit int) error {
	return limitExceeded("Private key limit of %d is reached.", limit)
}

func addAndRemovePrivateKey() error {
	return validation("Unable to add and remove private keys in the same request. Set a value for only one of the two parameters.")
}

func lastPrivateKey() error { return invalidInput("Failed to remove private key.") }

func noSuchPrivateKey(id string) error {
	return noSuchEntity("The private key with id %s cannot be found.", id) // text not confirmed
}
