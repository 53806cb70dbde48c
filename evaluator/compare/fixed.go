package compare

import (
	"net/netip"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// valueForm is what the values of a key are, and so which of them are fixed.
type valueForm uint8

const (
	names        valueForm = iota + 1 // IDs, accounts, names
	arns                              // ARNs
	accessPoints                      // ARNs of access points
	addresses                         // IP addresses
)

// fixing are the keys, in lower case, whose fixed values keep a policy from being public.
// AWS's page (see Public) names aws:userid and those of S3 and of sources, except for
// organizations, and says "an AWS principal, user, role, or service principal (e.g.
// aws:PrincipalOrgID)". The others here say the same of principals, accounts and
// organizations.
var fixing = map[string]valueForm{
	"aws:principalorgid":        names,
	"aws:principalorgpaths":     names,
	"aws:principalaccount":      names,
	"aws:principalarn":          arns,
	"aws:principalservicename":  names,
	"aws:userid":                names,
	"kms:calleraccount":         names,
	"aws:sourceip":              addresses,
	"aws:sourcearn":             arns,
	"aws:sourcevpc":             names,
	"aws:sourcevpce":            names,
	"aws:sourceowner":           names,
	"aws:sourceaccount":         names,
	"aws:sourceorgid":           names,
	"aws:sourceorgpaths":        names,
	"s3:dataaccesspointarn":     accessPoints,
	"s3:dataaccesspointaccount": names,
}

// fixes reports whether the claims ask for a fixed value of one of these keys: one
// condition or another says that the key is there, and one that its values are fixed.
func (c claims) fixes(of exposure) bool {
	return c.some(func(k *evaluator.Condition) bool {
		return of.limited(k) && c.some(func(other *evaluator.Condition) bool {
			return strings.EqualFold(other.Key, k.Key) && other.NeedsKey()
		})
	})
}

// exposure is whose openness to everybody is looked for; none if it is not.
type exposure uint8

const (
	ofResource exposure = iota + 1
	ofAccessPoint
)

// form is what the values of a key are that keep the policy from being public; 0 if none
// do. In the policy of an access point, ARNs of access points have to be whole.
func (of exposure) form(key string) valueForm {
	switch f := fixing[strings.ToLower(key)]; {
	case of == 0:
		return 0
	case of == ofAccessPoint && f == accessPoints:
		return arns
	default:
		return f
	}
}

// Fixed reports whether a condition keeps a policy from being public by itself: it holds
// only in requests with a fixed value of one of these keys. The policy is that of an access
// point of S3 or, if not, of another resource.
func Fixed(c *evaluator.Condition, ofPoint bool) bool {
	of := ofResource
	if ofPoint {
		of = ofAccessPoint
	}
	return of.limited(c) && c.NeedsKey()
}

// limited reports whether a condition says that its key, if it is there, has a fixed value.
func (of exposure) limited(k *evaluator.Condition) bool {
	form := of.form(k.Key)
	if form == 0 || len(k.Values) == 0 {
		return false
	}
	for _, v := range k.Values {
		if !isFixed(form, operator(k), v.Value) {
			return false
		}
	}
	return true
}

// operator is the operator of a condition without a quantifier and IfExists.
func operator(k *evaluator.Condition) string {
	return strings.TrimSuffix(k.Operator[strings.LastIndexByte(k.Operator, ':')+1:], "IfExists")
}

// isFixed reports whether what a value of a condition matches is fixed.
func isFixed(form valueForm, operator, value string) bool {
	switch operator {
	case "IpAddress":
		return form == addresses && isNarrow(value)
	case "ArnEquals", "ArnLike":
		return form == arns && isPlain(value) || form == accessPoints && ofAccount(value)
	case "StringLike", "StringEquals", "StringEqualsIgnoreCase":
		return isPlain(value) || form == accessPoints && ofAccount(value)
	}
	return false // the others compare numbers, truths and so on, or are negated
}

// isPlain reports whether a value has neither wildcards nor variables. AWS's page says so of
// a pattern such as "vpc-*" too, though it does not match everything.
func isPlain(value string) bool {
	return value != "" && !strings.ContainsAny(value, "*?") && !strings.Contains(value, "${")
}

// ofAccount reports whether a value is the ARN of access points of one account, whose names
// may have wildcards.
func ofAccount(value string) bool {
	parts := strings.SplitN(value, ":", 6)
	return len(parts) == 6 && isPlain(strings.Join(parts[:4], ":")) && isPlain(parts[4]) && !strings.Contains(parts[5], "${")
}

// The networks that are narrow enough, in bits.
// "This includes values broader than /8 for IPv4 and /32 for IPv6 (excluding RFC1918 private
// ranges)", none of which is broader.
const (
	minBits4 = 8
	minBits6 = 32
)

func isNarrow(network string) bool {
	if a, err := netip.ParseAddr(network); err == nil {
		return a.Zone() == ""
	}
	p, err := netip.ParsePrefix(network)
	if err != nil {
		return false
	}
	if p.Addr().Is4() {
		return p.Bits() >= minBits4
	}
	return p.Bits() >= minBits6
}
