package catalog

import (
	"iter"
	"strings"

	"github.com/understudy-iam/understudy/internal/spelling"
)

// Nearest returns the action whose name is most like a name that no action has,
// such as s3:GetObject for s3:GetObjct, and false if none is like it. If there is no
// service of the prefix, the service is looked at whose prefix is most like it.
func Nearest(name string) (string, bool) {
	prefix, action, ok := strings.Cut(name, ":")
	if !ok {
		return "", false
	}
	s, ok := Find(prefix)
	if !ok {
		s, ok = Find(nearest(prefix, prefixes()))
	}
	if !ok {
		return "", false
	}
	found := nearest(action, s.names())
	if found == "" {
		return "", false
	}
	return s.info.Prefix + ":" + found, true
}

// nearest takes a third of the letters for mistyped, at least one.
func nearest(word string, candidates iter.Seq[string]) string {
	return spelling.Nearest(word, candidates, max(len(word)/3, 1))
}

// prefixes are those of all services.
func prefixes() iter.Seq[string] {
	return func(yield func(string) bool) {
		for info := range Services() {
			if !yield(info.Prefix) {
				return
			}
		}
	}
}

// names are those of the service's actions.
func (s *Service) names() iter.Seq[string] {
	return func(yield func(string) bool) {
		for a := range s.Actions() {
			if !yield(a.Name) {
				return
			}
		}
	}
}
