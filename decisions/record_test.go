package decisions_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/principal"
)

const (
	bob  = "arn:aws:iam::111122223333:user/bob"
	ana  = "arn:aws:iam::111122223333:user/ana"
	role = "arn:aws:iam::111122223333:role/audit"
)

// A question is a request by ana for iam:GetUser on bob, with the documents of each layer.
type question struct {
	identity, session  []string
	limits             []string // of the session
	boundary, resource string
	scp                [][]string
	rule               evaluator.ResourceRule
	action             string
	target             string              // of the action; by default a user or a role
	keys               map[string]string   // further condition keys
	several            map[string][]string // further condition keys with lists of values
}

func compile(t *testing.T, kind evaluator.Kind, name, document string) *evaluator.Policy {
	t.Helper()
	p, err := evaluator.Compile(document, kind, evaluator.Origin{ID: name, Type: "IAM Policy"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// decide evaluates the question and returns its record.
func (q *question) decide(t *testing.T) *decisions.Record {
	t.Helper()
	r, err := decisions.NewRecord(t.Context(), q.event(t), decisions.Facts{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// event evaluates the question and returns its event.
func (q *question) event(t *testing.T) *events.Event {
	t.Helper()
	list := func(kind evaluator.Kind, documents []string) []*evaluator.Policy {
		policies := []*evaluator.Policy{}
		for i, d := range documents {
			policies = append(policies, compile(t, kind, kind.String()+string(rune('1'+i)), d))
		}
		return policies
	}
	levels := func(kind evaluator.Kind, documents [][]string) (levels [][]*evaluator.Policy) {
		for _, d := range documents {
			levels = append(levels, list(kind, d))
		}
		return levels
	}
	one := func(kind evaluator.Kind, document string) *evaluator.Policy {
		if document == "" {
			return nil
		}
		return compile(t, kind, kind.String(), document)
	}
	resource := evaluator.Resource
	if q.rule == evaluator.TrustRule {
		resource = evaluator.Trust
	}
	c := authz.Check{Need: authz.Need{Action: "iam:GetUser", Resource: bob}}
	if q.action != "" {
		c.Need.Action, c.Need.Resource = q.action, role
	}
	if q.target != "" {
		c.Need.Resource = q.target
	}
	c.Policies = evaluator.Policies{
		Identity: list(evaluator.Identity, q.identity), Session: list(evaluator.Session, q.session),
		Limits: list(evaluator.Session, q.limits), Boundary: one(evaluator.Boundary, q.boundary),
		Resource: one(resource, q.resource), ResourceRule: q.rule, SCP: levels(evaluator.SCP, q.scp),
	}
	ctx := &evaluator.Context{}
	ctx.Set("aws:username", "ana")
	ctx.SetMulti("aws:PrincipalOrgPaths", "o-1/r-1/ou-1/")
	for key, value := range q.keys {
		ctx.Set(key, value)
	}
	for key, values := range q.several {
		ctx.SetMulti(key, values...)
	}
	c.Request = evaluator.Request{
		Principal: evaluator.Principal{Kind: evaluator.User, Account: "111122223333", ARN: ana, EntityARN: ana, EntityID: "AIDAANA"},
		Action:    c.Need.Action, Resource: c.Need.Resource, Context: ctx,
	}
	if err := authz.EvaluateContext(t.Context(), &c.Request, &c.Policies, &c.Result); err != nil {
		t.Fatal(err)
	}
	e := &events.Event{Caller: &principal.Caller{}}
	events.Note(e.Caller, &authz.Decision{Caller: e.Caller, Checks: []authz.Check{c}})
	return e
}

const (
	all     = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`
	s3Only  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`
	denyGet = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Sid":"NoGet","Effect":"Deny",` +
		`"Action":"iam:Get*","Resource":"*"},{"Sid":"NoUser","Effect":"Deny","Action":"iam:*User","Resource":"*"}]}`
)

// A denial comes with advice that knows the call and the names of the levels.
func TestRecordHasAdvice(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		q    question
		want []string
	}{
		{"allowed", question{identity: []string{all}}, nil},
		{"no policy", question{}, []string{"addStatement identity "}},
		{"a unit lacks it", question{identity: []string{all}, scp: [][]string{{all}, {s3Only}, {all}}},
			[]string{"changeGuardrail scp ou-1"}},
		{"a limit of the session lacks it", question{identity: []string{all}, limits: []string{all, s3Only}},
			[]string{"changeGuardrail session session2"}},
		{"a Deny for everyone", question{identity: []string{denyGet}}, []string{"leaveDenied identity "}},
		{"a resource of another partition", question{action: "s3:GetObject", target: "arn:aws-cn:s3:::bucket/key"},
			[]string{"leaveDenied  "}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, a := range c.q.decide(t).Checks[0].Advice {
				got = append(got, string(a.Kind)+" "+a.Steps[0].Layer+" "+a.Steps[0].Level)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestNearMisses(t *testing.T) {
	t.Parallel()
	statement := func(text string) string { return `{"Version":"2012-10-17","Statement":[` + text + `]}` }
	for _, c := range []struct {
		name, statement string
		want            []string
	}{
		{"another action", `{"Effect":"Allow","Action":"iam:GetRole","Resource":"*"}`, nil},
		{"another resource", `{"Effect":"Allow","Action":"iam:GetUser","Resource":"` + ana + `"}`, []string{"Resource"}},
		{"a condition", `{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{"StringEquals":{"aws:username":["eve","bob"]},` +
			`"StringLike":{"aws:userid":"*"},"Null":{"aws:username":"false"}}}`,
			[]string{"Condition", "StringEquals aws:username [eve bob] [ana] true", "StringLike aws:userid [*] [] false"}},
		{"a condition and another resource", `{"Effect":"Allow","Action":"iam:*","Resource":"` + ana + `",` +
			`"Condition":{"Bool":{"x:y":"true"}}}`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			q := question{identity: []string{statement(c.statement)}}
			var got []string
			for _, l := range q.decide(t).Checks[0].Layers {
				for _, m := range l.NearMisses {
					got = append(got, m.Lacks)
					for _, u := range m.Unmet {
						raw, _ := json.Marshal(u.Present)
						got = append(got, u.Operator+" "+u.Key+" ["+strings.Join(u.Wants, " ")+"] ["+strings.Join(u.Has, " ")+
							"] "+string(raw))
					}
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A record says where each statement that applied is.
func TestRecordShowsLayersAndPositions(t *testing.T) {
	t.Parallel()
	q := question{identity: []string{all, denyGet}, boundary: s3Only, scp: [][]string{{all}, {all}}}
	c := q.decide(t).Checks[0]
	type row struct {
		Layer, Level, Decision string
		Policies               int
		Statements             []string
	}
	var got []row
	for _, l := range c.Layers {
		x := row{Layer: l.Layer, Level: l.Level, Decision: l.Decision, Policies: len(l.Policies)}
		for _, s := range l.Statements {
			raw, _ := json.Marshal(s.Start)
			x.Statements = append(x.Statements, s.Policy.ID+" "+s.Effect+" "+s.Sid+string(raw))
		}
		got = append(got, x)
	}
	want := []row{
		{"scp", "r-1", "allowed", 1, []string{`scp1 Allow {"line":1,"column":37}`}},
		{"scp", "ou-1", "allowed", 1, []string{`scp1 Allow {"line":1,"column":37}`}},
		{"identity", "", "explicitDeny", 2, []string{
			`identity1 Allow {"line":1,"column":37}`, `identity2 Allow {"line":1,"column":38}`,
			`identity2 Deny NoGet{"line":1,"column":85}`, `identity2 Deny NoUser{"line":1,"column":152}`,
		}},
		{"boundary", "", "implicitDeny", 1, nil},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if c.DeniedBy != "identity" || c.Decision != "explicitDeny" || c.Sentence == "" {
		t.Errorf("denied by %s: %s (%s)", c.DeniedBy, c.Decision, c.Sentence)
	}
}

// Each policy that narrows a session is a layer with its own name.
func TestRecordShowsTheLimitsOfASession(t *testing.T) {
	t.Parallel()
	q := question{identity: []string{all}, session: []string{all}, limits: []string{all, s3Only}}
	r := q.decide(t)
	var got []string
	for _, l := range r.Checks[0].Layers {
		got = append(got, l.Layer+" "+l.Level+" "+l.Decision+" "+l.Policies[0].ID)
	}
	want := []string{
		"identity  allowed identity1", "session  allowed session1",
		"session session1 allowed session1", "session session2 implicitDeny session2",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("layers (-want +got):\n%s", diff)
	}
}

// An explanation, which decides the call many times, ends when its context ends.
func TestExplanationEndsWithItsContext(t *testing.T) {
	t.Parallel()
	for name, q := range map[string]question{
		"advice is looked for": {},
		"a near miss is tried": {identity: []string{
			`{"Statement":{"Effect":"Allow","Action":"iam:GetUser","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}}`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			e := q.event(t)
			if _, err := decisions.NewRecord(ctx, e, decisions.Facts{}); err != nil {
				t.Fatal(err)
			}
			cancel()
			if r, err := decisions.NewRecord(ctx, e, decisions.Facts{}); r != nil || !errors.Is(err, context.Canceled) {
				t.Errorf("%+v, %v", r, err)
			}
			if r := decisions.NewSummary(e); len(r.Checks) != 1 {
				t.Errorf("the summary, which decides nothing again, is %+v", r)
			}
		})
	}
}
