package decisions

import (
	"context"

	"github.com/understudy-iam/understudy/advice"
	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
)

// advise is what can be done about a denial, and the condition keys that it lacked.
func (i *inquiry) advise(c *authz.Check) ([]advice.Advice, []string) {
	d := &advice.Denial{
		Request: &c.Request, Policies: &c.Policies, Service: i.service, Operation: i.operation,
		Level: func(kind evaluator.Kind, level int) string {
			return levelName(c, &evaluator.Layer{Kind: kind, Level: level})
		},
		LevelTitle: func(kind evaluator.Kind, level int) string {
			return levelTitle(c, &evaluator.Layer{Kind: kind, Level: level})
		},
		Devices: i.facts.Devices,
		Decide: func(_ context.Context, r *evaluator.Request, p *evaluator.Policies, into *evaluator.Result) error {
			i.evaluate(r, p, into)
			return i.ended
		},
	}
	return advice.Of(i.ctx, d), advice.MissingKeys(i.ctx, d)
}
