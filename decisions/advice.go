package decisions

import (
	"context"

	"github.com/understudy-iam/understudy/advice"
	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/principal"
)

// elsewhere is principal.Partition.Elsewhere for the server's partition, which is that of
// the caller's ARN.
func elsewhere(resource, caller string) (where, here string) {
	a, ok := principal.ParseARN(caller)
	if !ok {
		return "", ""
	}
	return principal.Partition(a.Partition).Elsewhere(resource)
}

// advise returns what can be done about a denial, and the condition keys that were missing.
func (i *inquiry) advise(c *authz.Check) ([]advice.Advice, []string) {
	where, here := elsewhere(c.Request.Resource, c.Request.Principal.ARN)
	d := &advice.Denial{
		Request: &c.Request, Policies: &c.Policies, Service: i.service, Operation: i.operation, Input: i.input,
		Level: func(kind evaluator.Kind, level int) string {
			return levelName(c, &evaluator.Layer{Kind: kind, Level: level})
		},
		LevelTitle: func(kind evaluator.Kind, level int) string {
			return levelTitle(c, &evaluator.Layer{Kind: kind, Level: level})
		},
		Elsewhere: where, Here: here,
		Devices: i.facts.Devices, Powers: i.facts.Powers,
		Decide: func(_ context.Context, r *evaluator.Request, p *evaluator.Policies, into *evaluator.Result) error {
			i.evaluate(r, p, into)
			return i.ended
		},
	}
	return advice.Of(i.ctx, d), advice.MissingKeys(i.ctx, d)
}

// lift returns advice to make a policy count that is left out.
func lift(bar *authz.Bar) []advice.Advice {
	var list []advice.Advice
	for _, sentence := range bar.Do {
		step := advice.Step{Kind: advice.ChangeGuardrail, Layer: evaluator.Resource.String(), Sentence: sentence}
		list = append(list, advice.Advice{Kind: advice.ChangeGuardrail, Steps: []advice.Step{step}})
	}
	return list
}
