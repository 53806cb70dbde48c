package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/understudy-iam/understudy/decisions"
)

// reasons are the reasons for decisions, each once, with the numbers that the table
// shows.
type reasons struct {
	numbers map[string]int
	strings.Builder
}

// number is the number of a reason. The reason is written the first time. key identifies
// the reason.
func (r *reasons) number(key string, write func(io.Writer)) string {
	if r.numbers == nil {
		r.numbers = map[string]int{}
	}
	n, ok := r.numbers[key]
	if !ok {
		n = len(r.numbers) + 1
		r.numbers[key] = n
		fmt.Fprintf(r, "\n[%d] ", n)
		write(r)
	}
	return strconv.Itoa(n)
}

// printTable prints a table of the requests, and below it the reason for each decision.
// It quotes documents, so it is cleaned of characters that a terminal would obey.
func (a *simulationAnswer) printTable(w io.Writer) error {
	var b strings.Builder
	var why reasons
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "DECISION\tWHY\tACTION\tRESOURCE")
	for i := range a.requests {
		r := &a.requests[i]
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", r.Decision, strings.Join(r.why(&why), ","), r.Action, r.Resource)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	b.WriteString(why.String())
	_, err := io.WriteString(w, decisions.CleanLines(b.String()))
	return err
}

// why returns the numbers of the request's reasons.
func (r *simulatedRequest) why(all *reasons) (numbers []string) {
	for i := range r.Statements {
		s := &r.Statements[i]
		key := fmt.Sprint("statement ", s.Policy, " ", s.Type, s.Start)
		numbers = append(numbers, all.number(key, s.explain))
	}
	obstacles := r.Obstacles
	if len(r.Missing) > 0 {
		obstacles = append(obstacles[:len(obstacles):len(obstacles)],
			"statements for this request ask for condition keys that it lacks: "+decisions.Clean(strings.Join(r.Missing, ", ")))
	}
	for _, text := range obstacles {
		numbers = append(numbers, all.number(text, func(w io.Writer) { fmt.Fprintln(w, inLines(text)) }))
	}
	return numbers
}

// inLines formats a reason: on a terminal in lines, after its number; elsewhere on one
// line.
func inLines(text string) string {
	if !isTerminal(os.Stdout) {
		return text
	}
	return decisions.Printer{Width: terminalWidth(os.Stdout) - len("[1] ")}.Message(text)
}

// explain quotes the statement.
func (s *simulatedStatement) explain(w io.Writer) {
	name := s.title
	if name == "" {
		name = s.Policy
	}
	if s.problem != nil {
		fmt.Fprintf(w, "a statement of %s (%s), line %d, column %d; its document cannot be shown: %v\n", name, s.Type, s.Start.Line,
			s.Start.Column, s.problem)
		return
	}
	line, column := begin(splitLines(s.document), s.raw)
	fmt.Fprintf(w, "a statement of %s (%s), line %d, column %d:\n", name, s.Type, line, column)
	_, _ = io.WriteString(w, decisions.Printer{Width: terminalWidth(os.Stdout)}.Quote(s.Text, s.covering, len("[1] ")))
}
