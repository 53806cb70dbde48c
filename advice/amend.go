package advice

import (
	"fmt"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/internal/ordered"
)

// amended is the state after changes of one statement; nil if they cannot be made.
func (s *search) amended(st *state, x *exam, amends []*amend) *state {
	statement, ok := x.statement.object(), true
	var words []string
	made := step{Step: Step{Kind: CompleteStatement}, edited: -1}
	for _, a := range amends {
		if statement, ok = a.change(statement); !ok {
			return nil
		}
		words = append(words, a.words)
		made.warnings = append(made.warnings, a.warnings...)
		if made.edited = max(made.edited, a.condition); a.condition >= 0 {
			made.keys = append(made.keys, x.source.Conditions[a.condition].Key)
		}
	}
	if len(amends) > 1 {
		for _, a := range amends {
			if a.before != nil {
				made.crossed = append(made.crossed, *a.before)
			}
		}
	}
	if len(amends) > 1 || len(made.keys) == 0 || !isPrincipalARN(made.keys[0], &st.request.Principal) {
		made.warnings = append(made.warnings, s.othersNamed(st, x, made.warnings)...)
	}
	if guardrail(x.at) || x.source.Effect == evaluator.Deny {
		made.Kind = ChangeGuardrail
		made.warnings = append(made.warnings, s.loosened(x))
	}
	made.Sentence = fmt.Sprintf("%s %s: %s.", verbs[made.Kind], s.statementName(x), strings.Join(words, ", and ")) +
		ofAWS(x.policy.Origin())
	return s.edited(st, x, statement, made)
}

var verbs = map[Kind]string{CompleteStatement: "Complete", ChangeGuardrail: "Change"}

// guardrail reports whether policies of the place only limit: they give nobody a
// permission.
func guardrail(at place) bool {
	switch at.kind {
	case evaluator.Boundary, evaluator.SCP, evaluator.RCP, evaluator.VPCEndpoint:
		return true
	case evaluator.Session:
		return at.level > 0
	}
	return false
}

// edited is the state in which the statement of x is replaced by another; nil if the
// result is not a policy.
func (s *search) edited(st *state, x *exam, statement ordered.Object, made step) *state {
	d := s.document(x.policy)
	if d == nil || roleOfService(st, x.at) != "" {
		return nil
	}
	o, document := x.policy.Origin(), d.with(x.source.Index, statement)
	p, err := evaluator.Compile(document, x.at.kind, o)
	if err != nil {
		return nil
	}
	made.Command = s.put(st, x.at, o, document)
	made.Layer, made.Level = x.at.kind.String(), s.levelName(x.at)
	made.Edit = &Edit{
		Policy: o.ID, ARN: o.ARN, Index: x.source.Index, Sid: x.source.Sid,
		Before: x.statement.raw, After: statement.Raw(), Diff: diff(x.statement.raw, statement.Raw()),
	}
	next := st.after(made)
	next.put(x.at, x.policy, p)
	next.touched = append(next.touched, &exam{
		at: x.at, policy: p, source: &p.Document().Statements[x.source.Index], statement: written(statement),
	})
	return next
}

// principalGap: the statement is for other callers. The caller is added if the others are
// of its type. An identity provider is not added, since it needs conditions of its own.
func (s *search) principalGap(st *state, x *exam) gap {
	g := gap{why: "it is for other callers"}
	name, ok := principalElement(&st.request.Principal)["AWS"]
	principals, _ := ordered.Read(x.statement.object().Get("Principal"))
	if !ok || name == "*" || principals.Get("AWS") == nil {
		return g
	}
	g.amend = &amend{
		condition: -1, words: fmt.Sprintf("add %s to its Principal", name), warnings: s.openedByAddition(st, x.at),
		change: func(o ordered.Object) (ordered.Object, bool) {
			list, ok := extended(principals.Get("AWS"), name)
			return o.With("Principal", principals.With("AWS", list).Raw()), ok
		},
	}
	return g
}

// resourceGap: the statement is for other resources. Where a variable distinguishes them
// from this one, that is on purpose.
func (s *search) resourceGap(st *state, x *exam) gap {
	raw := x.statement.object().Get("Resource")
	if raw == nil {
		return gap{pointed: true, why: fmt.Sprintf("its NotResource leaves out %s", st.request.Resource)}
	}
	name := st.request.Resource
	patterns, ok := stringsOf(raw)
	if d := s.document(x.policy); !ok || d == nil || !d.canName(st) {
		return gap{}
	}
	if own := s.inPlay(st, x, patterns); own != "" {
		return gap{
			pointed: true, options: append(s.ownResource(st, own), s.ownTag(st, x, own)...),
			why: fmt.Sprintf("it allows %s on %s, and the request is for %s", st.request.Action, s.resolvedText(st, x, own), name),
		}
	}
	return gap{amend: &amend{
		condition: -1, words: fmt.Sprintf("add %s to its Resource", name), before: st.listedBefore(patterns),
		change: func(o ordered.Object) (ordered.Object, bool) {
			list, ok := extended(raw, exactResource(name))
			return o.With("Resource", list), ok
		},
	}}
}

// listedBefore is the request for the first resource that a statement lists; nil if
// that has no value here.
func (st *state) listedBefore(patterns []string) *Request {
	if len(patterns) == 0 {
		return nil
	}
	name, ok := st.oneOf(patterns[0])
	if !ok {
		return nil
	}
	return &Request{Resource: name}
}

// inPlay is a pattern that would cover the resource if its variables had other
// values; empty if there is none.
func (s *search) inPlay(st *state, x *exam, patterns []string) string {
	for _, p := range patterns {
		if !strings.Contains(p, "${") {
			continue
		}
		if s.wouldCover(st, x, generalized(p)) {
			return p
		}
	}
	return ""
}

// wouldCover reports whether the statement would cover the resource if it had that
// pattern.
func (s *search) wouldCover(st *state, x *exam, pattern string) bool {
	d := s.document(x.policy)
	if d == nil {
		return false
	}
	general := x.statement.object().Without("NotResource").With("Resource", ordered.Text(pattern))
	p, err := evaluator.Compile(d.only(general), x.at.kind, evaluator.Origin{})
	if err != nil {
		return false
	}
	for _, e := range s.traced(&st.request, st, p, 0) {
		if e.Name == "Resource" {
			return e.Applies
		}
	}
	return false
}
