package advice_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/advice"
	"github.com/understudy-iam/understudy/evaluator"
)

// Each case is a denial with the advice about it. After the advice is applied to the
// case's own documents, the request is allowed, and the requests that the case lists stay
// denied.
func TestAdvice(t *testing.T) {
	t.Parallel()
	for _, path := range caseFiles(t) {
		intro, cases := readCases(t, path)
		for _, c := range cases {
			t.Run(c.name, c.test)
		}
		if *update {
			writeCases(t, path, intro, cases)
		}
	}
}

// The corpus does not shrink, and each case lists other requests too.
func TestCasesAreWhole(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, path := range caseFiles(t) {
		_, cases := readCases(t, path)
		for _, c := range cases {
			if other := seen[c.name]; other != "" {
				t.Errorf("case %q is in %s and in %s", c.name, other, path)
			}
			seen[c.name] = path
			if len(c.beside) < 2 {
				t.Errorf("case %q names %d requests that must stay denied, want two at least", c.name, len(c.beside))
			}
		}
	}
	if len(seen) < leastCases {
		t.Errorf("%d cases, want at least %d", len(seen), leastCases)
	}
}

const leastCases = 60

func (c *textCase) test(t *testing.T) {
	list := c.read(t).advice(t)
	var kinds []string
	for i := range list {
		kinds = append(kinds, string(list[i].Kind))
	}
	if got := strings.Join(kinds, " "); got != c.want {
		t.Errorf("got %s, want %s", got, c.want)
	}
	for i := range list {
		c.apply(t, i+1, &list[i])
	}
	var details []string
	for i := range list {
		details = append(details, shown(i+1, &list[i])...)
	}
	if diff := cmp.Diff(c.details, details); diff != "" && !*update {
		t.Errorf("details (-want +got):\n%s", diff)
	}
	c.details = details
}

func (s *situation) advice(t *testing.T) []advice.Advice {
	t.Helper()
	return advice.Of(context.Background(), &advice.Denial{
		Request: &s.request, Policies: s.compiled(t), Service: s.service, Operation: s.operation,
		Decide: evaluator.EvaluateContext, Devices: s.devices,
		Powers: func(arn string) (advice.Power, bool) { p, ok := s.powers[arn]; return p, ok },
		Level: func(kind evaluator.Kind, level int) string {
			if kind == evaluator.SCP || kind == evaluator.RCP || kind == evaluator.Session && level > 0 {
				return fmt.Sprintf("level %d", level)
			}
			return ""
		},
	})
}

// apply makes the changes of a piece of advice. Then it decides the request and the
// others that the case lists, for the request as it was and as it is changed.
func (c *textCase) apply(t *testing.T, number int, a *advice.Advice) {
	t.Helper()
	if a.Kind == advice.LeaveDenied {
		return
	}
	s := c.read(t)
	for i := range a.Steps {
		if r := a.Steps[i].Request; r != nil && r.NotNeeded {
			return // the call is made without this permission
		}
		s.take(t, &a.Steps[i])
	}
	if !evaluator.Decide(&s.request, s.compiled(t)) {
		t.Errorf("advice %d does not allow the request", number)
	}
	for _, text := range c.beside {
		for _, from := range []string{"as it was made", "as it is changed"} {
			b := c.read(t)
			if from == "as it is changed" {
				b.request = s.request
				b.request.Context = copyOf(s.request.Context)
			}
			for _, part := range strings.Split(text, "; ") {
				word, value, _ := strings.Cut(part, " ")
				if !b.change(t, word, value) {
					t.Fatalf("unknown change %q", part)
				}
			}
			if evaluator.Decide(&b.request, s.compiled(t)) {
				t.Errorf("with advice %d, %q of the request %s is allowed", number, text, from)
			}
		}
	}
}

func copyOf(c *evaluator.Context) *evaluator.Context {
	out := new(evaluator.Context)
	for _, name := range c.Names() {
		if values, multi, _ := c.Lookup(name); multi {
			out.SetMulti(name, values...)
		} else {
			out.Set(name, values[0])
		}
	}
	return out
}

// take makes one change, using only what the step says.
func (s *situation) take(t *testing.T, step *advice.Step) {
	t.Helper()
	if r := step.Request; r != nil {
		if r.Resource != "" {
			s.request.Resource = r.Resource
		}
		for _, k := range r.Set {
			if k.Multi {
				s.request.Context.SetMulti(k.Name, k.Values...)
			} else {
				s.request.Context.Set(k.Name, k.Values[0])
			}
		}
		for _, name := range r.Unset {
			s.request.Context.Delete(name)
		}
	}
	if step.Edit != nil {
		s.edit(t, step)
	}
}

func (s *situation) edit(t *testing.T, step *advice.Step) {
	t.Helper()
	kind, _ := evaluator.ParseKind(step.Layer)
	level := 0
	if step.Level != "" {
		fmt.Sscanf(step.Level, "level %d", &level)
	}
	e := step.Edit
	if e.Policy == "" {
		s.policies = append(s.policies, &policy{kind: kind, level: level, document: wrap(string(e.After))})
		return
	}
	i := slices.IndexFunc(s.policies, func(p *policy) bool { return p.kind == kind && p.origin.ID == e.Policy })
	if i < 0 {
		t.Fatalf("there is no policy %s of the layer %s", e.Policy, step.Layer)
	}
	var document map[string]any
	if err := json.Unmarshal([]byte(s.policies[i].document), &document); err != nil {
		t.Fatal(err)
	}
	list, ok := document["Statement"].([]any)
	if !ok {
		list = []any{document["Statement"]}
	}
	after := parsed(t, e.After)
	switch {
	case e.Index == len(list) && len(e.Before) == 0:
		list = append(list, after)
	case e.Index < len(list):
		if diff := cmp.Diff(list[e.Index], parsed(t, e.Before)); diff != "" {
			t.Errorf("the statement before (-is +said):\n%s", diff)
		}
		list[e.Index] = after
	default:
		t.Fatalf("there is no statement %d", e.Index)
	}
	document["Statement"] = list
	raw, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	s.policies[i].document = string(raw)
}

func parsed(t *testing.T, raw json.RawMessage) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return v
}

// shown are the details of a piece of advice.
func shown(number int, a *advice.Advice) []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, "> "+fmt.Sprintf(format, args...)) }
	say("%d. %s", number, a.Kind)
	for i := range a.Steps {
		x := &a.Steps[i]
		say("   %s", x.Sentence)
		if x.Command != "" {
			say("   $ %s", x.Command)
		}
		if x.Arguments != "" {
			say("   add to the call: %s", x.Arguments)
		}
		if x.Edit != nil {
			for _, line := range x.Edit.Diff {
				if len(x.Edit.Before) == 0 || line[0] != ' ' {
					say("   | %s", line)
				}
			}
		}
	}
	for _, w := range a.Warnings {
		say("   %s: %s", w.Concern, w.Sentence)
	}
	if len(a.StaysDenied) > 0 {
		say("   stays denied: %s", strings.Join(a.StaysDenied, "; "))
	}
	return out
}
