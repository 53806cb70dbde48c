package lint

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/internal/spelling"
)

// The elements of documents and of statements. Names are case-sensitive.
var (
	documentElements  = []string{"Version", "Id", "Statement"}
	statementElements = []string{
		"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
	}
	versions = []string{evaluator.Version2008, evaluator.Version2012}
)

// notJSON reports why a document cannot be read at all.
func (l *linter) notJSON(err error) {
	var syntax *evaluator.SyntaxError
	if !errors.As(err, &syntax) {
		return
	}
	from := offset(l.src, syntax.At)
	f := l.report(JSONSyntaxError, spot{"", evaluator.Span{Start: syntax.At, End: syntax.At, From: from, To: from}},
		strconv.Itoa(from), strconv.Itoa(int(syntax.At.Line)), strconv.Itoa(int(syntax.At.Column)))
	f.Cause = syntax.Message
}

// unknownElement reports a member that the grammar does not have. The fix is certain if
// only its case is wrong.
func (l *linter) unknownElement(m evaluator.Member, path string, known []string) {
	f := l.report(InvalidPolicyElement, spot{under(path, m.Name.Text), m.Name.Span}, m.Name.Text)
	i := slices.IndexFunc(known, func(name string) bool { return strings.EqualFold(name, m.Name.Text) })
	if i >= 0 {
		f.fix(m.Name.Span.From, m.Name.Span.To, strconv.Quote(known[i]))
		return
	}
	if len(m.Name.Text) <= maxGuessed {
		f.suggest(spelling.Guess(m.Name.Text, known))
	}
}

// suggest says what may have been meant.
func (f *Finding) suggest(name string) {
	if f != nil {
		f.Nearest = name
	}
}

// document looks at the members of the document.
func (l *linter) document() {
	d := l.doc
	if d.members == nil {
		return
	}
	switch at, ok := d.members["Version"]; {
	case !ok:
		f := l.report(MissingVersion, d.spot)
		if open := d.span.From + 1; len(d.members) > 0 && !strings.Contains(l.src, "${") {
			f.fix(open, open, `"Version": "`+evaluator.Version2012+`", `)
		}
	case !slices.Contains(versions, d.version):
		if !l.seen[mark{DataTypeMismatch, at.span.From}] {
			l.report(InvalidVersion, at, d.version, strings.Join(versions, ", "))
		}
	}
	if at, ok := d.members["Statement"]; !ok {
		l.report(MissingStatement, d.spot)
	} else if len(d.statements) == 0 && l.src[at.span.From] == '[' && !l.failed() {
		l.report(MissingStatement, at)
	}
}

// sids looks for texts and for repetitions of the IDs of statements.
func (l *linter) sids() {
	seen := make(map[string]bool)
	for _, s := range l.doc.statements {
		if !s.has("Sid") || s.sid.path == "" {
			continue
		}
		id := s.sid.text
		switch {
		case id == "":
			l.report(EmptySidValue, s.sid.spot)
		case l.plainSids() && strings.ContainsFunc(id, notAlphanumeric):
			l.report(UnsupportedSid, s.sid.spot)
		case seen[id] && l.kind == evaluator.Identity:
			l.report(UniqueSidsRecommended, s.sid.spot)
		case seen[id]:
			l.report(UniqueSidsRequired, s.sid.spot)
		}
		seen[id] = true
	}
}

// plainSids reports whether policies of the kind have letters and digits only in
// their IDs. Services take any text in those of their resources.
func (l *linter) plainSids() bool {
	return l.kind != evaluator.Resource && l.kind != evaluator.Trust && l.kind != evaluator.VPCEndpoint
}

func notAlphanumeric(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
}

// elements looks for what a statement lacks, and for what does not go together.
func (l *linter) elements(s *statement) {
	if !s.has("Effect") {
		l.report(MissingEffect, s.spot)
	}
	if !s.has("Action") && !s.has("NotAction") {
		l.report(MissingAction, s.spot)
	}
	needsResource := l.kind != evaluator.Trust && l.kind != evaluator.Resource && l.kind != evaluator.VPCEndpoint
	if needsResource && !s.has("Resource") && !s.has("NotResource") {
		l.report(MissingResource, s.spot)
	}
	if l.hasPrincipals() && l.kind != evaluator.VPCEndpoint && !s.has("Principal") && !s.has("NotPrincipal") {
		l.report(MissingPrincipal, s.spot)
	}
	for _, name := range []string{"Principal", "Action", "Resource"} {
		if s.has(name) && s.has("Not"+name) {
			l.report(UnsupportedElementCombination, s.names["Not"+name], name, "Not"+name)
		}
	}
}

// hasPrincipals reports whether policies of the kind name principals.
func (l *linter) hasPrincipals() bool {
	switch l.kind {
	case evaluator.Resource, evaluator.Trust, evaluator.RCP, evaluator.VPCEndpoint:
		return true
	}
	return false
}

// effect looks at the word; the fix is certain if only its case is wrong.
func (l *linter) effect(s *statement) {
	word := s.effect.text
	if s.effect.path == "" || word == "Allow" || word == "Deny" {
		return
	}
	f := l.report(InvalidEffect, s.effect.spot, word)
	for _, right := range []string{"Allow", "Deny"} {
		if strings.EqualFold(word, right) {
			f.fix(s.effect.span.From, s.effect.span.To, strconv.Quote(right))
		}
	}
}

// empties looks for lists and objects with nothing in them.
func (l *linter) empties(s *statement) {
	for _, e := range []struct {
		at    spot
		has   bool
		code  Code
		count int
	}{
		{s.actionElement(), s.has("Action") || s.has("NotAction"), EmptyArrayAction, len(s.actions)},
		{s.resourceElement(), s.has("Resource") || s.has("NotResource"), EmptyArrayResource, len(s.resources)},
	} {
		if e.has && e.count == 0 && l.blank(e.at) {
			l.report(e.code, e.at)
		}
	}
	if at := s.principalElement(); len(s.principals) == 0 && at.path != s.path {
		switch {
		case l.src[at.span.From] == '{' && l.blank(at):
			l.report(EmptyObjectPrincipal, at)
		case strings.ContainsRune(l.text(at), '[') && !l.failed():
			l.report(EmptyArrayPrincipal, at)
		}
	}
	if at, ok := s.members["Condition"]; ok && l.blank(at) {
		l.report(EmptyObjectCondition, at)
	}
	for _, b := range s.blocks {
		if b.keys == 0 && l.blank(b.body) {
			l.report(EmptyObjectCondition, b.body)
		}
	}
}

// text is a part of the document as it is written.
func (l *linter) text(at spot) string { return l.src[at.span.From:at.span.To] }

// blank reports whether the part is a list or an object with nothing in it.
func (l *linter) blank(at spot) bool {
	text := l.text(at)
	return (text[0] == '[' || text[0] == '{') && strings.Trim(text[1:len(text)-1], " \t\r\n") == ""
}
