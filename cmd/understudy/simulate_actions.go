package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator/catalog"
)

// actions are the actions to simulate. Each must be in AWS's reference, unless other
// actions are accepted.
func (c *simulateCommand) actions() ([]string, error) {
	if len(c.Action) == 0 || slices.Contains(c.Action, "") {
		return nil, errors.New("--action is empty, so there is nothing to simulate; name an action, such as s3:GetObject")
	}
	var list []string
	for _, name := range c.Action {
		if !strings.ContainsAny(name, "*?") {
			if err := checkAction(name, c.UnknownActions); err != nil {
				return nil, err
			}
			list = append(list, name)
			continue
		}
		matched, err := c.expand(name)
		if err != nil {
			return nil, err
		}
		list = append(list, matched...)
	}
	return list, nil
}

// expand returns the actions that a pattern matches.
func (c *simulateCommand) expand(pattern string) ([]string, error) {
	matched := catalog.Matching(pattern)
	switch {
	case c.Expand && len(matched) > 0:
		return matched, nil
	case c.UnknownActions:
		return []string{pattern}, nil
	case len(matched) == 0:
		return nil, fmt.Errorf("no action of AWS's reference fits %s; --unknown-actions takes it as it is", pattern)
	}
	return nil, fmt.Errorf("%s stands for %d actions, and a simulation takes single ones; --expand simulates each of them", pattern,
		len(matched))
}
