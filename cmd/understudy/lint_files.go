package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/internal/textfile"
)

// policyText is a policy document in a file.
type policyText struct {
	file  string
	path  string         // its place in the file; empty if it is the whole file
	named string         // the same in Terraform's words, if the file is a plan; else empty
	title string         // its name for people, in a seed; empty if that is not known
	text  string         // in JSON
	kind  evaluator.Kind // NoKind if its place does not show the kind

	account  string // the account that has it, in a seed; empty if that is not known
	template bool   // it is a policy template

	// place is the line and the column in the file of an offset in the text.
	place func(offset int) (line, column int)

	// verbatim says that the file has the text unchanged, from the offset on.
	verbatim bool
	offset   int
}

// policiesIn reads the policies of a file, of standard input if the name is "-", or of all
// files of a folder whose names end in .json, .yaml or .yml.
func policiesIn(name string) ([]policyText, error) {
	if name == "-" {
		text, err := textfile.ReadFrom(os.Stdin, "standard input", textfile.Seed)
		if err != nil {
			return nil, err
		}
		return policiesOf("stdin", string(text), true)
	}
	info, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("%w; give the file of a policy, a seed, a plan of Terraform or a folder", err)
	}
	if !info.IsDir() {
		return policiesOfFile(name, true)
	}
	all, err := policiesOfFolder(name)
	if err == nil && len(all) == 0 {
		note(name + " has no policies in files whose names end in .json, .yaml or .yml")
	}
	return all, err
}

// policiesOfFolder reads the policies of all files below a folder, which may be a link to one.
func policiesOfFolder(name string) (all []policyText, err error) {
	err = filepath.WalkDir(name+string(filepath.Separator), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !slices.Contains([]string{".json", ".yaml", ".yml"}, filepath.Ext(path)) {
			return err
		}
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() { // a folder, or a pipe, which may never end
			return err
		}
		list, err := policiesOfFile(path, false)
		all = append(all, list...)
		return err
	})
	return all, err
}

func policiesOfFile(name string, asked bool) ([]policyText, error) {
	text, err := textfile.Read(name, textfile.Seed)
	if err != nil {
		return nil, err
	}
	return policiesOf(name, string(text), asked)
}

// policiesOf finds the policies in the text of a file. If there is none, and the user has
// named the file, the whole text is taken as a policy.
func policiesOf(name, text string, asked bool) ([]policyText, error) {
	ext := filepath.Ext(name)
	if isYAML := ext == ".yaml" || ext == ".yml"; isYAML || !strings.HasPrefix(strings.TrimLeft(text, " \t\r\n"), "{") && isSeed(text) {
		return yamlPolicies(name, text)
	}
	if strings.TrimSpace(text) == "" {
		return nil, errors.New(name + " is empty; give the file of a policy document")
	}
	f := jsonFile{name: name, text: text}
	f.all()
	if len(f.found) == 0 && asked {
		f.policy("", 0, text, evaluator.NoKind)
	}
	return f.found, nil
}

// linePlace is the place of an offset in a string. Columns count UTF-16 units, as SARIF does.
func linePlace(text string, offset int) (line, column int) {
	before := text[:offset]
	start := strings.LastIndexByte(before, '\n') + 1
	line = strings.Count(before, "\n") + 1
	column = utf8.RuneCountInString(before[start:]) + 1
	for _, r := range before[start:] {
		if r > 0xFFFF {
			column++
		}
	}
	return line, column
}
