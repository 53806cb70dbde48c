package actions

import (
	"maps"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/catalog"
)

// Classes divides the actions of the catalogue, and Unknown, into classes. The actions
// of a class match the same subset of some given patterns. The zero value is ready to
// use. It keeps the names of the actions that it has seen, and its last answer. Only one
// goroutine may use it.
type Classes struct {
	services map[string][]string // the actions of a service, by its prefix in lower case
	all      []string            // of the whole catalogue, and Unknown; nil if not needed yet

	texts []string // of the last answer
	last  []string

	met map[textAction]bool // whether a pattern matches an action
}

type textAction struct{ text, action string }

// maxMet is the largest number of patterns and actions in met.
const maxMet = 1 << 14

// About reports whether a statement is about the action: by its Action, or by its NotAction.
func (c *Classes) About(s *evaluator.Statement, action string) bool {
	matches := func(t evaluator.Text) bool { return c.Matches(t.Value, action) }
	if len(s.NotActions) > 0 {
		return !slices.ContainsFunc(s.NotActions, matches)
	}
	return slices.ContainsFunc(s.Actions, matches)
}

// Matches reports whether the pattern of an Action or NotAction matches the action.
func (c *Classes) Matches(text, action string) bool {
	k := textAction{text, action}
	ok, met := c.met[k]
	if met {
		return ok
	}
	if c.met == nil || len(c.met) >= maxMet {
		c.met = map[textAction]bool{}
	}
	ok = evaluator.NewActionPattern(text).Matches(action)
	c.met[k] = ok
	return ok
}

// Representatives returns one action of each class that the patterns of Action and
// NotAction make, the first by name. The patterns must be sorted.
func (c *Classes) Representatives(texts []string) []string {
	if c.last == nil || !slices.Equal(c.texts, texts) {
		c.texts, c.last = slices.Clone(texts), c.divide(texts)
	}
	return c.last
}

// divide begins with one class, number 0. Each pattern then splits off, from each
// class, the members that match it. Only actions that match a pattern are in the map.
func (c *Classes) divide(texts []string) []string {
	classes, next := map[string]int{}, 1
	for _, text := range texts {
		split := map[int]int{} // the new class of the actions that match, by their old one
		for _, action := range c.matching(text) {
			old := classes[action]
			if split[old] == 0 {
				split[old] = next
				next++
			}
			classes[action] = split[old]
		}
	}
	first := map[int]string{}
	for action, class := range classes {
		if known, ok := first[class]; !ok || action < known {
			first[class] = action
		}
	}
	list := slices.Sorted(maps.Values(first))
	if rest, ok := c.unmatched(classes); ok {
		list = append(list, rest)
	}
	return list
}

// unmatched returns an action that no pattern has matched.
func (c *Classes) unmatched(matched map[string]int) (string, bool) {
	if _, ok := matched[Unknown]; !ok {
		return Unknown, true
	}
	for _, action := range c.everyAction() {
		if _, ok := matched[action]; !ok {
			return action, true
		}
	}
	return "", false
}

// matching returns the actions that the pattern matches; none for a pattern that
// matches all, because it divides nothing.
func (c *Classes) matching(text string) []string {
	if text == "*:*" || strings.Trim(text, "*") == "" && text != "" {
		return nil
	}
	actions := c.everyAction
	if prefix, _, ok := strings.Cut(text, ":"); ok && !strings.ContainsAny(prefix, "*?") {
		actions = func() []string { return c.service(strings.ToLower(prefix)) }
	}
	return evaluator.NewActionPattern(text).Among(actions())
}

// everyAction returns the actions of the catalogue, and Unknown.
func (c *Classes) everyAction() []string {
	if c.all == nil {
		for s := range catalog.Services() {
			c.all = append(c.all, c.service(strings.ToLower(s.Prefix))...)
		}
		c.all = append(c.all, Unknown)
	}
	return c.all
}

// service returns the actions of a service; the service of Unknown has only
// Unknown.
func (c *Classes) service(prefix string) []string {
	list, ok := c.services[prefix]
	if ok {
		return list
	}
	if c.services == nil {
		c.services = map[string][]string{}
	}
	if s, known := catalog.Find(prefix); known {
		for name := range s.ActionNames() {
			list = append(list, s.Info().Prefix+":"+name)
		}
		c.services[prefix] = list // only for services that exist: policies can name any number of others
	}
	if of, _, _ := strings.Cut(Unknown, ":"); prefix == of {
		list = append(list, Unknown)
	}
	return list
}
