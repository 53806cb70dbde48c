package alerts

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// tell makes changes of what was won and was not had before. That a role reaches itself
// is not told.
func (r *round) tell() ([]Change, error) {
	var list []Change
	for _, h := range r.won {
		if r.had[h.holding] || h.goal.kind == Reaches && h.ways[h.goal] == h.subject {
			continue
		}
		because, err := r.because(&h)
		if err != nil {
			return nil, err
		}
		list = append(list, Change{
			Kind: h.goal.kind, Principal: h.standing.ARN(), What: h.goal.what, Because: because, Account: h.goal.account,
		})
	}
	slices.SortFunc(list, compareChanges)
	return list, nil
}

// compareChanges is the order in which changes are told.
func compareChanges(a, b Change) int {
	return cmp.Or(cmp.Compare(a.Principal, b.Principal), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.What, b.What),
		cmp.Compare(a.Account, b.Account),
		cmp.Compare(a.Because, b.Because))
}

// because is the sentence that says by what the subject has the goal.
func (r *round) because(h *win) (string, error) {
	if h.ways[h.goal] != h.subject {
		return r.route(h), nil
	}
	obstacle, err := r.obstacle(h)
	if err != nil || obstacle == "" {
		return upper(h.reason) + " allows it.", err
	}
	return upper(h.reason) + " allows it; before, " + obstacle + ".", nil
}

// obstacle says what denied the subject the goal before, if that was more than that
// nothing allowed it.
func (r *round) obstacle(h *win) (string, error) {
	was := r.was[h.subject]
	if h.goal.isPublic() || was == nil || !was.Restricts() {
		return "", nil
	}
	r.about = nil
	if err := r.q.About(was); err != nil {
		return "", err
	}
	if ok, err := r.has(h.goal); ok || err != nil {
		return "", err
	}
	k := r.q.Check()
	switch l := k.Result.Layer(k.Result.DeniedBy); {
	case l != nil && l.Decision == evaluator.ExplicitDeny:
		return statement(l.Matches, evaluator.Deny) + " denied it", nil
	case l != nil && l.Kind == evaluator.Boundary:
		return k.Policies.Boundary.Origin().Name + " did not allow it", nil
	}
	return "", nil
}

// route says which roles the subject can assume, one from another.
func (r *round) route(h *win) string {
	first := h.ways[h.goal]
	var b strings.Builder
	b.WriteString("It can assume role " + first.standing.ARN() + ": " + r.reasons[edge{h.subject, first}])
	for role, then := first, "; from there it can assume role "; role.ways[h.goal] != role; then = ", and from there role " {
		role = role.ways[h.goal]
		b.WriteString(then + role.standing.ARN())
	}
	return b.String() + "."
}

// admitting says which statements let the caller assume the role.
func admitting(r *evaluator.Result) string {
	by := allowing(r, evaluator.Trust) + " allows it"
	if l := r.Layer(evaluator.Identity); l != nil && l.Decision == evaluator.Allowed {
		by += ", and so does " + allowing(r, evaluator.Identity)
	}
	return by
}

// allowing names the first statement of the layer that allows.
func allowing(r *evaluator.Result, k evaluator.Kind) string {
	if l := r.Layer(k); l != nil {
		return statement(l.Matches, evaluator.Allow)
	}
	return ""
}

// statement names the first of the statements with the effect.
func statement(matches []evaluator.Match, effect evaluator.Effect) string {
	for _, m := range matches {
		if m.Effect() != effect {
			continue
		}
		name, policy := m.Statement.Sid, m.Policy.Origin().Name
		if name == "" {
			name = strconv.Itoa(m.Statement.Index + 1)
		}
		if m.Layer == evaluator.Trust {
			policy = "its trust policy"
		}
		return "statement " + name + " of " + policy
	}
	return "a policy"
}

// upper begins a sentence.
func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
