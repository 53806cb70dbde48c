package advice_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/advice"
	"github.com/understudy-iam/understudy/evaluator"
)

// BenchmarkOf measures the cost of advice about a typical denial.
func BenchmarkOf(b *testing.B) {
	documents := map[string]string{
		"nothing": `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`,
		"mfa":     `{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}`,
		"deny":    `{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","NotAction":"s3:*","Resource":"*"}`,
	}
	var many []string
	for i := range 600 {
		many = append(many, fmt.Sprintf(`{"Effect":"Allow","Action":"iam:Get*","Resource":"arn:aws:iam::111122223333:user/u%d",`+
			`"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}`, i))
	}
	documents["600 statements"] = strings.Join(many, ",")
	for name, text := range documents {
		b.Run(name, func(b *testing.B) {
			p, err := evaluator.Compile(wrap(text), evaluator.Identity, evaluator.Origin{ID: "p"})
			if err != nil {
				b.Fatal(err)
			}
			d := &advice.Denial{
				Request: &evaluator.Request{
					Principal: userPrincipal(testAccount, "ana"), Action: "iam:GetUser", Resource: "arn:aws:iam::111122223333:user/bob",
					Context: new(evaluator.Context),
				},
				Policies: &evaluator.Policies{Identity: []*evaluator.Policy{p}}, Service: "iam", Operation: "GetUser",
				Decide: evaluator.EvaluateContext,
			}
			for b.Loop() {
				if len(advice.Of(context.Background(), d)) == 0 {
					b.Fatal("no advice")
				}
			}
		})
	}
}
