package advice_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/advice"
	"github.com/understudy-iam/understudy/evaluator"
)

// question is a denial of ana's request for iam:GetUser on bob, by identity-based
// policies with these statements.
func question(t testing.TB, statements string) *advice.Denial {
	t.Helper()
	p, err := evaluator.Compile(wrap(statements), evaluator.Identity, evaluator.Origin{ID: "p"})
	if err != nil {
		t.Fatal(err)
	}
	return &advice.Denial{
		Request: &evaluator.Request{
			Principal: userPrincipal(testAccount, "ana"), Action: "iam:GetUser", Resource: "arn:aws:iam::111122223333:user/bob",
			Context: new(evaluator.Context),
		},
		Policies: &evaluator.Policies{Identity: []*evaluator.Policy{p}}, Service: "iam", Operation: "GetUser",
		Decide: evaluator.EvaluateContext,
	}
}

// A policy with many statements that almost allow the request does not make the search
// endless.
func TestWorkIsBounded(t *testing.T) {
	t.Parallel()
	const many, most = 1200, 8000
	statements := make([]string, many)
	for i := range statements {
		statements[i] = fmt.Sprintf(`{"Effect":"Allow","Action":"iam:Get*","Resource":"arn:aws:iam::111122223333:user/u%d",`+
			`"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}`, i)
	}
	d := question(t, strings.Join(statements, ","))
	decided := 0
	d.Decide = func(ctx context.Context, r *evaluator.Request, p *evaluator.Policies, into *evaluator.Result) error {
		decided++
		return evaluator.EvaluateContext(ctx, r, p, into)
	}
	advice.Of(context.Background(), d)
	advice.MissingKeys(context.Background(), d)
	if decided > most {
		t.Errorf("%d decisions, want %d at most", decided, most)
	}
}

// When the context ends, nothing more is decided.
func TestAdviceEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	d := question(t, `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`)
	decided := 0
	d.Decide = func(ctx context.Context, r *evaluator.Request, p *evaluator.Policies, into *evaluator.Result) error {
		if decided++; decided == 3 {
			cancel()
		}
		return errors.Join(ctx.Err(), evaluator.EvaluateContext(ctx, r, p, into))
	}
	list := advice.Of(ctx, d)
	if decided != 3 {
		t.Errorf("%d decisions, want none after the third", decided)
	}
	if len(list) != 1 || !strings.Contains(list[0].Steps[0].Sentence, "ended before") {
		t.Errorf("the advice is %+v, want it to say that the search ended", list)
	}
}

func TestMissingKeys(t *testing.T) {
	t.Parallel()
	const mfa = `"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`
	for name, c := range map[string]struct {
		statements string
		want       []string
	}{
		"of a statement that could match": {`{"Effect":"Allow","Action":"iam:Get*","Resource":"*",` + mfa + `}`,
			[]string{"aws:MultiFactorAuthPresent"}},
		"of another action": {`{"Effect":"Allow","Action":"iam:List*","Resource":"*",` + mfa + `}`, nil},
		"of another resource": {`{"Effect":"Allow","Action":"iam:Get*",` +
			`"Resource":"arn:aws:iam::111122223333:user/eve",` + mfa + `}`, nil},
		"of a Deny that does not apply": {`{"Effect":"Deny","Action":"iam:Get*","Resource":"*",` + mfa + `}`, nil},
		"of a Deny that applies": {
			`{"Effect":"Deny","Action":"iam:Get*","Resource":"*","Condition":{"Null":{"aws:x":"true"}}}`, nil,
		},
		"a variable of the resource": {`{"Effect":"Allow","Action":"iam:*",` +
			`"Resource":"arn:aws:iam::111122223333:user/${aws:username}"}`, []string{"aws:username"}},
		"a variable of a value": {`{"Effect":"Allow","Action":"iam:*","Resource":"*",` +
			`"Condition":{"StringEquals":{"aws:PrincipalTag/a":"${aws:PrincipalTag/b}"}}}`,
			[]string{"aws:PrincipalTag/a", "aws:PrincipalTag/b"}},
		"each once": {`{"Effect":"Allow","Action":"iam:*","Resource":"*",` + mfa + `},{"Effect":"Allow","Action":"*","Resource":"*",` +
			`` + mfa + `}`, []string{"aws:MultiFactorAuthPresent"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, advice.MissingKeys(context.Background(), question(t, c.statements))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Whatever a document says, the advised change allows the request.
func FuzzOf(f *testing.F) {
	for _, s := range []string{
		`{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}`,
		`{"Effect":"Deny","NotAction":"s3:*","Resource":"arn:aws:iam::111122223333:user/${aws:username}",` +
			`"Condition":{"StringNotLike":{"a:b":["x*","${*}"]}}}`,
		`{"Effect":"Allow","Action":["iam:GetUser"],"NotResource":[],"Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":[]}}}`,
		`{"Version":"2008-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"${"}}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := evaluator.Compile(wrap(text), evaluator.Identity, evaluator.Origin{ID: "p"})
		if err != nil || len(text) > 4096 {
			t.Skip()
		}
		d := question(t, `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`)
		d.Policies.Identity = append(d.Policies.Identity, p)
		for _, a := range advice.Of(context.Background(), d) {
			if len(a.Steps) == 0 || a.Kind != advice.LeaveDenied && len(a.StaysDenied) == 0 {
				t.Errorf("%s: %+v", text, a)
			}
		}
	})
}
