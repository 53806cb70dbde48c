package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/compare"
	"github.com/understudy-iam/understudy/evaluator/lint"
)

// compareCommand proves what a change of a policy newly grants.
type compareCommand struct {
	partitionFlag
	Old    string `arg:"" complete:"policy" help:"Before: the file of a policy document, - for standard input, or one of AWS's managed policies."`
	New    string `arg:"" complete:"policy" help:"After: the same."`
	Type   string `default:"" enum:"identity,resource,trust,boundary,session,scp,rcp," placeholder:"TYPE" help:"@compareType"`
	Format string `default:"text" enum:"text,json,github" help:"text, json, or github: errors that GitHub Actions shows beside the lines."`
}

// Help is the end of the help text.
func (*compareCommand) Help() string {
	return `Each grant that is new is shown with a request that the old document does not allow and the new one does. That ` +
		`nothing is granted is proved, for every action, resource, principal and condition key. Where neither can be proved, it says so ` +
		`and takes it for a grant. The exit code is 0 if nothing new is granted, and 1 otherwise.

    understudy compare before.json after.json
    git show main:policy.json | understudy compare - policy.json
    understudy compare ReadOnlyAccess mine.json
    understudy compare before.json after.json --format github`
}

// Run prints what is newly granted.
func (c *compareCommand) Run() error {
	before, after, kind, err := c.read()
	if err != nil {
		return usageError{err}
	}
	grants, err := compare.Compare(before, after, kind)
	if err != nil {
		return usageError{err}
	}
	list := make([]newGrant, 0, len(grants))
	for i := range grants {
		list = append(list, shownGrant(after, &grants[i]))
	}
	switch c.Format {
	case "json":
		err = writeReport(os.Stdout, list)
	case "github":
		err = c.printAnnotations(list)
	default:
		_, err = io.WriteString(os.Stdout, c.text(list))
	}
	if err == nil && len(list) > 0 {
		err = errAnsweredNo
	}
	return err
}

// read reads both documents. Their kind comes from the flag, or else from the new
// document.
func (c *compareCommand) read() (before, after *evaluator.Document, kind evaluator.Kind, err error) {
	kind, _ = evaluator.ParseKind(c.Type)
	if c.Old == "-" && c.New == "-" {
		return nil, nil, kind, errors.New("only one of the documents can be standard input; give the file of the other one")
	}
	parse := func(name *string) (_ *evaluator.Document, text string, err error) {
		if *name == "-" {
			*name = "standard input"
			text, err = readStdin(c.partition(), evaluator.NoKind)
		} else {
			text, err = readPolicy(c.partition(), *name, evaluator.NoKind)
		}
		if err != nil {
			return nil, "", err
		}
		doc, err := evaluator.Parse(text)
		return doc, text, err
	}
	var text string
	if after, text, err = parse(&c.New); err != nil {
		return nil, nil, kind, err
	}
	if kind == evaluator.NoKind {
		kind = lint.Guess(text)
	}
	if before, _, err = parse(&c.Old); err != nil {
		return nil, nil, kind, err
	}
	return before, after, kind, cmp.Or(c.fits(c.New, after, kind), c.fits(c.Old, before, kind))
}

// fits returns an error if the named document is not of the kind.
func (c *compareCommand) fits(name string, doc *evaluator.Document, kind evaluator.Kind) error {
	if err := unfit(name, doc, kind); err != nil {
		return fmt.Errorf("%w; give two policies of one type, which --type names", err)
	}
	return nil
}

// unfit says where a named document is not of the kind.
func unfit(name string, doc *evaluator.Document, kind evaluator.Kind) error {
	var fault *evaluator.SyntaxError
	if errors.As(compare.Fits(doc, kind), &fault) {
		return fmt.Errorf("%s, line %d, column %d: %s", name, fault.At.Line, fault.At.Column, fault.Message)
	}
	return nil
}

// newGrant is a grant as JSON shows it.
type newGrant struct {
	Statement int                 `json:"statement"` // from 0, or compare.FullAccess
	Sid       string              `json:"sid,omitempty"`
	Line      int32               `json:"line"`
	Column    int32               `json:"column"`
	Principal string              `json:"principal,omitempty"`
	Action    string              `json:"action"`
	Resource  string              `json:"resource"`
	Context   map[string][]string `json:"context,omitempty"`
	Proved    bool                `json:"proved"`
}

func shownGrant(doc *evaluator.Document, g *compare.Grant) newGrant {
	out := newGrant{Statement: g.Statement, Line: 1, Column: 1, Action: g.Action, Resource: g.Resource, Proved: g.Proved}
	if g.Statement != compare.FullAccess {
		s := &doc.Statements[g.Statement]
		out.Sid, out.Line, out.Column = s.Sid, s.Start.Line, s.Start.Column
		if len(s.Principals)+len(s.NotPrincipals) > 0 {
			out.Principal = g.Caller.Text
		}
	}
	for _, v := range g.Context {
		if out.Context == nil {
			out.Context = map[string][]string{}
		}
		out.Context[v.Key] = v.Values
	}
	return out
}

// printAnnotations prints errors for GitHub Actions.
func (c *compareCommand) printAnnotations(list []newGrant) error {
	for _, g := range list {
		a := annotation{
			level: "error", file: c.New, line: int(g.Line), column: int(g.Column),
			title: "New grant: " + g.Action, text: strings.Join(g.lines(), " "),
		}
		if err := a.print(os.Stdout); err != nil {
			return err
		}
	}
	return nil
}

// maxShown is how many examples are shown for a statement.
const maxShown = 8

func (c *compareCommand) text(list []newGrant) string {
	if len(list) == 0 {
		return c.New + " grants nothing that " + c.Old + " does not grant.\n"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s grants what %s does not grant:\n", c.New, c.Old)
	for len(list) > 0 {
		n := slices.IndexFunc(list, func(g newGrant) bool { return g.Statement != list[0].Statement })
		if n < 0 {
			n = len(list)
		}
		fmt.Fprintf(&b, "\n%s\n", list[0].title())
		for _, g := range list[:min(n, maxShown)] {
			fmt.Fprintf(&b, "  %s\n", strings.Join(g.lines(), "\n    "))
		}
		if n > maxShown {
			fmt.Fprintf(&b, "  and %d more; --format json has all\n", n-maxShown)
		}
		list = list[n:]
	}
	return decisions.CleanLines(b.String())
}

// title names the statement for people.
func (g *newGrant) title() string {
	if g.Statement == compare.FullAccess {
		return "No statement denies any longer"
	}
	title := fmt.Sprintf("Statement %d", g.Statement+1)
	if g.Sid != "" {
		title += fmt.Sprintf(" (%s)", g.Sid)
	}
	return fmt.Sprintf("%s, line %d", title, g.Line)
}

// lines formats the example for people.
func (g *newGrant) lines() []string {
	list := []string{g.Action, "on " + g.Resource}
	if g.Principal != "" {
		list = append(list, "by "+g.Principal)
	}
	for _, key := range slices.Sorted(maps.Keys(g.Context)) {
		list = append(list, "with "+key+"="+strings.Join(g.Context[key], ","))
	}
	if !g.Proved {
		list = append(list, "not proved: no request was found that shows it, and no proof that there is none")
	}
	return list
}
