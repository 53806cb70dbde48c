package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/draft"
	"github.com/understudy-iam/understudy/internal/textfile"
	"github.com/understudy-iam/understudy/management"
)

// check compares the calls with the documents of a file.
func (c *draftCommand) check(n *management.Needs) error {
	if gap := c.gap(n); gap != "" {
		return usageError{fmt.Errorf("--check needs to know all calls: %s", gap)}
	}
	kind := evaluator.Identity
	if c.Trust {
		kind = evaluator.Trust
	}
	policies, err := readDocuments(c.Check, kind)
	if err != nil {
		return usageError{err}
	}
	var missing []draft.Call
	word := "on"
	if c.Trust {
		word = "by"
		missing = draft.Mistrusted(n.Assumed(), policies, c.options())
	} else {
		missing = draft.Missing(n.Drafted(), policies, c.options())
	}
	if len(missing) == 0 {
		fmt.Fprintf(os.Stdout, "%s allows all that %s needed.\n", c.Check, whose(n))
		return nil
	}
	fmt.Fprintf(os.Stdout, "%s does not allow all that %s needed:\n%s", c.Check, whose(n), shownMissing(missing, word))
	return errAnsweredNo
}

// readDocuments reads a file with one or more documents, one after the other.
func readDocuments(name string, kind evaluator.Kind) ([]*evaluator.Policy, error) {
	text, err := textfile.Read(name, textfile.Document)
	if err != nil {
		return nil, fmt.Errorf("%w; give the file of a policy document to --check", err)
	}
	var out []*evaluator.Policy
	for d := json.NewDecoder(bytes.NewReader(text)); ; {
		var raw json.RawMessage
		err := d.Decode(&raw)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s is not a policy document in JSON: %w", name, err)
		}
		if doc, err := evaluator.Parse(string(raw)); err == nil {
			if err := unfit(name, doc, kind); err != nil {
				return nil, fmt.Errorf("%w; give a policy of this type to --check", err)
			}
		}
		list, err := compile([]string{string(raw)}, []string{name}, kind)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s is empty; give the file of a policy document to --check", name)
	}
	return out, nil
}

func whose(n *management.Needs) string {
	if n.Principal.ARN == "" {
		return "the calls"
	}
	return n.Principal.ARN
}

// shownMissing lists calls, similar ones only once. The word comes before the resource.
func shownMissing(missing []draft.Call, word string) string {
	var b strings.Builder
	seen := map[string]int{}
	var order []*draft.Call
	for i := range missing {
		key := missing[i].Action + " " + missing[i].Resource
		if seen[key]++; seen[key] == 1 {
			order = append(order, &missing[i])
		}
	}
	for _, m := range order {
		what := m.Action
		if m.Resource != "" {
			what += " " + word + " " + m.Resource
		}
		fmt.Fprintf(&b, "  %s\n    request %s", decisions.Clean(what), decisions.Clean(m.RequestID))
		if more := seen[m.Action+" "+m.Resource] - 1; more > 0 {
			fmt.Fprintf(&b, " and %d more", more)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// diff compares the calls with the policies that the principal has.
func (c *draftCommand) diff(n *management.Needs) error {
	var texts, names []string
	for _, p := range n.Policies {
		texts, names = append(texts, p.Document), append(names, p.Name)
	}
	policies, err := compile(texts, names, evaluator.Identity)
	if err != nil {
		return err
	}
	calls := n.Drafted()
	missing := draft.Missing(calls, policies, c.options())
	unused := draft.Unused(calls, policies, c.options())
	var b strings.Builder
	if len(missing) > 0 {
		fmt.Fprintf(&b, "missing: %s needed what its policies do not allow\n%s", whose(n), shownMissing(missing, "on"))
	}
	for i := range unused {
		b.WriteString(shownSurplus(&unused[i]))
	}
	for _, w := range draft.Wider(calls, policies, c.options()) {
		b.WriteString(shownWide(&w))
	}
	if b.Len() == 0 {
		fmt.Fprintf(&b, "The policies of %s allow what it needed, and nothing else.\n", whose(n))
	}
	if _, err := io.WriteString(os.Stdout, b.String()); err != nil || len(missing) == 0 {
		return err
	}
	return errAnsweredNo
}

// shownSurplus says what no call used of a statement.
func shownSurplus(s *draft.Surplus) string {
	var b strings.Builder
	fmt.Fprintf(&b, "unused: %s\n", statementOf(s.Policy, s.Statement))
	if s.Whole {
		b.WriteString("  no call needed it\n")
	}
	section(&b, "action", s.Actions)
	section(&b, "resource", s.Resources)
	return b.String()
}

// maxNeeded is how many needed actions or resources are listed for an entry that is too
// wide.
const maxNeeded = 10

// shownWide says which part of an entry with a wildcard the calls needed.
func shownWide(w *draft.Wide) string {
	var b strings.Builder
	fmt.Fprintf(&b, "wider than needed: %s\n", statementOf(w.Policy, w.Statement))
	word := "resource"
	if w.IsAction {
		word = "action"
	}
	section(&b, word, []string{w.Entry})
	needed := w.Needed[:min(len(w.Needed), maxNeeded)]
	section(&b, "needed", needed)
	switch more := len(w.Needed) - len(needed); {
	case w.IsAction && more > 0:
		fmt.Fprintf(&b, "  %-8s  and %d more, of %d actions\n", "", more, w.Of)
	case w.IsAction:
		fmt.Fprintf(&b, "  %-8s  of %d actions\n", "", w.Of)
	case more > 0:
		fmt.Fprintf(&b, "  %-8s  and %d more\n", "", more)
	}
	return b.String()
}

// statementOf names a statement of a policy for people.
func statementOf(p *evaluator.Policy, index int) string {
	name := fmt.Sprintf("statement %d", index+1)
	if sid := p.Document().Statements[index].Sid; sid != "" {
		name += " (" + sid + ")"
	}
	return decisions.Clean(name) + " of " + decisions.Clean(p.Origin().Name)
}
