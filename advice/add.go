package advice

import (
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/catalog"
)

// additions are the states with a new statement for exactly this action and resource.
// There are none where a statement exists that means to leave this request out.
func (s *search) additions(st *state, l *evaluator.Layer, near []*exam, blame bool) []*state {
	at := placeOf(l)
	if l.Reason == evaluator.ResourcePolicyIsMissing && at.kind == evaluator.Trust {
		if blame {
			s.denied = append(s.denied, Step{Kind: LeaveDenied, Layer: at.kind.String(), Sentence: fmt.Sprintf(
				"There is no role %s. Correct the ARN, or create the role with a trust policy that admits the caller.", st.request.Resource)})
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
		if next := s.added(st, l, like); next != nil {
			list = append(list, next)
			break
		}
	}
	return list
}

// meansToLeaveOut reports whether the statement is for this caller and this resource,
// or for all resources but those like this one.
func (x *exam) meansToLeaveOut(s *search, st *state) bool {
	if !x.principal {
		return false
	}
	return x.resource || s.resourceGap(st, x).pointed
}

// models are the statements whose conditions a new one may take, the nearest ones
// first: those for the same action, else those of the same service and access level,
// of the same service, or all. A nil one has no conditions.
func (s *search) models(st *state, at place, near []*exam) []*exam {
	if near = alike(&st.request.Principal, near); len(near) > 0 {
		return strictest(near)
	}
	service, _, _ := strings.Cut(st.request.Action, ":")
	access := accessLevel(st.request.Action)
	var sameLevel, sameService, all []*exam
	for _, x := range alike(&st.request.Principal, s.everyAllow(st, at)) {
		switch level, of := x.about(service); {
		case of && level == access:
			sameLevel = append(sameLevel, x)
			fallthrough
		case of:
			sameService = append(sameService, x)
			fallthrough
		default:
			all = append(all, x)
		}
	}
	switch {
	case len(sameLevel) > 0:
		return strictest(sameLevel)
	case len(sameService) > 0:
		return strictest(sameService)
	case !slices.ContainsFunc(all, func(x *exam) bool { return len(x.source.Conditions) == 0 }):
		return strictest(all) // no statement is without conditions, so the new one is not either
	}
	return []*exam{nil}
}

// alike are the statements for callers of the same kind: the conditions on a service
// or on another identity provider mean nothing to this one.
func alike(p *evaluator.Principal, list []*exam) []*exam {
	var out []*exam
	for _, x := range list {
		_, federated := principalElement(p)["Federated"]
		named := func(ref evaluator.PrincipalRef) bool {
			return ref.Type == "" || principalElement(p)[ref.Type] != ""
		}
		if x.principal || !federated && slices.ContainsFunc(x.source.Principals, named) {
			out = append(out, x)
		}
	}
	return out
}

// strictest are the statements with conditions; if none has any, that is fine too.
func strictest(list []*exam) []*exam {
	var strict []*exam
	for _, x := range list {
		if len(x.source.Conditions) > 0 {
			strict = append(strict, x)
		}
	}
	if len(strict) == 0 {
		return []*exam{nil}
	}
	slices.SortStableFunc(strict, func(a, b *exam) int { return len(b.source.Conditions) - len(a.source.Conditions) })
	return strict
}

// everyAllow are the Allow statements of a place.
func (s *search) everyAllow(st *state, at place) []*exam {
	var list []*exam
	for _, p := range st.in(at) {
		d := s.document(p)
		for i := range p.Document().Statements {
			if source := &p.Document().Statements[i]; d != nil && i < len(d.statements) && source.Effect == evaluator.Allow {
				x := &exam{at: at, policy: p, source: source, statement: d.statements[i]}
				s.examine(st, x)
				list = append(list, x)
			}
		}
	}
	return list
}

// about reports whether the statement has an action of the service, and the access
// level of that.
func (x *exam) about(service string) (catalog.AccessLevel, bool) {
	for _, a := range x.source.Actions {
		if of, _, _ := strings.Cut(a.Value, ":"); strings.EqualFold(of, service) {
			return accessLevel(a.Value), true
		}
	}
	return "", false
}

// accessLevel is that of an action, or of the first one that a pattern covers.
func accessLevel(action string) catalog.AccessLevel {
	if a, ok := catalog.FindAction(action); ok {
		return a.Access
	}
	service, name, _ := strings.Cut(action, ":")
	stem, _, _ := strings.Cut(name, "*")
	found, ok := catalog.Find(service)
	if !ok || stem == "" {
		return ""
	}
	for a := range found.Actions() {
		if beginsWith(a.Name, stem) {
			return a.Access
		}
	}
	return ""
}

// added is the state with a new statement that has the conditions of like; nil if it
// does not allow even with changes of the request.
func (s *search) added(st *state, l *evaluator.Layer, like *exam) *state {
	at := placeOf(l)
	statement := s.exactly(st, at, like)
	made := step{Step: Step{Kind: AddStatement}, edited: -1}
	if guardrail(at) {
		made.Kind = ChangeGuardrail
		made.warnings = append(made.warnings, s.loosenedLayer(at))
	}
	made.warnings = append(made.warnings, s.openedByAddition(st, at)...)
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

// exactly is a statement for this action, resource and, where policies name one,
// caller.
func (s *search) exactly(st *state, at place, like *exam) object {
	o := object{{"Effect", jsonOf("Allow")}}
	if hasPrincipal(at.kind) {
		o = append(o, member{"Principal", jsonOf(principalElement(&st.request.Principal))})
	}
	o = append(o, member{"Action", jsonOf(st.request.Action)})
	if at.kind != evaluator.Trust {
		o = append(o, member{"Resource", jsonOf(exactResource(st.request.Resource))})
	}
	if like != nil {
		return append(o, member{"Condition", like.statement.get("Condition")})
	}
	if keys := st.tagKeys(); len(keys) > 0 && strings.EqualFold(st.request.Action, tagSession) {
		return append(o, member{"Condition", jsonOf(map[string]any{"ForAllValues:StringEquals": map[string]any{"aws:TagKeys": asWritten(keys)}})})
	}
	if only := st.only(); only != nil {
		for key, value := range only {
			only[key] = variables.Replace(value)
		}
		return append(o, member{"Condition", jsonOf(map[string]any{"StringEquals": only})})
	}
	return o
}

// asWritten are the values of a condition that is to compare them as they are.
func asWritten(values []string) []string {
	var list []string
	for _, v := range values {
		list = append(list, variables.Replace(v))
	}
	return list
}

// only are the keys that a statement without a model names all the same: whom a token
// is about, and the service to which a role is passed.
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

// claims are whom a token or assertion is about and for whom it is. A trust in a
// provider without them is a trust in everyone whom the provider knows.
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

// appended is the state with a statement behind those of a policy, or in a new policy.
func (s *search) appended(st *state, at place, statement object, made step) *state {
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
	made.Edit = &Edit{Policy: origin.ID, ARN: origin.ARN, Index: len(d.statements), After: statement.raw(), Diff: diff(nil, statement.raw())}
	switch {
	case at.kind == evaluator.Identity:
		made.Command = putPolicy(st, statement)
	case old != nil:
		made.Command = s.put(st, at, origin, document)
	}
	next := st.after(made)
	next.put(at, old, p)
	next.touched = append(next.touched, &exam{at: at, policy: p, source: &p.Document().Statements[len(d.statements)], statement: statement})
	return next
}

func (s *search) addSentence(st *state, l *evaluator.Layer, like *exam) string {
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
	case like != nil:
		text += "; it has the conditions of " + s.statementName(like)
	case st.claims() != nil && at.kind == evaluator.Trust:
		text += ", only for whom the token is about"
	}
	return text + "."
}
