package policytest

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/internal/spelling"
	"github.com/understudy-iam/understudy/internal/textfile"
)

// fillPolicies makes a user for each name, with managed policies of the files' documents.
func (w *world) fillPolicies(ctx context.Context, holders []policyHolder) error {
	m := policyMaker{world: w, account: w.ownAccount(ctx), names: map[string]string{}}
	for i := range holders {
		raw, err := m.seed(&holders[i])
		if err == nil {
			err = w.apply(ctx, w.file.name, raw)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// policyMaker makes seeds of users who have policies in files.
type policyMaker struct {
	*world
	account string
	names   map[string]string // of the policies that were made, by the file
	made    []any             // those of the user who is made
}

// seed is the seed of a user, in the line in which the file has the name, so that faults are
// told of this line.
func (m *policyMaker) seed(h *policyHolder) ([]byte, error) {
	m.made = nil
	user := map[string]any{"name": h.name.value}
	attached := []any{}
	for _, p := range h.policies {
		name, err := m.policy(p)
		if err != nil {
			return nil, err
		}
		attached = append(attached, name)
	}
	if h.boundary.given() {
		name, err := m.policy(h.boundary)
		if err != nil {
			return nil, err
		}
		user["boundary"] = name
	}
	user["policies"] = attached
	account := map[string]any{"id": m.account, "users": []any{user}, "policies": m.made}
	raw, err := json.Marshal(map[string]any{"accounts": []any{account}})
	return append([]byte(strings.Repeat("\n", h.name.at.Line-1)), raw...), err
}

// notInNames are the characters that the name of a policy cannot have.
var notInNames = regexp.MustCompile(`[^\w+=,.@-]`)

// policy is the name of the policy that is made of a file, or the ARN of one of AWS's.
func (m *policyMaker) policy(file text) (string, error) {
	if name := m.names[file.value]; name != "" {
		return name, nil
	}
	_, err := m.options.Open(m.beside(file.value))
	if errors.Is(err, fs.ErrNotExist) {
		return m.managedOf(file)
	}
	if err != nil {
		return "", file.at.fault("%s: %v", file.value, textfile.RootCause(err))
	}
	base := filepath.Base(file.value)
	stem := notInNames.ReplaceAllString(strings.TrimSuffix(base, filepath.Ext(base)), "-")
	name := stem
	for n := 2; slices.Contains(slices.Collect(maps.Values(m.names)), name); n++ {
		name = stem + "-" + strconv.Itoa(n)
	}
	m.names[file.value] = name
	m.made = append(m.made, map[string]any{"name": name, "document": map[string]any{"file": file.value}})
	return name, nil
}

// managedOf is one of AWS's policies, by its name or ARN.
func (w *world) managedOf(name text) (string, error) {
	arn, ok := name.value, strings.HasPrefix(name.value, "arn:")
	if !ok {
		arn, ok = iam.ManagedARN(w.options.Partition, name.value)
	}
	if _, found := iam.ManagedDocument(arn); ok && found {
		return arn, nil
	}
	meant := ""
	if near := spelling.Guess(name.value, slices.Collect(iam.ManagedNames(w.partition()))); near != "" {
		meant = "; did you mean " + near + "?"
	}
	return "", name.at.fault("there is no file and no policy of AWS with the name %s%s", name.value, meant)
}
