package compare

import (
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// Public returns what a resource-based policy allows everybody; none if it is not public.
// As S3 means it, a policy is not public that admits everybody only under a condition
// that a fixed value of a key such as aws:SourceArn or aws:PrincipalOrgID is in the request.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
// The error is a *evaluator.SyntaxError.
func Public(doc *evaluator.Document, kind evaluator.Kind) ([]Grant, error) {
	s, err := newSide(doc, kind)
	if err != nil {
		return nil, err
	}
	nothing, err := newSide(&evaluator.Document{Version: evaluator.Version2012}, evaluator.Identity)
	if err != nil {
		return nil, err
	}
	c := &comparison{old: nothing, new: s, callers: strangers(), public: true}
	return c.run(), nil
}

// restricting are the keys whose fixed values keep a policy from being public.
var restricting = []string{
	"aws:SourceArn", "aws:SourceAccount", "aws:SourceOwner", "aws:SourceOrgID", "aws:SourceOrgPaths", "aws:SourceVpc", "aws:SourceVpce",
	"aws:SourceIp", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:PrincipalArn", "aws:PrincipalAccount", "aws:userid",
	"s3:DataAccessPointArn", "s3:DataAccessPointAccount", "kms:CallerAccount",
}

// restrict reports whether the claims ask for a fixed value of one of these keys.
func (c claims) restrict() bool {
	return c.some(func(k *evaluator.Condition) bool {
		known := slices.ContainsFunc(restricting, func(key string) bool { return strings.EqualFold(key, k.Key) })
		return known && k.NeedsKey() && k.AnyValue() && !slices.ContainsFunc(k.Values, func(v evaluator.Text) bool { return open(v.Value) })
	})
}

// open reports whether a value of a condition is not fixed: it begins with a wildcard, is a
// variable, is an ARN of any account, or is a network of all addresses.
func open(value string) bool {
	if parts := strings.SplitN(value, ":", 6); len(parts) == 6 && strings.ContainsAny(parts[4], "*?") {
		return true
	}
	return value == "" || strings.ContainsAny(value[:1], "*?") || strings.Contains(value, "${") || strings.HasSuffix(value, "/0")
}
