package services

import (
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/compare"
	"github.com/understudy-iam/understudy/principal"
)

// IsPublic reports whether S3 considers a policy public. The holder is the ARN of the bucket or
// access point. A policy is public unless each of its Allow statements names whom it allows, or
// limits them to fixed values of certain keys. Whether a Deny of everybody else would do is not documented.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
func IsPublic(holder, policy string) bool {
	d, err := evaluator.Parse(policy)
	if err != nil {
		return false // S3 does not store it, and it allows nothing
	}
	a, _ := principal.ParseARN(holder)
	return slices.ContainsFunc(d.Statements, func(s evaluator.Statement) bool {
		return s.Effect == evaluator.Allow && !namesPrincipals(&s) && !slices.ContainsFunc(s.Conditions, func(c evaluator.Condition) bool {
			return compare.Fixed(&c, a.AccountID != "")
		})
	})
}

// namesPrincipals reports whether all principals of a statement are fixed.
func namesPrincipals(s *evaluator.Statement) bool {
	return len(s.Principals) > 0 && !slices.ContainsFunc(s.Principals, func(p evaluator.PrincipalRef) bool {
		return p.Type == "Federated" || strings.ContainsAny(p.Value, "*?$")
	})
}
