package saml

import "github.com/beevik/etree"

// response is a response as it was received, before anything is verified.
type response struct {
	issuer string
	signed bool // it has a signature of its own, which must then be valid

	assertion, encrypted *etree.Element // one of them
}

// readResponse finds the assertion of a response. A second assertion anywhere, and a signature
// anywhere but on the response and on the assertion, are refused: attackers use them to wrap signed
// content.
func readResponse(root *etree.Element) (*response, error) {
	if !is(root, protocolSpace, "Response") || attribute(root, "Version") != "2.0" {
		return nil, malformed("it is not a response of SAML 2.0")
	}
	if err := succeeded(root); err != nil {
		return nil, err
	}
	r := &response{}
	signature, err := signatureOf(root)
	if err != nil {
		return nil, err
	}
	r.signed = signature != nil
	if r.issuer, err = issuerOf(root); err != nil {
		return nil, err
	}
	plain, encrypted := children(root, assertionSpace, "Assertion"), children(root, assertionSpace, "EncryptedAssertion")
	switch {
	case len(plain)+len(encrypted) == 0:
		return nil, ErrUnsigned
	case len(plain)+len(encrypted) > 1:
		return nil, malformed("it has several assertions")
	case len(plain) == 1:
		r.assertion = plain[0]
	default:
		r.encrypted = encrypted[0]
	}
	return r, nothingHidden(root, r.assertion, r.encrypted)
}

// succeeded checks the status, which a response must have.
func succeeded(root *etree.Element) error {
	status, err := only(root, protocolSpace, "Status")
	if err != nil {
		return err
	}
	code, err := only(status, protocolSpace, "StatusCode")
	if err != nil {
		return err
	}
	if attribute(code, "Value") != success {
		return malformed("its status is %q", attribute(code, "Value"))
	}
	return nil
}

// nothingHidden refuses assertions and signatures that are anywhere but directly in the root or in
// the assertion. Names are compared in every namespace.
func nothingHidden(root *etree.Element, assertions ...*etree.Element) error {
	known := map[*etree.Element]bool{}
	for _, a := range assertions {
		if a != nil {
			known[a] = true
		}
	}
	return walk(root, func(el *etree.Element) error {
		switch el.Tag {
		case "Assertion", "EncryptedAssertion":
			if !known[el] {
				return malformed("an assertion is where none belongs")
			}
		case "Signature":
			if parent := el.Parent(); parent != root && !known[parent] {
				return malformed("a signature is where none belongs")
			}
		}
		return nil
	})
}

// issuerOf is the issuer of a response or an assertion; empty if it has none.
func issuerOf(el *etree.Element) (string, error) {
	list := children(el, assertionSpace, "Issuer")
	if len(list) == 0 {
		return "", nil
	}
	if len(list) > 1 {
		return "", malformed("it has several issuers")
	}
	return text(list[0])
}
