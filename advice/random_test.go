package advice_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/advice"
	"github.com/understudy-iam/understudy/evaluator"
)

// randomDenials is how many random requests that are denied get advice.
const randomDenials = 800

// Whatever the policies say, applied advice allows the request. A request with another
// caller, action or resource stays denied, unless the advice says that it reaches
// further.
func TestRandomAdvice(t *testing.T) {
	t.Parallel()
	denied, pieces := 0, 0
	for seed := uint64(0); denied < randomDenials; seed++ {
		g := &generator{rand.New(rand.NewPCG(15, seed))}
		if s := g.situation(); !evaluator.Decide(&s.request, s.compiled(t)) {
			denied++
			pieces += checkAdvice(t, seed, s)
		}
	}
	if pieces < randomDenials/2 {
		t.Errorf("%d pieces of advice about %d denials, want more to look at", pieces, denied)
	}
}

// checkAdvice applies each piece of advice and returns how many change something.
func checkAdvice(t *testing.T, seed uint64, s *situation) (pieces int) {
	t.Helper()
	list := s.advice(t)
	if len(list) == 0 {
		t.Errorf("seed %d: no advice at all", seed)
	}
	for i := range list {
		a := &list[i]
		if a.Kind == advice.LeaveDenied {
			continue
		}
		pieces++
		after := s.copy()
		for k := range a.Steps {
			after.take(t, &a.Steps[k])
		}
		if !evaluator.Decide(&after.request, after.compiled(t)) {
			t.Errorf("seed %d: advice %d does not allow %s:\n%s", seed, i+1, s, strings.Join(shown(i+1, a), "\n"))
			continue
		}
		for _, b := range besides(after) {
			if !warns(a, b.concerns) && !b.allowed(t, s) && b.allowed(t, after) {
				t.Errorf("seed %d: advice %d also allows %s, without a warning; %s:\n%s", seed, i+1, b.name, s,
					strings.Join(shown(i+1, a), "\n"))
			}
		}
	}
	return pieces
}

// besideRandom is a request that differs in one respect.
type besideRandom struct {
	name     string
	concerns []advice.Concern // any of them says that this request may become allowed
	change   func(*situation)
}

func (b *besideRandom) allowed(t *testing.T, s *situation) bool {
	t.Helper()
	s = s.copy()
	b.change(s)
	return evaluator.Decide(&s.request, s.compiled(t))
}

func warns(a *advice.Advice, concerns []advice.Concern) bool {
	return slices.ContainsFunc(a.Warnings, func(w advice.Warning) bool { return slices.Contains(concerns, w.Concern) })
}

// besides are requests similar to that of the situation as the advice changes it.
func besides(after *situation) []besideRandom {
	var list []besideRandom
	request := after.request
	add := func(name string, concerns []advice.Concern, change func(*situation)) {
		list = append(list, besideRandom{name, concerns, func(s *situation) {
			s.request = request
			s.request.Context = copyOf(request.Context)
			change(s)
		}})
	}
	more := []advice.Concern{advice.AllowsMore, advice.LoosensGuardrail}
	for _, action := range randomActions {
		if action != request.Action {
			add(action, more, func(s *situation) { s.request.Action = action })
		}
	}
	for _, resource := range append(slices.Clone(randomResources), request.Resource+"x") {
		if resource != request.Resource && after.rule != evaluator.TrustRule { // a trust policy belongs to one role
			add("on "+resource, more, func(s *situation) { s.request.Resource = resource })
		}
	}
	others := append(more, advice.OpensToOthers)
	for _, who := range randomCallers {
		if p := who(); p.ARN != request.Principal.ARN || p.Kind != request.Principal.Kind {
			add("by "+p.ARN, others, func(s *situation) {
				s.request.Principal = p
				s.policies = slices.DeleteFunc(s.policies, func(p *policy) bool {
					return p.kind == evaluator.Identity || p.kind == evaluator.Boundary || p.kind == evaluator.Session
				})
				if p.Kind == evaluator.User {
					s.policies = append(s.policies, &policy{
						kind: evaluator.Identity, document: wrap(`{"Effect":"Allow","Action":"*","Resource":"*"}`),
					})
				}
			})
		}
	}
	return list
}

func (s *situation) copy() *situation {
	out := *s
	out.request.Context = copyOf(s.request.Context)
	out.policies = nil
	for _, p := range s.policies {
		q := *p
		out.policies = append(out.policies, &q)
	}
	return &out
}

func (s *situation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s on %s by %+v", s.request.Action, s.request.Resource, s.request.Principal)
	for _, name := range s.request.Context.Names() {
		v, multi, _ := s.request.Context.Lookup(name)
		fmt.Fprintf(&b, "\n  %s = %q %v", name, v, multi)
	}
	for _, p := range s.policies {
		fmt.Fprintf(&b, "\n  %s %d %s: %s", p.kind, p.level, p.origin.ID, p.document)
	}
	return b.String()
}

// generator makes random situations with few names, so that statements often almost
// apply.
type generator struct{ *rand.Rand }

func pick[T any](g *generator, list []T) T { return list[g.IntN(len(list))] }

func (g *generator) odds(n int) bool { return g.IntN(n) == 0 }

var (
	randomActions   = []string{"iam:GetUser", "iam:CreateAccessKey", "iam:TagUser", "iam:DeleteUser"}
	randomResources = []string{
		"arn:aws:iam::111122223333:user/bob", "arn:aws:iam::111122223333:user/ana", "arn:aws:iam::111122223333:user/b*b",
		"arn:aws:iam::111122223333:user/a$", "arn:aws:iam::111122223333:user/${aws:username}", "arn:aws:iam::111122223333:user/b*",
	}
	randomPatterns = append([]string{"*", "arn:aws:iam::111122223333:user/*", "arn:aws:iam::*:user/bo?",
		"arn:aws:iam::111122223333:user/${aws:username}", "arn:aws:iam::111122223333:user/${aws:PrincipalTag/team, 'bob'}"},
		randomResources[:2]...)
	randomCallers = []func() evaluator.Principal{
		func() evaluator.Principal { return userPrincipal(testAccount, "ana") },
		func() evaluator.Principal { return userPrincipal(testAccount, "eve") },
		func() evaluator.Principal { return userPrincipal("444455556666", "ana") },
		func() evaluator.Principal {
			return evaluator.Principal{Kind: evaluator.Root, Account: testAccount, ARN: "arn:aws:iam::111122223333:root"}
		},
		func() evaluator.Principal {
			return evaluator.Principal{Kind: evaluator.Root, Account: "444455556666", ARN: "arn:aws:iam::444455556666:root"}
		},
		func() evaluator.Principal { return evaluator.Principal{} },
		func() evaluator.Principal {
			return evaluator.Principal{Kind: evaluator.Service, Service: "ec2.amazonaws.com"}
		},
		func() evaluator.Principal {
			return evaluator.Principal{
				Kind: evaluator.RoleSession, Account: testAccount, EntityARN: "arn:aws:iam::111122223333:role/ops",
				ARN: "arn:aws:sts::111122223333:assumed-role/ops/s1", EntityID: "AROAOPS",
			}
		},
	}
	randomKeys = []string{"aws:MultiFactorAuthPresent", "aws:PrincipalTag/team", "aws:ResourceTag/team", "aws:RequestTag/team",
		"aws:TagKeys",
		"aws:SourceIp", "aws:RequestedRegion", "iam:PassedToService", "aws:CurrentTime", "aws:UserAgent", "aws:username"}
	randomValues = map[string][]string{
		"aws:MultiFactorAuthPresent": {"true", "false"}, "aws:SourceIp": {"10.0.0.1", "192.0.2.7"},
		"aws:RequestedRegion": {"eu-west-1", "us-east-1"}, "iam:PassedToService": {"ec2.amazonaws.com", "lambda.amazonaws.com"},
		"aws:CurrentTime": {"2026-03-01T12:00:00Z", "2027-01-01T00:00:00Z"}, "aws:UserAgent": {"cli", "x"}, "aws:username": {"ana", "bob"},
		"aws:TagKeys": {"team", "cost"},
	}
	randomTexts     = []string{"red", "blue", "re*d", "${aws:PrincipalTag/team}", "it's"}
	stringOperators = []string{"StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIfExists",
		"StringNotEqualsIfExists", "Null",
		"StringEqualsIgnoreCase"}
	setOperators = []string{"ForAnyValue:StringEquals", "ForAllValues:StringEquals", "ForAnyValue:StringNotEquals",
		"ForAllValues:StringNotLike",
		"ForAnyValue:StringLike", "Null"}
)

func (g *generator) value(key string, inPolicy bool) string {
	values := randomValues[key]
	if values == nil {
		values = randomTexts
		if !inPolicy {
			values = values[:3]
		}
	}
	return pick(g, values)
}

func (g *generator) situation() *situation {
	s := &situation{
		request: evaluator.Request{Principal: pick(g, randomCallers)(), Action: pick(g, randomActions), Context: new(evaluator.Context)},
	}
	s.request.Resource = pick(g, randomResources)
	if g.odds(4) {
		s.rule, s.request.Action, s.request.Resource = evaluator.TrustRule, "sts:AssumeRole", "arn:aws:iam::111122223333:role/app"
	}
	s.request.ResourceAccount = testAccount
	s.service, s.operation, _ = strings.Cut(s.request.Action, ":")
	for _, key := range randomKeys {
		switch {
		case key == "aws:CurrentTime":
			s.request.Context.Set(key, "2026-03-01T12:00:00Z")
		case g.odds(2):
		case key == "aws:TagKeys":
			s.request.Context.SetMulti(key, "team")
		default:
			s.request.Context.Set(key, g.value(key, false))
		}
	}
	n := 0
	add := func(kind evaluator.Kind, level int) {
		n++
		s.policies = append(s.policies, &policy{
			kind: kind, level: level, document: g.document(kind), origin: evaluator.Origin{ID: fmt.Sprintf("p%d", n)},
		})
	}
	for range g.IntN(3) {
		add(evaluator.Identity, 0)
	}
	if g.odds(3) {
		add(evaluator.Boundary, 0)
	}
	if g.odds(4) {
		add(evaluator.Session, 0)
	}
	if g.odds(4) {
		add(evaluator.Session, 1)
	}
	if g.odds(3) {
		add(evaluator.SCP, 0)
		add(evaluator.SCP, 1)
	}
	if g.odds(6) {
		add(evaluator.RCP, 0)
	}
	if s.rule == evaluator.TrustRule {
		add(evaluator.Trust, 0)
	} else if g.odds(3) {
		add(evaluator.Resource, 0)
	}
	return s
}

func (g *generator) document(kind evaluator.Kind) string {
	list := make([]string, 1+g.IntN(3))
	for i := range list {
		list[i] = g.statement(kind)
	}
	return wrap(strings.Join(list, ","))
}

func (g *generator) statement(kind evaluator.Kind) string {
	effect := "Allow"
	if g.odds(4) || kind == evaluator.RCP && g.odds(2) {
		effect = "Deny"
	}
	parts := []string{fmt.Sprintf(`"Effect":%q`, effect)}
	if kind == evaluator.Resource || kind == evaluator.Trust {
		parts = append(parts, g.principal(effect))
	} else if kind == evaluator.RCP {
		parts = append(parts, `"Principal":"*"`)
	}
	if kind == evaluator.Trust {
		parts = append(parts, `"Action":"sts:AssumeRole"`)
	} else {
		parts = append(parts, g.list("Action", append([]string{"*", "iam:*", "iam:Get*"}, randomActions...)),
			g.list("Resource", randomPatterns))
	}
	if g.odds(2) {
		parts = append(parts, `"Condition":`+g.conditions())
	}
	return "{" + strings.Join(parts, ",") + "}"
}

func (g *generator) principal(effect string) string {
	name := "Principal"
	if effect == "Deny" && g.odds(3) {
		name = "NotPrincipal"
	}
	return fmt.Sprintf(`%q:%s`, name, pick(g, []string{
		`{"AWS":"arn:aws:iam::111122223333:user/ana"}`, `{"AWS":["arn:aws:iam::444455556666:root"]}`,
		`{"AWS":["arn:aws:iam::111122223333:root"]}`, `"*"`,
		`{"AWS":["arn:aws:iam::111122223333:role/ops","arn:aws:iam::111122223333:user/eve"]}`, `{"Service":"lambda.amazonaws.com"}`,
	}))
}

func (g *generator) list(element string, from []string) string {
	if g.odds(6) {
		element = "Not" + element
	}
	values := make([]string, 1+g.IntN(2))
	for i := range values {
		values[i] = fmt.Sprintf("%q", pick(g, from))
	}
	return fmt.Sprintf(`%q:[%s]`, element, strings.Join(values, ","))
}

func (g *generator) conditions() string {
	var list []string
	used := map[string]bool{}
	for range 1 + g.IntN(2) {
		key := pick(g, randomKeys)
		operator := g.operator(key)
		if used[operator] {
			continue
		}
		used[operator] = true
		values := []string{g.value(key, true)}
		switch {
		case operator == "Null":
			values = []string{pick(g, []string{"true", "false"})}
		case strings.HasSuffix(operator, "IpAddress"):
			values = []string{pick(g, []string{"10.0.0.0/8", "192.0.2.0/24"})}
		case g.odds(3) && !strings.HasPrefix(operator, "Bool") && !strings.HasPrefix(operator, "Date"):
			values = append(values, g.value(key, true))
		}
		list = append(list, fmt.Sprintf(`%q:{%q:["%s"]}`, operator, key, strings.Join(values, `","`)))
	}
	return "{" + strings.Join(list, ",") + "}"
}

func (g *generator) operator(key string) string {
	switch key {
	case "aws:MultiFactorAuthPresent":
		return pick(g, []string{"Bool", "BoolIfExists", "Null"})
	case "aws:SourceIp":
		return pick(g, []string{"IpAddress", "NotIpAddress"})
	case "aws:CurrentTime":
		return pick(g, []string{"DateGreaterThan", "DateLessThan"})
	case "aws:TagKeys":
		return pick(g, setOperators)
	}
	return pick(g, stringOperators)
}
