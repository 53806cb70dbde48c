package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/internal/textfile"
)

// readPolicy reads a policy document: a file, or, if there is no file of the name,
// one of AWS's managed policies by its name or ARN.
func readPolicy(name string) (string, error) {
	text, err := textfile.Read(name, textfile.Document)
	if err == nil {
		return string(text), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%w; give the file of a policy document", err)
	}
	arn, ok := name, strings.HasPrefix(name, "arn:")
	if !ok {
		arn, ok = iamsvc.ManagedARN(name)
	}
	if document, found := iamsvc.ManagedDocument(arn); ok && found {
		return document, nil
	}
	return "", fmt.Errorf("%w; give the file of a policy document, or the name of one of AWS's managed policies, such as ReadOnlyAccess", err)
}
