package services

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/principal"
)

// IsPublic reports whether S3 considers a policy public. The holder is the ARN of the bucket or
// access point. A policy is public unless each of its Allow statements names whom it allows, or
// limits them to fixed values of certain keys.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
func IsPublic(holder, policy string) bool {
	d, err := evaluator.Parse(policy)
	if err != nil {
		return false // S3 does not store it, and it allows nothing
	}
	a, _ := principal.ParseARN(holder)
	return slices.ContainsFunc(d.Statements, func(s evaluator.Statement) bool {
		return s.Effect == evaluator.Allow && !namesPrincipals(&s) && !slices.ContainsFunc(s.Conditions, func(c evaluator.Condition) bool {
			return isFixed(&c, a.AccountID == "")
		})
	})
}

// namesPrincipals reports whether all principals of a statement are fixed.
func namesPrincipals(s *evaluator.Statement) bool {
	return len(s.Principals) > 0 && !slices.ContainsFunc(s.Principals, func(p evaluator.PrincipalRef) bool {
		return p.Type == "Federated" || strings.ContainsAny(p.Value, "*?$")
	})
}

// fixedKeys are the condition keys whose fixed values make a statement not public. The page names
// aws:PrincipalOrgID as an example of a principal; it is not confirmed that the other keys of
// principals count.
var fixedKeys = []string{
	"aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:sourceaccount",
	"aws:sourcearn", "aws:sourceowner", "aws:sourcevpc", "aws:sourcevpce", "aws:userid",
	"s3:dataaccesspointaccount", "s3:dataaccesspointarn", "s3:x-amz-server-side-encryption-aws-kms-key-id",
}

// fixing are the operators that require one of the values.
var fixing = []string{"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike"}

// isFixed reports whether a condition limits a statement to fixed values.
func isFixed(c *evaluator.Condition, ofBucket bool) bool {
	key := strings.ToLower(c.Key)
	operator := strings.TrimPrefix(strings.ToLower(c.Operator), "foranyvalue:")
	fits := func(value string) bool { return !strings.ContainsAny(value, "*?$") }
	switch {
	case key == "aws:sourceip" && operator == "ipaddress":
		fits = isNarrow
	case !slices.Contains(fixedKeys, key) || !slices.Contains(fixing, operator):
		return false
	case key == "s3:dataaccesspointarn" && ofBucket:
		fits = isPointsOfAccount
	}
	return !slices.ContainsFunc(c.Values, func(v evaluator.Text) bool { return !fits(v.Value) })
}

// isPointsOfAccount reports whether a pattern matches only access points of one account. Their
// names may have wildcards.
func isPointsOfAccount(pattern string) bool {
	a, ok := principal.ParseARN(pattern)
	return ok && principal.ValidAccountID(a.AccountID) && !strings.ContainsAny(a.Resource, "$")
}

// Ranges of addresses that are broader are public.
const (
	narrowIPv4 = 8
	narrowIPv6 = 32
)

// isNarrow reports whether a range of addresses is narrow enough not to count as public.
func isNarrow(value string) bool {
	p, err := netip.ParsePrefix(value)
	if err != nil {
		a, err := netip.ParseAddr(value)
		return err == nil && a.IsValid()
	}
	if p.Addr().Is4() {
		return p.Bits() >= narrowIPv4
	}
	return p.Bits() >= narrowIPv6
}
