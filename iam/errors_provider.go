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

// unusableProvider has no text: AWS answers so a URL with a query or a fragment,
// and one whose host it cannot find (recorded, quoted).
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

// noSuchOIDCProviderToDelete is how DeleteOpenIDConnectProvider says it.
func noSuchOIDCProviderToDelete(arn string) error {
	return noSuchEntity("OpenId connect Provider %s cannot be found.", arn)
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
