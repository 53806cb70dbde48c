package seed

import (
	"errors"
	"fmt"
	"iter"
	"strings"

	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/internal/spelling"
	"github.com/understudy-iam/understudy/persistence"
)

// didYouMean suggests an existing name that is similar; empty if there is none. Up to a
// quarter of the letters may differ, and at least one.
func didYouMean(name string, known iter.Seq[string]) string {
	if meant := spelling.Nearest(name, known, max(len(name)/4, 1)); meant != "" {
		return fmt.Sprintf("; did you mean %q?", meant)
	}
	return ""
}

// guessed adds to a fault about a name the name that was probably meant.
func guessed(err error, name string, known iter.Seq[string]) error {
	var f *Fault
	if meant := didYouMean(name, known); meant != "" && errors.As(err, &f) {
		f.Reason = strings.TrimSuffix(f.Reason, ".") + meant
	}
	return err
}

// policyNames yields the names of the account's policies and of AWS's.
func (w *writer) policyNames() iter.Seq[string] {
	return func(yield func(string) bool) {
		for p, err := range persistence.Policies.Scan(w.tx, w.account, nil, nil) {
			if err != nil || !yield(p.Name) {
				return
			}
		}
		for name := range iamsvc.ManagedNames(w.own().Partition) {
			if !yield(name) {
				return
			}
		}
	}
}

// groupNames yields the names of the account's groups.
func (w *writer) groupNames() iter.Seq[string] {
	return func(yield func(string) bool) {
		for g, err := range persistence.Groups.Scan(w.tx, w.account, nil, nil) {
			if err != nil || !yield(g.Name) {
				return
			}
		}
	}
}
