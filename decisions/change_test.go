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

// A question is a request of ana for iam:GetUser on bob, with the documents of
// each layer.
type question struct {
	identity, session  []string
	limits             []string // of the session
	boundary, resource string
	scp, rcp           [][]string
	rule               evaluator.ResourceRule
	action, owner      string
	caller             *evaluator.Principal
	keys               map[string]string // further condition keys
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
	r, err := decisions.NewRecord(t.Context(), q.event(t))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// event evaluates the question and returns what is kept of it.
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
	c := authz.Check{Need: authz.Need{Action: "iam:GetUser", Resource: bob, Owner: q.owner}}
	if q.action != "" {
		c.Need.Action, c.Need.Resource = q.action, role
	}
	c.Policies = evaluator.Policies{
		Identity: list(evaluator.Identity, q.identity), Session: list(evaluator.Session, q.session), Limits: list(evaluator.Session, q.limits), Boundary: one(evaluator.Boundary, q.boundary),
		Resource: one(resource, q.resource), ResourceRule: q.rule, SCP: levels(evaluator.SCP, q.scp), RCP: levels(evaluator.RCP, q.rcp),
	}
	ctx := &evaluator.Context{}
	ctx.Set("aws:username", "ana")
	ctx.SetMulti("aws:PrincipalOrgPaths", "o-1/r-1/ou-1/")
	for key, value := range q.keys {
		ctx.Set(key, value)
	}
	c.Request = evaluator.Request{
		Principal: evaluator.Principal{Kind: evaluator.User, Account: "111122223333", ARN: ana, EntityARN: ana, EntityID: "AIDAANA"},
		Action:    c.Need.Action, Resource: c.Need.Resource, ResourceAccount: q.owner, Context: ctx,
	}
	if q.caller != nil {
		c.Request.Principal = *q.caller
	}
	if err := authz.EvaluateContext(t.Context(), &c.Request, &c.Policies, &c.Result); err != nil {
		t.Fatal(err)
	}
	e := &events.Event{Caller: &principal.Caller{}}
	events.Note(e.Caller, &authz.Decision{Caller: e.Caller, Checks: []authz.Check{c}})
	return e
}

// shown are the changes in short: the layer, its level, and what to do.
func shown(list []decisions.Change) []string {
	var out []string
	for _, c := range list {
		text := strings.TrimSpace(c.Layer + " " + c.Level)
		if c.Remove != nil {
			text += " - " + c.Remove.Policy.ID + " " + c.Remove.Sid
		}
		if c.Add != nil {
			raw, _ := json.Marshal(c.Add)
			text += " + " + string(raw)
		}
		if !strings.HasSuffix(c.Sentence, ".") {
			text += " has no sentence"
		}
		out = append(out, text)
	}
	return out
}

const (
	all     = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`
	s3Only  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`
	denyGet = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Sid":"NoGet","Effect":"Deny","Action":"iam:Get*","Resource":"*"},{"Sid":"NoUser","Effect":"Deny","Action":"iam:*User","Resource":"*"}]}`

	addGet = ` + {"Effect":"Allow","Action":"iam:GetUser","Resource":"` + bob + `"}`
)

func resourcePolicy(effect, who, action string) string {
	return `{"Version":"2012-10-17","Statement":[{"Sid":"R","Effect":"` + effect + `","Principal":{"AWS":"` + who + `"},"Action":"` + action + `"}]}`
}

func TestSmallestChange(t *testing.T) {
	t.Parallel()
	session := &evaluator.Principal{
		Kind: evaluator.RoleSession, Account: "111122223333", ARN: "arn:aws:sts::111122223333:assumed-role/night/s",
		EntityARN: "arn:aws:iam::111122223333:role/night", EntityID: "AROANIGHT",
	}
	federated := &evaluator.Principal{Kind: evaluator.FederatedUser, Account: "111122223333", ARN: "arn:aws:sts::111122223333:federated-user/f", EntityARN: ana}
	for _, c := range []struct {
		name string
		q    question
		want []string
	}{
		{"allowed", question{identity: []string{all}}, nil},
		{"no policy", question{}, []string{"identity" + addGet}},
		{"a policy for something else", question{identity: []string{s3Only}}, []string{"identity" + addGet}},
		{"the boundary lacks it", question{identity: []string{all}, boundary: s3Only}, []string{"boundary" + addGet}},
		{"both lack it", question{boundary: s3Only}, []string{"identity" + addGet, "boundary" + addGet}},
		{"two denials in one policy", question{identity: []string{denyGet}}, []string{"identity - identity1 NoGet", "identity - identity1 NoUser"}},
		{"denied, and the boundary lacks it", question{identity: []string{all, denyGet}, boundary: s3Only},
			[]string{"identity - identity2 NoGet", "identity - identity2 NoUser", "boundary" + addGet}},
		{"a session policy lacks it", question{identity: []string{all}, session: []string{s3Only}, caller: session}, []string{"session" + addGet}},
		{"a limit of the session lacks it", question{identity: []string{all}, limits: []string{all, s3Only}, caller: session}, []string{"session session2" + addGet}},
		{"two limits deny and lack it", question{identity: []string{all}, limits: []string{s3Only, denyGet}, caller: session},
			[]string{"session session2 - session2 NoGet", "session session2 - session2 NoUser", "session session1" + addGet}},
		{"no session policy", question{identity: []string{all}, caller: federated}, []string{"session" + addGet}},
		{"a unit lacks it", question{identity: []string{all}, scp: [][]string{{all}, {s3Only}, {all}}}, []string{"scp ou-1" + addGet}},
		{"the account denies", question{identity: []string{all}, scp: [][]string{{all}, {all}, {denyGet}}},
			[]string{"scp 111122223333 - scp1 NoGet", "scp 111122223333 - scp1 NoUser"}},
		{"the resource denies", question{identity: []string{all}, resource: resourcePolicy("Deny", "*", "iam:GetUser")}, []string{"resource - resource R"}},
		{"one change of the resource's policy is less than two", question{boundary: s3Only, resource: resourcePolicy("Allow", "*", "s3:*")},
			[]string{`resource + {"Effect":"Allow","Principal":{"AWS":"` + ana + `"},"Action":"iam:GetUser","Resource":"` + bob + `"}`}},
		{"another account", question{owner: "444455556666", resource: resourcePolicy("Allow", "*", "s3:*")},
			[]string{`resource + {"Effect":"Allow","Principal":{"AWS":"` + ana + `"},"Action":"iam:GetUser","Resource":"` + bob + `"}`, "identity" + addGet}},
		{"a role trusts the account", question{action: "sts:AssumeRole", rule: evaluator.TrustRule, resource: resourcePolicy("Allow", "111122223333", "sts:AssumeRole")},
			[]string{`identity + {"Effect":"Allow","Action":"sts:AssumeRole","Resource":"` + role + `"}`}},
		{"a role trusts somebody else", question{action: "sts:AssumeRole", rule: evaluator.TrustRule, resource: resourcePolicy("Allow", "444455556666", "sts:AssumeRole"), caller: session},
			[]string{`trust + {"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/night"},"Action":"sts:AssumeRole"}`}},
		{"there is no role", question{action: "sts:AssumeRole", rule: evaluator.TrustRule},
			[]string{`trust + {"Effect":"Allow","Principal":{"AWS":"` + ana + `"},"Action":"sts:AssumeRole"}`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := c.q.decide(t)
			if diff := cmp.Diff(c.want, shown(r.Checks[0].Changes)); diff != "" {
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
		{"a condition", `{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{"StringEquals":{"aws:username":["eve","bob"]},"StringLike":{"aws:userid":"*"},"Null":{"aws:username":"false"}}}`,
			[]string{"Condition", "StringEquals aws:username [eve bob] [ana] true", "StringLike aws:userid [*] [] false"}},
		{"a condition and another resource", `{"Effect":"Allow","Action":"iam:*","Resource":"` + ana + `","Condition":{"Bool":{"x:y":"true"}}}`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			q := question{identity: []string{statement(c.statement)}}
			var got []string
			for _, l := range q.decide(t).Checks[0].Layers {
				for _, m := range l.NearMisses {
					got = append(got, m.Lacks)
					for _, u := range m.Unmet {
						raw, _ := json.Marshal(u.Present)
						got = append(got, u.Operator+" "+u.Key+" ["+strings.Join(u.Wants, " ")+"] ["+strings.Join(u.Has, " ")+"] "+string(raw))
					}
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A record says where each statement that applied stands.
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
	const sentence = "The session's session2 must allow iam:GetUser on " + bob + "; nothing in this layer does."
	if got := r.Checks[0].Changes[0].Sentence; got != sentence {
		t.Errorf("got %q", got)
	}
}

// An explanation decides the call again and again, and ends with its context.
func TestExplanationEndsWithItsContext(t *testing.T) {
	t.Parallel()
	for name, q := range map[string]question{
		"a change is looked for": {},
		"a near miss is tried": {identity: []string{
			`{"Statement":{"Effect":"Allow","Action":"iam:GetUser","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}}`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			e := q.event(t)
			if _, err := decisions.NewRecord(ctx, e); err != nil {
				t.Fatal(err)
			}
			cancel()
			if r, err := decisions.NewRecord(ctx, e); r != nil || !errors.Is(err, context.Canceled) {
				t.Errorf("%+v, %v", r, err)
			}
			if r := decisions.NewSummary(e); len(r.Checks) != 1 {
				t.Errorf("the summary, which decides nothing again, is %+v", r)
			}
		})
	}
}
