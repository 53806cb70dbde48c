package iam

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/persistence"
)

// maxSummary is how many characters a summary may have.
const maxSummary = 10000

// GetHumanReadableSummary says in words what a delegation request asks for.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetHumanReadableSummary.html
//
// AWS has a language model write it; here it follows from the policy, and is
// the same each time. The summary is always in English.
func (s *Service) GetHumanReadableSummary(ctx context.Context,
	in *iam.GetHumanReadableSummaryInput) (*iam.GetHumanReadableSummaryOutput, error) {
	id, err := delegationID(aws.ToString(in.EntityArn))
	if err != nil {
		return nil, err
	}
	r, err := s.delegation(ctx, id)
	if err != nil {
		return nil, err
	}
	locale := "en"
	if in.Locale != nil {
		locale = *in.Locale
	}
	out := &iam.GetHumanReadableSummaryOutput{Locale: &locale, SummaryState: types.SummaryStateTypeNotSupported}
	if language, _, _ := strings.Cut(strings.ReplaceAll(locale, "_", "-"), "-"); strings.EqualFold(language, "en") {
		text := summarize(r)
		out.SummaryContent, out.SummaryState = &text, types.SummaryStateTypeAvailable
	}
	return out, nil
}

func summarize(r *persistence.DelegationRequest) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (account %s) asks for temporary access for %s.", r.RequestorName, r.Requestor,
		time.Duration(r.SessionDuration)*time.Second)
	for _, s := range policyStatements(r.Policy) {
		verb := "It could call"
		if effect, _ := s.member("Effect").(string); effect == "Deny" {
			verb = "It could not call"
		}
		fmt.Fprintf(&b, " %s %s on %s%s.", verb, part(s, "Action"), part(s, "Resource"), underConditions(s))
	}
	if arns := restrictions(r.Policy); len(arns) > 0 {
		fmt.Fprintf(&b, " Roles that it makes are limited by %s.", strings.Join(arns, ", "))
	}
	text := b.String()
	return text[:min(len(text), maxSummary)]
}

// part says what a statement's member lists, or what its Not form leaves.
func part(s jsonObject, member string) string {
	if list := textsOf(s.member(member)); len(list) > 0 {
		return strings.Join(list, ", ")
	}
	return "everything but " + strings.Join(textsOf(s.member("Not"+member)), ", ")
}

func underConditions(s jsonObject) string {
	if s.member("Condition") == nil {
		return ""
	}
	return " under conditions"
}
