package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/lint"
	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/internal/spelling"
	"github.com/understudy-iam/understudy/internal/textfile"
	"github.com/understudy-iam/understudy/principal"
)

// readPolicy reads a policy document of a kind: a file, or, if there is no file of the
// name, one of AWS's managed policies in the partition by its name or ARN.
func readPolicy(p principal.Partition, name string, kind evaluator.Kind) (string, error) {
	text, err := textfile.Read(name, textfile.Document)
	if err == nil {
		return string(text), checkPolicy(p, name, string(text), kind)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%w; give the file of a policy document", err)
	}
	arn, ok := name, strings.HasPrefix(name, "arn:")
	if !ok {
		arn, ok = iamsvc.ManagedARN(p, name)
	}
	if document, found := iamsvc.ManagedDocument(arn); ok && found {
		return document, nil
	}
	if meant := spelling.Guess(name, slices.Collect(iamsvc.ManagedNames(p))); meant != "" && !ok {
		return "", fmt.Errorf("there is no file and no policy of AWS with the name %s; did you mean %s?", name, meant)
	}
	return "", fmt.Errorf("%w; give the file of a policy document, or the name of one of AWS's managed policies, such as ReadOnlyAccess",
		err)
}

// readStdin reads a policy document of a kind from standard input.
func readStdin(p principal.Partition, kind evaluator.Kind) (string, error) {
	text, err := textfile.ReadFrom(os.Stdin, "standard input", textfile.Document)
	if err != nil {
		return "", err
	}
	return string(text), checkPolicy(p, "standard input", string(text), kind)
}

// checkPolicy finds out whether AWS would store the document, and notes what else is wrong with it.
// A document of NoKind is taken for what it looks like.
func checkPolicy(p principal.Partition, name, text string, kind evaluator.Kind) error {
	if strings.TrimSpace(text) == "" {
		return fmt.Errorf("%s is empty; give the file of a policy document", name)
	}
	if kind == evaluator.NoKind {
		kind = evaluator.Identity
		if like := lint.Guess(text); like == evaluator.Resource || like == evaluator.Trust {
			kind = evaluator.Resource
		}
	}
	err := readable(evaluator.Validation{Partition: p.String()}, name, text, kind)
	if err == nil {
		noteFaults(name, text, kind)
	}
	return err
}

// maxNotes is how many faults of a document are noted.
const maxNotes = 5

// noteFaults notes the errors that lint finds in a document of a kind that AWS would store:
// what is asked about it may be denied for a misspelt action.
func noteFaults(path, text string, kind evaluator.Kind) {
	if kind == evaluator.Resource {
		kind = lint.Guess(text) // or a role's trust policy
	}
	noted := 0
	for _, f := range lint.Lint(text, lint.Options{Kind: kind}) {
		if f.Type != lint.Error {
			continue
		}
		if noted++; noted > maxNotes {
			note("understudy lint " + path + " tells more")
			return
		}
		note(fmt.Sprintf("%s, line %d, column %d: %s (%s)", path, f.Span.Start.Line, f.Span.Start.Column, f.Sentence(), f.Code))
	}
}

// readPolicyFile reads a policy document of a kind from a file.
func readPolicyFile(p principal.Partition, name string, kind evaluator.Kind) (string, error) {
	if _, err := os.Stat(name); err != nil {
		return "", fmt.Errorf("%w; give the file of a policy document", err)
	}
	return readPolicy(p, name, kind)
}

// readable says where a document is at fault that AWS would not store as a policy of
// the kind. The resource's policy may be a role's trust policy.
func readable(rules evaluator.Validation, path, text string, kind evaluator.Kind) error {
	document := strings.TrimLeft(text, " \t\r\n") // a simulation takes it with white space before it
	err := rules.Validate(document, kind)
	if err != nil && kind == evaluator.Resource && rules.Validate(document, evaluator.Trust) == nil {
		return nil
	}
	place, ok := evaluator.Locate(document, err)
	if !ok {
		return err
	}
	if place.Sentence == "" {
		place.Sentence = err.Error()
	}
	return fmt.Errorf("%s, %s", path, behind(text[:len(text)-len(document)], place))
}

// behind is the place in a document that follows a string.
func behind(before string, place evaluator.Place) evaluator.Place {
	if place.At.Line == 1 {
		place.At.Column += int32(len(before) - 1 - strings.LastIndexByte(before, '\n'))
	}
	place.At.Line += int32(strings.Count(before, "\n"))
	return place
}
