package main

import (
	"context"
	"fmt"

	"github.com/understudy-iam/understudy/internal/textfile"
	"github.com/understudy-iam/understudy/management"
)

// policiesOfServer are the policies of a running server. Places are those in the
// documents, as IAM's API returns them.
func policiesOfServer(m *manager) ([]policyText, error) {
	body, err := m.Export(context.Background(), &management.Export{})
	if err != nil {
		return nil, m.told(err)
	}
	defer body.Close()
	read := &answerReader{Reader: body}
	text, err := textfile.ReadFrom(read, "the state of the server", textfile.Seed)
	if read.err != nil {
		return nil, noServerError{fmt.Errorf("the server's answer broke off: %w", read.err)}
	}
	if err != nil {
		return nil, err
	}
	return policiesOfState(string(text))
}

// policiesOfState are the policies of an export, each with its name for people.
func policiesOfState(text string) ([]policyText, error) {
	list, err := yamlPolicies("the state of the server", text)
	for i := range list {
		d := &list[i]
		if d.title == "" { // of a kind that has no title yet
			d.title = d.path
		}
		d.file, d.path, d.verbatim = d.title, "", true
		d.place = func(offset int) (int, int) { return linePlace(d.text, offset) }
	}
	return list, err
}
