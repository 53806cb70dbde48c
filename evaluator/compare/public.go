package compare

import "github.com/understudy-iam/understudy/evaluator"

// Public returns what a resource-based policy allows everybody of the access; none if it is
// not public. As S3 means it ("The meaning of public"), a policy is not public that admits
// everybody only with a fixed value of a key such as aws:PrincipalOrgID in the request: a
// value without wildcards and policy variables, or a network of 8 bits or more of an IPv4
// address, 32 of an IPv6 address.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
//
// It does not matter whether the policy allows only with such a value or denies without it,
// as Deny with StringNotEquals does: what all statements leave counts. A condition that
// holds without the key too (IfExists, ForAllValues, StringNotEquals) restricts nothing in
// an Allow.
//
// The error is a *evaluator.SyntaxError of the document, or of an access that is longer
// than a document may be.
func Public(doc *evaluator.Document, of Access, kind evaluator.Kind) ([]Grant, error) {
	return exposed(doc, of, kind, ofResource)
}

// PublicAccessPoint is Public for the policy of an access point of S3, in which an ARN
// of access points with a wildcard does not count as fixed either.
func PublicAccessPoint(doc *evaluator.Document, of Access) ([]Grant, error) {
	return exposed(doc, of, evaluator.Resource, ofAccessPoint)
}

func exposed(doc *evaluator.Document, of Access, kind evaluator.Kind, what exposure) ([]Grant, error) {
	s, err := newSide(doc, kind)
	if err != nil {
		return nil, err
	}
	but, err := allBut(of)
	if err != nil {
		return nil, err
	}
	rest, err := newSide(but, evaluator.Identity)
	if err != nil {
		return nil, err
	}
	c := &comparison{old: rest, new: s, callers: strangers(), public: what}
	return c.run(), nil
}
