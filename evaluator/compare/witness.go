package compare

import (
	"iter"
	"slices"
	"strings"
	"sync"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/catalog"
)

// Value is a condition key of a request.
type Value struct {
	Key    string
	Multi  bool // it has a list of values
	Values []string
}

// question is a request without condition keys.
type question struct {
	caller   *Caller
	action   string
	resource []letter
}

// Bounds of the search for an example.
const (
	maxContexts = 4096    // of one question
	maxTried    = 200_000 // of a comparison, of small documents; see effort
)

// report keeps a grant with an example, or one that is not proved. It is true once it
// has an example, and false if another resource may have one.
func (c *comparison) report(q *question, s *statement, in *cell, v claims) bool {
	g := Grant{Statement: s.Index, Caller: *q.caller, Action: q.action}
	at := slices.IndexFunc(c.grants, func(o Grant) bool {
		return o.Statement == s.Index && o.Action == q.action && o.Caller.Text == q.caller.Text && !o.Proved
	})
	values := c.public.candidates(in, v, q.resource)
	effort := c.effort(len(values))
	for context := range contexts(values) {
		if c.tried += effort; c.tried > maxTried {
			break
		}
		resource, ok := fill(q.resource, context)
		if !ok || !c.isGranted(q, resource, context) {
			continue
		}
		g.Resource, g.Context, g.Proved = resource, context, true
		break
	}
	switch {
	case g.Proved && at >= 0:
		c.grants[at] = g
	case g.Proved || at < 0:
		if !g.Proved {
			g.Resource = text(q.resource, func(variable string) string { return variable })
		}
		c.grants = append(c.grants, g)
	}
	return g.Proved
}

// effort is how many requests of small documents take as long as one with so many keys.
func (c *comparison) effort(keys int) int {
	return 1 + keys*keys/16 + (len(c.old.statements)+len(c.new.statements))/16
}

// isGranted decides the request by both documents.
func (c *comparison) isGranted(q *question, resource string, context []Value) bool {
	r := &evaluator.Request{Principal: q.caller.Principal, Action: q.action, Resource: resource, ResourceAccount: ownAccount,
		Context: &evaluator.Context{}}
	for _, v := range context {
		if v.Multi {
			r.Context.SetMulti(v.Key, v.Values...)
		} else if len(v.Values) > 0 {
			r.Context.Set(v.Key, v.Values[0])
		}
	}
	return c.new.decides(r) && !c.old.decides(r)
}

// decides decides a request by the document, where everything else allows it.
func (s *side) decides(r *evaluator.Request) bool {
	asked, p := *r, &evaluator.Policies{}
	switch s.kind {
	case evaluator.Resource:
		p.Resource, p.Identity = s.policy, []*evaluator.Policy{everything()}
		if r.Principal.Account == r.ResourceAccount { // where identity policies could allow alone
			asked.ResourceAccount = thirdAccount
		}
	case evaluator.Trust:
		p.Resource, p.ResourceRule, p.Identity = s.policy, evaluator.TrustRule, []*evaluator.Policy{everything()}
	default:
		asked.Principal, asked.ResourceAccount = userOf(ownAccount).Principal, ownAccount
		p.Identity = []*evaluator.Policy{s.policy}
	}
	return evaluator.Decide(&asked, p)
}

// everything allows everything.
var everything = sync.OnceValue(func() *evaluator.Policy {
	p, err := evaluator.Compile(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`, evaluator.Identity,
		evaluator.Origin{})
	if err != nil {
		panic(err) // a constant
	}
	return p
})

// choices are the values to try of one key; nil is its absence.
type choices struct {
	key    string
	multi  bool
	values [][]string
}

// candidates are the values at which conditions of the cell change: each that a
// statement names, one that none names, and none. What the claims want comes first. Where
// everybody is looked for, no fixed value is tried.
func (of exposure) candidates(in *cell, v claims, resource []letter) []choices {
	var list []choices
	at := map[string]int{}
	add := func(k *evaluator.Condition) {
		name := strings.ToLower(k.Key)
		i, ok := at[name]
		if !ok {
			i = len(list)
			at[name] = i
			multi := catalog.MultiValued(k.Key) || strings.HasPrefix(k.Operator, "For") && of.form(k.Key) == 0
			list = append(list, choices{key: k.Key, multi: multi})
		}
		for _, value := range k.Values {
			if form := of.form(k.Key); form == 0 || !isFixed(form, strings.Replace(operator(k), "Not", "", 1), value.Value) {
				list[i].values = append(list[i].values, samples(k.Operator, value.Value)...)
			}
		}
	}
	for i := range v.list {
		add(&v.list[i])
	}
	for _, group := range [...][]*statement{in.granted, in.denies, in.allowed, in.forbidden} {
		for _, s := range group {
			for i := range s.Conditions {
				add(&s.Conditions[i])
			}
		}
	}
	for _, l := range resource {
		if l.variable != "" {
			add(&evaluator.Condition{Operator: "StringEquals", Key: variableKey(l.variable), Values: []evaluator.Text{{Value: "x"}}})
		}
	}
	for i := range list {
		list[i].values = unique(of.beside(list[i].key, list[i].values))
	}
	return list
}

// beside adds values that no statement names to those of a key, and its absence. A
// key that could fix who is let in is absent first.
func (of exposure) beside(key string, values [][]string) [][]string {
	switch of.form(key) {
	case names:
		return slices.Concat([][]string{nil}, values, [][]string{{"x"}})
	case arns, accessPoints:
		return slices.Concat([][]string{nil}, values, [][]string{{userOf(otherAccount).ARN}})
	case addresses:
		return slices.Concat([][]string{nil}, values, [][]string{{"192.0.2.1"}, {"2001:db8::1"}})
	}
	return append(values, []string{"x"}, nil)
}

func unique(values [][]string) [][]string {
	var out [][]string
	for _, v := range values {
		if !slices.ContainsFunc(out, func(o []string) bool { return slices.Equal(o, v) && (o == nil) == (v == nil) }) {
			out = append(out, v)
		}
	}
	return out
}

// samples are values of a request near to a value of a condition.
func samples(operator, value string) [][]string {
	near := []string{concrete(value)}
	switch {
	case strings.Contains(operator, "Null"):
		return nil
	case strings.Contains(operator, "Bool"):
		near = []string{"true", "false"}
	case strings.Contains(operator, "IpAddress"):
		address, _, _ := strings.Cut(value, "/")
		near = []string{address, "192.0.2.1", "2001:db8::1"}
	case strings.Contains(operator, "Numeric"):
		near = []string{value, "0", "-1000000000000", "1000000000000"}
	case strings.Contains(operator, "Date"):
		near = []string{value, "1970-01-01T00:00:00Z", "2100-01-01T00:00:00Z"}
	case strings.Contains(operator, "Arn"):
		near = append(near, userOf(otherAccount).ARN)
	}
	var list [][]string
	for _, v := range near {
		list = append(list, []string{v})
	}
	return list
}

// concrete is a string that a pattern matches.
func concrete(pattern string) string {
	return strings.NewReplacer("*", "x", "?", "x").Replace(pattern)
}

// contexts are the ways to choose a value of each key, at most maxContexts. If there are
// more, those in which all keys have their first values, or all their last ones, come first.
func contexts(list []choices) iter.Seq[[]Value] {
	return func(yield func([]Value) bool) {
		n := combinations(list)
		for i := range 4 {
			if n > maxContexts && (!yield(choose(list, func(of int) int { return i % of })) ||
				!yield(choose(list, func(of int) int { return of - 1 - i%of }))) {
				return
			}
		}
		for i := range min(n, maxContexts) {
			rest := i
			if !yield(choose(list, func(of int) int {
				chosen := rest % of
				rest /= of
				return chosen
			})) {
				return
			}
		}
	}
}

// combinations counts up to the number of ways to choose, or a little beyond maxContexts.
func combinations(list []choices) int {
	n := 1
	for _, c := range list {
		if n *= len(c.values); n > maxContexts {
			return maxContexts + 1
		}
	}
	return n
}

// choose takes the value of each key that is chosen of so many.
func choose(list []choices, chosen func(of int) int) []Value {
	var context []Value
	for _, c := range list {
		if v := c.values[chosen(len(c.values))]; v != nil {
			context = append(context, Value{c.key, c.multi, v})
		}
	}
	return context
}

// variableKey is the key of a variable such as "${aws:username, 'x'}".
func variableKey(variable string) string {
	return strings.TrimSpace(strings.TrimRight(strings.TrimLeft(strings.SplitN(variable, ",", 2)[0], "${"), "}"))
}

// fill puts the context's values in place of variables; false if one has none.
func fill(resource []letter, context []Value) (string, bool) {
	ok := true
	out := text(resource, func(variable string) string {
		key := variableKey(variable)
		i := slices.IndexFunc(context, func(v Value) bool { return strings.EqualFold(v.Key, key) && !v.Multi && len(v.Values) == 1 })
		if i < 0 {
			ok = false
			return ""
		}
		return context[i].Values[0]
	})
	return out, ok
}
