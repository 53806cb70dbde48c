package lint

import (
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/catalog"
)

// What one document may cost: looks at actions for patterns with wildcards, and
// searches for the nearest name. Beyond, patterns count as not understood and no name
// is proposed.
const (
	maxLooks   = 200000
	maxGuesses = 100
	maxGuessed = 128 // bytes of a name for which the nearest is searched
)

// names answers questions about the catalogue for one document, each once.
type names struct {
	actions map[string]*cover
	keys    map[string]*catalog.Key
	looks   int
	guesses int
}

func newNames() *names {
	return &names{actions: make(map[string]*cover), keys: make(map[string]*catalog.Key)}
}

// cover is what an entry of Action covers.
type cover struct {
	everything bool // every action there is
	unknown    bool // it costs too much to find out
	service    string
	hasService bool // there are services of the prefix
	actions    []catalog.Action
}

// isPattern reports whether the text has a wildcard.
func isPattern(text string) bool { return strings.ContainsAny(text, "*?") }

// cover returns what the entry covers.
func (n *names) cover(text string) *cover {
	key := lower(text)
	c, ok := n.actions[key]
	if !ok {
		c = n.find(key)
		n.actions[key] = c
	}
	return c
}

func (n *names) find(text string) *cover {
	prefix, name, _ := strings.Cut(text, ":")
	c := &cover{service: prefix}
	p := evaluator.NewActionPattern(text)
	switch {
	case p.Everything() || strings.Trim(text, "*") == ":":
		c.everything, c.hasService = true, true
		return c
	case isPattern(prefix):
		services := evaluator.NewActionPattern(prefix)
		for info := range catalog.Services() {
			if services.Matches(info.Prefix) || strings.Contains(prefix, "*") && !strings.Contains(text, ":") {
				n.scan(c, info.Prefix, p)
			}
		}
		return c
	}
	service, ok := catalog.Find(prefix)
	c.hasService = ok
	switch {
	case !ok:
	case isPattern(name):
		n.scan(c, prefix, p)
	default:
		if a, ok := service.Action(name); ok {
			c.actions = append(c.actions, a)
		}
	}
	return c
}

// scan adds the actions of a service that match.
func (n *names) scan(c *cover, prefix string, p *evaluator.ActionPattern) {
	service, ok := catalog.Find(prefix)
	if !ok {
		return
	}
	c.hasService = true
	for a := range service.Actions() {
		if n.looks++; n.looks > maxLooks {
			c.unknown = true
			return
		}
		if p.Matches(fullName(a)) {
			c.actions = append(c.actions, a)
		}
	}
}

func fullName(a catalog.Action) string { return a.Service + ":" + a.Name }

// matches reports whether the entry covers the action.
func matches(text, action string) bool { return evaluator.NewActionPattern(text).Matches(action) }

// key returns the condition key of the name.
func (n *names) key(name string) (catalog.Key, bool) {
	k, ok := n.keys[name]
	if !ok {
		if found, is := findKey(name); is {
			k = &found
		}
		n.keys[name] = k
	}
	if k == nil {
		return catalog.Key{}, false
	}
	return *k, true
}

// findKey finds a key of the catalogue, which writes the keys of the tags of some
// services as "tag-key".
func findKey(name string) (catalog.Key, bool) {
	k, ok := catalog.FindKey(name)
	if stem, tag, slash := strings.Cut(name, "/"); !ok && slash && tag != "" {
		return catalog.FindKey(stem + "/tag-key")
	}
	return k, ok
}

// global reports whether requests to every service may have the key.
func global(k catalog.Key) bool {
	return slices.ContainsFunc(catalog.Globals(), func(g catalog.Key) bool { return g.Name == k.Name })
}

// guess calls find for a name that may be mistyped, unless that would cost too much.
func (n *names) guess(name string, find func(string) (string, bool)) (string, bool) {
	if n.guesses++; n.guesses > maxGuesses || len(name) > maxGuessed {
		return "", false
	}
	return find(name)
}
