package policytest

import (
	"errors"
	"io/fs"
	"strings"

	"github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/internal/textfile"
)

// readPolicy reads a policy: a file, or if there is none of the name a managed policy of the
// state or of AWS, by its name or ARN.
func (w *world) readPolicy(name text) (string, error) {
	if known, ok := w.texts[name.value]; ok {
		return known, nil
	}
	raw, err := w.options.Open(w.beside(name.value))
	document := string(raw)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		document, err = w.managed(name)
	case err != nil:
		err = name.at.fault("%s: %v", name.value, textfile.RootCause(err))
	default:
		w.paths[document] = w.beside(name.value)
	}
	if err == nil {
		w.texts[name.value] = document
	}
	return document, err
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
