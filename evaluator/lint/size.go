package lint

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/understudy-iam/understudy/evaluator"
)

// quota is how long documents of a kind may be, in characters.
type quota struct {
	code   Code
	most   int
	blanks bool // white space counts
}

// quotas are AWS's defaults. That of identity-based policies is the one of managed
// policies: inline policies of a user have less, and of a role more. That of SCPs was 5,120 until
// 2025; that of resource-based policies is the one of most services.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
var quotas = map[evaluator.Kind]quota{
	evaluator.Identity: {PolicySizeExceedsIdentityPolicyQuota, 6144, false},
	evaluator.Boundary: {PolicySizeExceedsIdentityPolicyQuota, 6144, false},
	evaluator.Resource: {PolicySizeExceedsResourcePolicyQuota, 20480, true},
	evaluator.Trust:    {PolicySizeExceedsRoleTrustPolicyQuota, 2048, false},
	evaluator.SCP:      {PolicySizeExceedsSCPQuota, 10240, true},
	evaluator.RCP:      {PolicySizeExceedsRCPQuota, 5120, true},
}

// size compares the length of the document with its quota.
func (l *linter) size() {
	q, ok := quotas[l.kind]
	n := evaluator.Size(l.src)
	if q.blanks {
		n = utf8.RuneCountInString(l.src)
	}
	if ok && n > q.most {
		l.report(q.code, l.doc.spot, strconv.Itoa(n), strconv.Itoa(q.most))
	}
}

// maxStatements is how many statements are compared with each other.
const maxStatements = 60

// repeated looks for statements that another one makes unnecessary.
func (l *linter) repeated() {
	list := l.doc.statements[:min(len(l.doc.statements), maxStatements)]
	for i, s := range list {
		for j, other := range list {
			if i != j && l.contains(other, s) && (j < i || !l.contains(s, other)) {
				l.report(RedundantStatement, s.spot)
				break
			}
		}
	}
}

// contains reports whether a has the effect of b wherever b has it. It is sure of that only
// if both have the same kinds of elements.
func (l *linter) contains(a, b *statement) bool {
	if a.effect.text != b.effect.text || a.effect.text == "" || !a.complete() || !b.complete() {
		return false
	}
	return l.same(a, b, "Principal") && l.same(a, b, "NotPrincipal") &&
		(!a.has("Condition") || l.same(a, b, "Condition")) &&
		l.within(a, b, "Action") && l.within(a, b, "Resource")
}

// complete reports whether something is in all lists of the statement.
func (s *statement) complete() bool {
	return len(s.actions) > 0 && (len(s.resources) > 0 || !s.has("Resource") && !s.has("NotResource"))
}

// same reports whether an element is written the same way in both statements, white
// space aside, or in neither.
func (l *linter) same(a, b *statement, name string) bool {
	if !a.has(name) || !b.has(name) {
		return a.has(name) == b.has(name)
	}
	x, y := l.text(a.members[name]), l.text(b.members[name])
	l.names.looks += (len(x) + len(y)) / piecesPerLook
	return l.names.looks <= maxLooks && slices.Equal(strings.Fields(x), strings.Fields(y))
}

// within reports whether what b lists is within what a lists. With NotAction or
// NotResource both have to list the same.
func (l *linter) within(a, b *statement, name string) bool {
	not := "Not" + name
	if a.has(not) || b.has(not) {
		return l.same(a, b, not) && l.same(a, b, name)
	}
	if a.has(name) != b.has(name) {
		return false
	}
	of, covers := func(s *statement) []value { return s.actions }, coversAction
	if name == "Resource" {
		of, covers = func(s *statement) []value { return s.resources }, l.coversResource
	}
	l.names.looks += len(of(a)) * len(of(b))
	if l.names.looks > maxLooks {
		return false
	}
	for _, x := range of(b) {
		if !slices.ContainsFunc(of(a), func(y value) bool { return y.text == x.text || includes(y, x, covers) }) {
			return false
		}
	}
	return true
}
