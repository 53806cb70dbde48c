package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/lint"
	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/internal/spelling"
	"github.com/understudy-iam/understudy/internal/textfile"
	"github.com/understudy-iam/understudy/principal"
)

// readPolicy reads a policy document of a kind; for NoKind, the kind is guessed. The name
// is that of a file or, if there is no such file, the name or ARN of one of AWS's managed
// policies in the partition.
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

// checkPolicy checks whether AWS would store the document, and notes other faults in it.
// For NoKind, the kind is guessed.
func checkPolicy(p principal.Partition, name, text string, kind evaluator.Kind) error {
	if strings.TrimSpace(text) == "" {
		return fmt.Errorf("%s is empty; give the file of a policy document", name)
	}
	if err := lint.Storable(evaluator.Validation{Partition: p.String()}, text, kind); err != nil {
		return fmt.Errorf("%s, %w", name, err)
	}
	noteFaults(p, name, text, kind)
	return nil
}

// maxNotes is how many faults of a document are noted.
const maxNotes = 5

// noteFaults notes the errors that lint finds in a document of a kind that AWS would
// store: a request may be denied because of a misspelt action.
func noteFaults(p principal.Partition, path, text string, kind evaluator.Kind) {
	if kind == evaluator.Resource {
		kind = lint.Guess(text) // or a role's trust policy
	}
	noted := 0
	for _, f := range lint.Lint(text, lint.Options{Kind: kind, Partition: p.String()}) {
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

// quoteRefused shows the statement of a policy that AWS would not store, if the error is
// about a statement.
func quoteRefused(err error) {
	var refused *lint.RefusedError
	if !errors.As(err, &refused) {
		return
	}
	f := placedFinding{Finding: refused.Finding, document: &policyText{text: refused.Document}}
	var remark decisions.Remark
	if remark.Statement, remark.Part, remark.Name = f.statement(); remark.Statement == "" {
		return
	}
	p := decisions.Printer{Width: terminalWidth(os.Stderr)}
	fmt.Fprint(os.Stderr, p.Remark(remark))
}
