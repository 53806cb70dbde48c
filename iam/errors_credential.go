package iam

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// SSH public keys, certificates and service-specific credentials. As in
// errors.go, the texts are AWS's unless a line says otherwise.

// notCredentialStatus is for the status Expired, which the API model knows and nobody can
// set. It is recorded for SSH keys, signing certificates and service-specific
// credentials; access keys have the same error in the model.
func notCredentialStatus(status types.StatusType) error {
	return invalidInput("Operation does not support status " + string(status))
}

func mustRemoveReferences() error {
	return deleteConflict("Cannot delete entity, must remove referenced objects first.")
}

func mustDeleteCertificates() error {
	return deleteConflict("Cannot delete entity, must delete certificates first.")
}

// SSH public keys.

func noSuchPublicKey(id string) error {
	return noSuchEntity("The Public Key with id %s cannot be found.", id)
}

// foreignPublicKey is for a key that another user has.
func foreignPublicKey(id string) error { return noSuchEntity("User has no Public Key with id %s.", id) }

// unreadablePublicKey is for a body that is not a key in an encoding that AWS reads, and
// weakPublicKey for a key of another algorithm or with too few bits.
func unreadablePublicKey() error {
	return &types.UnrecognizedPublicKeyEncodingException{Message: aws.String("Invalid public key uploaded.")}
}

func weakPublicKey() error {
	return &types.InvalidPublicKeyException{Message: aws.String("Invalid body for public key")}
}

func duplicatePublicKey() error {
	return &types.DuplicateSSHPublicKeyException{Message: aws.String("Duplicate SSH public key uploaded.")}
}

// Signing certificates.

func malformedCertificate(text string) error {
	return &types.MalformedCertificateException{Message: aws.String(text)}
}

// malformedSigningCertificate is for an expired certificate too.
func malformedSigningCertificate(body string) error {
	return malformedCertificate("Certificate " + body + " is malformed.")
}

func duplicateCertificate() error {
	return &types.DuplicateCertificateException{Message: aws.String("Duplicate certificate uploaded.")}
}

func noSuchCertificate(id string) error {
	return noSuchEntity("The Certificate with id %s cannot be found.", id)
}

// Server certificates.

func noSuchServerCertificate(name string) error {
	return noSuchEntity("The Server Certificate with name %s cannot be found.", name)
}

func serverCertificateExists(name string) error {
	return alreadyExists("The Server Certificate with name %s already exists.", name)
}

func unreadableCertificate() error {
	return malformedCertificate("Unable to parse certificate. Please ensure the certificate is in PEM format.")
}

func unreadableKey() error {
	return malformedCertificate("Unable to parse key. Please ensure the private key is in PEM format.") // text not confirmed
}

func keyPairMismatch() error {
	return &types.KeyPairMismatchException{Message: aws.String(
		"The private key did not match the public key provided. Please verify the key material and try again.")}
}

func certificateExpired() error {
	return malformedCertificate("Certificate is no longer valid. The 'Not After' date restriction on the certificate has passed.")
}

func certificateTooEarly() error {
	return malformedCertificate("Certificate is not yet valid. The 'Not Before' date restriction on the certificate has not passed.") // text not confirmed
}

// unreadableChain has no text (recorded).
func unreadableChain() error { return &types.MalformedCertificateException{} }

func invalidChain(index int) error {
	return malformedCertificate(fmt.Sprintf("Unable to validate certificate chain. The certificate chain must start with the immediate "+
		"signing certificate, followed by any intermediaries in order. The index within the chain of the invalid certificate is: %d",
		index))
}

// untaggable is for a certificate that has lost its tags for good.
func untaggable() error {
	return invalidInput("Input tag parameters does not meet the acceptance criteria. For example, the provided tag keys/values must be " +
		"unicode letters, digits, white space, and any of the following symbols: _ . : / = + - @.")
}

// Service-specific credentials.

// noSuchCredentialService does not have the code that the API model has for it,
// NotSupportedService: AWS does so, recorded.
func noSuchCredentialService(name string) error {
	return noSuchEntity("No such service %s is supported for Service Specific Credentials", name)
}

func badServiceName() error { return validation("ServiceName must match [a-zA-Z0-9.-]*") }

func allUsersAndOne() error {
	return invalidInput("Cannot list credentials for all users if a username is given")
}

func noSuchServiceCredential(id string) error {
	return noSuchEntity("No such credential %s exists", id)
}

// foreignServiceCredential is for a credential that another user has.
func foreignServiceCredential(user, id string) error {
	return validation("User %s does not have a service specific credential with id %s", user, id)
}
