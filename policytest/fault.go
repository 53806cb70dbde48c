package policytest

import (
	"fmt"

	"go.yaml.in/yaml/v4"
)

// Fault is returned for a file that cannot be run.
type Fault struct {
	File   string
	Line   int // 0 if the fault has no line
	Column int // 0 if only the line is known
	Reason string

	cause error
}

// Error returns "file:line:column: reason".
func (f *Fault) Error() string {
	switch {
	case f.Line == 0:
		return f.File + ": " + f.Reason
	case f.Column == 0:
		return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Reason)
	}
	return fmt.Sprintf("%s:%d:%d: %s", f.File, f.Line, f.Column, f.Reason)
}

// Place is where something is in a file of tests; lines and columns begin at 1.
type Place struct{ Line, Column int }

func placeOf(n *yaml.Node) Place { return Place{n.Line, n.Column} }

// fault is a fault at the place, of a file that its caller names.
func (p Place) fault(format string, args ...any) *Fault {
	return &Fault{Line: p.Line, Column: p.Column, Reason: fmt.Sprintf(format, args...)}
}

// Unwrap returns a *lint.RefusedError if the fault is a policy that AWS would not store.
func (f *Fault) Unwrap() error { return f.cause }

func (f *Fault) because(err error) *Fault {
	f.cause = err
	return f
}
