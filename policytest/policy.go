package policytest

import (
	"errors"
	"io/fs"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/lint"
	"github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/internal/textfile"
)

// readPolicy reads a policy of a kind, or of the kind that it looks like if that is NoKind:
// a file, or if there is none of the name a managed policy of the state or of AWS, by its
// name or ARN. A file that AWS would not store is at fault.
func (w *world) readPolicy(name text, kind evaluator.Kind) (string, error) {
	use := policyUse{name.value, kind}
	if known, ok := w.texts[use]; ok {
		return known, nil
	}
	document, err := w.policyText(name, kind)
	if err == nil {
		w.texts[use] = document
	}
	return document, err
}

// policyUse is a policy by its name, and the kind as which it is read.
type policyUse struct {
	name string
	kind evaluator.Kind
}

func (w *world) policyText(name text, kind evaluator.Kind) (string, error) {
	raw, err := w.options.Open(w.beside(name.value))
	document := string(raw)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return w.managed(name)
	case err != nil:
		return "", name.at.fault("%s: %v", name.value, textfile.RootCause(err))
	}
	rules := evaluator.Validation{Partition: w.partition().String()}
	if err := lint.Storable(rules, document, kind); err != nil {
		return "", name.at.fault("%s, %v", name.value, err).because(err)
	}
	w.paths[document] = w.beside(name.value)
	return document, nil
}

func (w *world) managed(name text) (string, error) {
	for i := range w.documented {
		d := &w.documented[i]
		if d.key == name.value || strings.EqualFold(d.policy.Origin().ID, "managed policy "+name.value) {
			return d.policy.Document().Source(), nil
		}
	}
	arn, err := w.managedOf(name)
	if err != nil {
		return "", err
	}
	document, _ := iam.ManagedDocument(arn)
	return document, nil
}
