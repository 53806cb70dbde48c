package advice

import (
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/internal/ordered"
)

// additions are the states with a new statement for exactly this action and resource.
// There are none if an existing statement leaves this request out on purpose.
func (s *search) additions(st *state, l *evaluator.Layer, near []*exam, blame bool) []*state {
	at := placeOf(l)
	if l.Reason == evaluator.ResourcePolicyIsMissing && at.kind == evaluator.Trust {
		if blame {
			s.denied = append(s.denied, Step{Kind: LeaveDenied, Layer: at.kind.String(), Sentence: fmt.Sprintf(
				"There is no role %s. Correct the ARN, or create the role with a trust policy that admits the caller.",
				st.request.Resource)})
		}
		return nil
	}
	for _, x := range near {
		if x.meansToLeaveOut(s, st) {
			return nil
		}
	}
	if others := st.trustsOnlyOthers(at); len(others) > 0 {
		if blame {
			s.denied = append(s.denied, othersTrusted(at, others))
		}
		return nil
	}
	var list []*state
	for _, like := range s.models(st, at, near) {
		if next := s.added(st, l, &like); next != nil {
			list = append(list, next)
			break
		}
	}
	return list
}

// meansToLeaveOut reports whether the statement is for this caller, and for this resource
// or for all resources except those like it.
func (x *exam) meansToLeaveOut(s *search, st *state) bool {
	if !x.principal {
		return false
	}
	if x.resource || len(x.source.Resources) == 0 {
		return true
	}
	variables := slices.ContainsFunc(x.source.Resources, func(t evaluator.Text) bool { return hasVariable(t.Value) })
	return variables && s.resourceGap(st, x).pointed
}

// added is the state with a new statement that has the conditions of like; nil if the
// request is still denied, even after changes of the request.
func (s *search) added(st *state, l *evaluator.Layer, like *model) *state {
	at := placeOf(l)
	statement := s.exactly(st, at, like)
	made := step{Step: Step{Kind: AddStatement}, edited: -1}
	if guardrail(at) {
		made.Kind = ChangeGuardrail
		made.warnings = append(made.warnings, s.loosenedLayer(at))
	}
	made.warnings = append(made.warnings, s.openedByAddition(st, at)...)
	made.warnings = append(made.warnings, s.unlikeOthers(st, at, like)...)
	made.Sentence = s.addSentence(st, l, like)
	next := s.appended(st, at, statement, made)
	if next == nil {
		return nil
	}
	x := next.touched[len(next.touched)-1]
	s.examine(next, x)
	if x.complete() {
		return next
	}
	gaps := s.gaps(next, x)
	for i := range gaps {
		if len(gaps[i].options) == 0 {
			return nil
		}
		next = next.after(gaps[i].options[0])
	}
	if !s.applies(next, x) {
		return nil
	}
	return next
}

// exactly is a statement for this action, this resource and, where policies name a
// caller, this caller.
func (s *search) exactly(st *state, at place, like *model) ordered.Object {
	o := ordered.Object{}.With("Effect", ordered.Text("Allow"))
	if hasPrincipal(at.kind) {
		o = o.With("Principal", ordered.Text(principalElement(&st.request.Principal)))
	}
	o = o.With("Action", ordered.Text(st.request.Action))
	if at.kind != evaluator.Trust {
		o = o.With("Resource", ordered.Text(exactResource(st.request.Resource)))
	}
	if like.exam != nil {
		return o.With("Condition", like.condition)
	}
	if keys := st.tagKeys(); len(keys) > 0 && strings.EqualFold(st.request.Action, tagSession) {
		return o.With("Condition", ordered.Text(map[string]any{
			"ForAllValues:StringEquals": map[string]any{"aws:TagKeys": asWritten(keys)},
		}))
	}
	if only := st.only(); only != nil {
		for key, value := range only {
			only[key] = variables.Replace(value)
		}
		return o.With("Condition", ordered.Text(map[string]any{"StringEquals": only}))
	}
	return o
}

// asWritten escapes the values of a condition that compares them literally.
func asWritten(values []string) []string {
	var list []string
	for _, v := range values {
		list = append(list, variables.Replace(v))
	}
	return list
}

// only are the keys that a statement has even without a model: the subject of a token,
// and the service to which a role is passed.
func (st *state) only() map[string]string {
	const service = "iam:PassedToService"
	if v, _, ok := st.request.Context.Lookup(service); ok && len(v) > 0 && strings.EqualFold(st.request.Action, "iam:PassRole") {
		return map[string]string{service: v[0]}
	}
	if v, _, ok := st.request.Context.Lookup(sourceIdentity); ok && len(v) > 0 && strings.EqualFold(st.request.Action, setSourceIdentity) {
		return map[string]string{sourceIdentity: v[0]}
	}
	return st.claims()
}

// claims are the subject and the audience of a token or assertion. A trust in a provider
// without them is a trust in everyone whom the provider knows.
func (st *state) claims() map[string]string {
	var out map[string]string
	for _, key := range st.request.Context.Names() {
		if name := st.claimOf(key); name == "sub" || name == "aud" {
			values, multi, _ := st.request.Context.Lookup(key)
			if multi || len(values) == 0 {
				continue
			}
			if out == nil {
				out = map[string]string{}
			}
			out[key] = values[0]
		}
	}
	return out
}

// appended is the state with a statement added to the end of a policy, or in a new
// policy.
func (s *search) appended(st *state, at place, statement ordered.Object, made step) *state {
	var old *evaluator.Policy
	d := newDocument()
	origin := evaluator.Origin{}
	if in := st.in(at); len(in) > 0 && (st.single(at.kind) != nil || at.kind == evaluator.Session) {
		old, origin = in[0], in[0].Origin()
		if d = s.document(old); d == nil {
			return nil
		}
	}
	if !d.canName(st) || roleOfService(st, at) != "" {
		return nil
	}
	document := d.with(len(d.statements), statement)
	p, err := evaluator.Compile(document, at.kind, origin)
	if err != nil {
		return nil
	}
	made.Layer, made.Level = at.kind.String(), s.levelName(at)
	made.Sentence += ofAWS(origin)
	made.Edit = &Edit{
		Policy: origin.ID, ARN: origin.ARN, Index: len(d.statements), After: statement.Raw(), Diff: diff(nil, statement.Raw()),
	}
	switch {
	case at.kind == evaluator.Identity:
		made.Command = putPolicy(st, statement)
	case old != nil:
		made.Command = s.put(st, at, origin, document)
	}
	next := st.after(made)
	next.put(at, old, p)
	next.touched = append(next.touched, &exam{
		at: at, policy: p, source: &p.Document().Statements[len(d.statements)], statement: written(statement),
	})
	return next
}

func (s *search) addSentence(st *state, l *evaluator.Layer, like *model) string {
	at := placeOf(l)
	what := "allows " + st.request.Action
	if at.kind != evaluator.Trust {
		what += " on " + st.request.Resource
	}
	if hasPrincipal(at.kind) {
		for _, name := range principalElement(&st.request.Principal) {
			what += " to " + name
		}
	}
	text := "Add a statement to " + s.layerTitle(at) + " that " + what
	switch {
	case l.Reason == evaluator.SessionPolicyWasNotPassed:
		text = "Ask for the credentials with a session policy, which a federated user needs, that " + what
	case at.kind == evaluator.Session && at.level == 0:
		text = "Ask for the credentials with a session policy that also " + what
	case at.kind == evaluator.Identity:
		text = "Give " + callerName(&st.request.Principal) + " a policy that " + what
	}
	switch {
	case like.exam != nil && like.partly:
		text += "; of the conditions of " + s.statementName(like.exam) + " it has those that the action can meet"
	case like.exam != nil:
		text += "; it has the conditions of " + s.statementName(like.exam)
	case st.claims() != nil && at.kind == evaluator.Trust:
		text += ", for the subject of the token only"
	}
	return text + "."
}
