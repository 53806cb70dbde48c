package sts

import (
	"errors"

	"github.com/understudy-iam/understudy/federation/saml"
	"github.com/understudy-iam/understudy/persistence"
)

// badResponse explains why a SAML response is not accepted.
func (s *Service) badResponse(err error, p *persistence.SAMLProvider, v *saml.Provider) error {
	known := s.samlError(err)
	switch {
	case errors.Is(err, saml.ErrMalformed):
		return unproved(known, "The response cannot be read, or something in it is not accepted.").
			compare("SAMLAssertion", "a SAML 2.0 response in base64, with one assertion", cause(err, saml.ErrMalformed)).
			check("Send the whole response that the identity provider posts to AWS, decoded from the URL form and not from base64.")
	case errors.Is(err, saml.ErrUnsigned):
		return unproved(known, "The assertion in the response has no signature of its own.").
			compare("signature of the assertion", "one, besides that of the response", "none").
			check("Let the identity provider sign the assertion, not only the response.")
	case errors.Is(err, saml.ErrIssuer):
		return unproved(known, "The issuer of the assertion is not that of the provider.").
			compare("Issuer of the assertion", v.Metadata.EntityID+", the entityID in the metadata of provider "+p.Name,
				cause(err, saml.ErrIssuer)).
			check("PrincipalArn may name another provider than the one that signed, or its metadata may be old.")
	case errors.Is(err, saml.ErrSignature):
		return unproved(known, "The signature is not the provider's.").
			compare("signature of the response or assertion", "one that verifies with a certificate in the metadata of provider "+p.Name,
				"another one").
			check("The identity provider may have a new certificate: pass its new metadata to aws iam update-saml-provider.").
			check("The response may have been changed after it was signed.")
	}
	return known
}
