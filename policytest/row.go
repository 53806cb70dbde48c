package policytest

import (
	"fmt"
	"strings"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/evaluator"
)

// Row is an expectation and what became of it.
type Row struct {
	File   string      `json:"file"`
	Line   int         `json:"line"`
	Column int         `json:"column"`
	Name   string      `json:"name,omitempty"` // as the file calls it
	Expect Expectation `json:"expect"`

	// Principal is who acts, or of NobodyBut all that may, as they are written. Of
	// NothingNew it may be empty.
	Principal string              `json:"principal,omitempty"`
	Action    string              `json:"action,omitempty"`
	Resource  string              `json:"resource,omitempty"`
	Context   map[string][]string `json:"context,omitempty"`
	Because   string              `json:"because,omitempty"` // the layer, the Sid, or both with a blank between

	SessionPolicy string `json:"sessionPolicy,omitempty"` // the file of it

	Policy   string `json:"policy,omitempty"` // of NothingNew
	Baseline string `json:"baseline,omitempty"`

	Passed bool `json:"passed"`

	// Decision is allowed, implicitDeny or explicitDeny, and DeniedBy the layer; of Allow
	// and Deny.
	Decision string `json:"decision,omitempty"`
	DeniedBy string `json:"deniedBy,omitempty"`

	// Failure is one sentence that says why the row fails; empty if it passes.
	Failure string `json:"failure,omitempty"`

	// Found is what was found that should not be: of NobodyBut the principals with the
	// statements that let them, of NothingNew the grants. Each has lines.
	Found []string `json:"found,omitempty"`

	// Record is how a row that fails was decided; nil of others.
	Record *decisions.Record `json:"record,omitempty"`
}

// Title is the row in one line: the name that the file gives it, or what it expects.
func (r *Row) Title() string {
	if r.Name != "" {
		return r.Name + " (" + r.Sentence() + ")"
	}
	return r.Sentence()
}

// Sentence is what the row expects.
func (r *Row) Sentence() string {
	if r.Expect == NothingNew {
		return r.Policy + " grants nothing new over " + r.Baseline
	}
	verb := " may "
	who := r.Principal
	switch {
	case r.Expect == Deny:
		verb = " may not "
	case r.Expect == NobodyBut && who == "":
		who = "nobody"
	case r.Expect == NobodyBut:
		who = "nobody but " + who
	}
	text := who + verb + r.Action
	if r.Resource != "*" {
		text += " on " + r.Resource
	}
	for _, name := range sortedNames(r.Context) {
		text += " with " + name + "=" + strings.Join(r.Context[name], ",")
	}
	if r.SessionPolicy != "" {
		text += " with session policy " + r.SessionPolicy
	}
	if r.Because != "" {
		text += " because of " + r.Because
	}
	return text
}

// judge says whether a decision is what the row expects, and if not why; the sentence is
// empty if it is.
func (s *spec) judge(res *evaluator.Result) string {
	switch {
	case s.expect == Allow && !res.Allowed():
		return "it is denied" + deniedBy(res)
	case s.expect == Allow:
		return ""
	case res.Allowed():
		return "it is allowed"
	}
	return s.because.judge(res)
}

// judge says why a denial is not for this reason.
func (b *because) judge(res *evaluator.Result) string {
	switch {
	case b.layer != evaluator.NoKind && !deniedIn(res, b.layer):
		return fmt.Sprintf("it is denied, but not by the layer %s; it is denied%s", b.layer, deniedBy(res))
	case b.statement.given() && !b.denies(res):
		return fmt.Sprintf("it is denied, but not by the statement %s; it is denied%s", b.statement.value, deniedBy(res))
	}
	return ""
}

// deniedIn reports whether a layer denies for itself. Of several that deny AWS names one, and
// all of them are reasons.
func deniedIn(res *evaluator.Result, kind evaluator.Kind) bool {
	for i := range res.Layers {
		if l := &res.Layers[i]; l.Kind == kind && l.Decision != evaluator.Allowed && !l.Waived {
			return true
		}
	}
	return false
}

// denies reports whether the statement denies.
func (b *because) denies(res *evaluator.Result) bool {
	for _, m := range res.Matches {
		if m.Effect() == evaluator.Deny && m.Statement.Sid == b.statement.value && (b.layer == evaluator.NoKind || m.Layer == b.layer) {
			return true
		}
	}
	return false
}

// deniedBy is what denies, in words behind "it is denied".
func deniedBy(res *evaluator.Result) string {
	for _, m := range res.Matches {
		if m.Layer == res.DeniedBy && m.Effect() == evaluator.Deny {
			name := fmt.Sprintf("statement %d", m.Statement.Index+1)
			if m.Statement.Sid != "" {
				name = "statement " + m.Statement.Sid
			}
			return " by " + name + " of " + m.Policy.Origin().Name
		}
	}
	if res.DeniedBy == evaluator.NoKind {
		return " whatever policies say"
	}
	return ": nothing in the layer " + res.DeniedBy.String() + " allows it"
}

// text is what because says, for people.
func (b *because) text() string {
	var parts []string
	if b.layer != evaluator.NoKind {
		parts = append(parts, b.layer.String())
	}
	if b.statement.given() {
		parts = append(parts, b.statement.value)
	}
	return strings.Join(parts, " ")
}

// decided is the check by which a question was decided; nil if no policy was asked.
func decided(d *authz.Decision) *authz.Check {
	if len(d.Checks) == 0 {
		return nil
	}
	return &d.Checks[0]
}
