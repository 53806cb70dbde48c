package lint

import (
	"slices"
	"strconv"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/catalog"
	"github.com/understudy-iam/understudy/internal/spelling"
)

// actions looks at the entries of Action or NotAction.
func (l *linter) actions(s *statement) {
	for _, a := range s.actions {
		l.action(a)
	}
	if list := redundant(s.actions, coversAction); len(list) > 0 {
		l.report(RedundantAction, list[0].spot, strconv.Itoa(len(list)), list[0].text)
	}
}

func (l *linter) action(a value) {
	prefix, name, ok := strings.Cut(a.text, ":")
	c := l.names.cover(a.text)
	switch {
	case c.everything && a.text == "*", c.unknown:
		return
	case !ok || name == "":
		l.invalidAction(a)
		return
	case isPattern(prefix):
		l.report(WildcardInServiceName, a.spot)
	case !c.hasService:
		l.invalidService(a, prefix)
		return
	}
	if len(c.actions) == 0 && !c.everything {
		l.invalidAction(a)
		return
	}
	l.actionOfType(a, c)
}

func (l *linter) invalidAction(a value) {
	guess, _ := l.names.guess(a.text, catalog.Nearest)
	l.guessed(l.report(InvalidAction, a.spot, a.text, guess), guess)
}

func (l *linter) invalidService(a value, prefix string) {
	guess, _ := l.names.guess(prefix, nearestService)
	l.guessed(l.report(InvalidServiceInAction, a.spot, prefix, guess), guess)
}

// guessed takes the question out of a message if there is nothing to ask for (recorded).
func (l *linter) guessed(f *Finding, guess string) {
	if f == nil {
		return
	}
	f.Nearest = guess
	if guess == "" {
		f.Message, _, _ = strings.Cut(f.Message, " Did you mean ")
	}
}

func nearestService(prefix string) (string, bool) {
	found := spelling.Nearest(prefix, func(yield func(string) bool) {
		for info := range catalog.Services() {
			if !yield(info.Prefix) {
				return
			}
		}
	}, max(len(prefix)/3, 1))
	return found, found != ""
}

// coversAction reports whether an entry of Action covers the text of another.
func coversAction(a, b string) bool { return evaluator.NewActionPattern(a).Matches(b) }

// maxCompared is how many entries of a list are compared with each other.
const maxCompared = 300

// redundant returns the entries that another one of the list covers. Of entries that
// say the same the first is kept.
func redundant(list []value, covers func(a, b string) bool) []value {
	var out []value
	list = list[:min(len(list), maxCompared)]
	for i, b := range list {
		if slices.ContainsFunc(list[:i], func(a value) bool { return strings.EqualFold(a.text, b.text) || includes(a, b, covers) }) ||
			slices.ContainsFunc(list[i+1:], func(a value) bool { return !strings.EqualFold(a.text, b.text) && includes(a, b, covers) }) {
			out = append(out, b)
		}
	}
	return out
}

// includes reports whether entry a covers whatever entry b covers: whether it covers the
// text of b, in which the wildcards then stand for themselves. A "?" could take a "*" for
// one character, so an entry that has one includes no pattern.
func includes(a, b value, covers func(a, b string) bool) bool {
	if !isPattern(a.text) || strings.Contains(a.text, "?") && isPattern(b.text) {
		return false
	}
	return covers(a.text, b.text)
}
