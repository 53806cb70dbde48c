package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

//go:embed requests.txt
var requestFacts []byte

//go:embed actions.txt
var actionFacts []byte

//go:embed rules.txt
var ruleFacts []byte

// facts holds what is known besides the models, by "service.Operation".
type facts struct {
	requests map[string][]requestRow
	actions  map[string][]fixedAction
	rules    map[string][]rule
}

// requestRow is an action that a request needs, and its resources as expressions
// over the request's members.
type requestRow struct {
	Action    string           `json:"a"`
	Variables map[string]texts `json:"v"`
	Types     map[string]texts `json:"r"`
	ARNs      []string         `json:"m"`
	Resource  texts            `json:"o"`
}

// texts is one string or a list of strings.
type texts []string

func (s *texts) UnmarshalJSON(b []byte) error {
	if b[0] == '[' {
		return json.Unmarshal(b, (*[]string)(s))
	}
	var text string
	err := json.Unmarshal(b, &text)
	*s = []string{text}
	return err
}

// fixedAction is an action that a call may need, with the condition keys that
// AWS fixes for it.
type fixedAction struct {
	name string
	keys []string // "iam:PassedToService=lambda.amazonaws.com"
}

// rule is a permission that is written by hand.
type rule struct {
	action          string
	when, resources []string
}

func readFacts() (*facts, error) {
	f := &facts{map[string][]requestRow{}, map[string][]fixedAction{}, map[string][]rule{}}
	for fields := range rows(requestFacts) {
		var list []requestRow
		if err := json.Unmarshal([]byte(fields[2]), &list); err != nil {
			return nil, fmt.Errorf("requests.txt: %s.%s: %w", fields[0], fields[1], err)
		}
		f.requests[fields[0]+"."+fields[1]] = list
	}
	for fields := range rows(actionFacts) {
		for _, text := range fields[2:] {
			words := strings.Fields(text)
			key := fields[0] + "." + fields[1]
			f.actions[key] = append(f.actions[key], fixedAction{words[0], words[1:]})
		}
	}
	for fields := range rows(ruleFacts) {
		words := strings.Fields(fields[0])
		if len(words) < 4 {
			return nil, fmt.Errorf("rules.txt: %q has no resource", fields[0])
		}
		r := rule{action: words[2]}
		for _, word := range words[3:] {
			if when, ok := strings.CutPrefix(word, "?"); ok && when != "" {
				r.when = append(r.when, when)
			} else {
				r.resources = append(r.resources, word)
			}
		}
		key := words[0] + "." + words[1]
		f.rules[key] = append(f.rules[key], r)
	}
	return f, nil
}

// rows yields the fields of each line that is not a comment.
func rows(text []byte) func(func([]string) bool) {
	return func(yield func([]string) bool) {
		for line := range bytes.Lines(text) {
			line := strings.TrimSpace(string(line))
			if line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			if !yield(slices.Clip(strings.Split(line, "\t"))) {
				return
			}
		}
	}
}
