package catalog

import (
	"iter"
	"strings"

	"github.com/understudy-iam/understudy/internal/spelling"
)

// Nearest returns the action whose name is closest to a name that no action has,
// such as s3:GetObject for s3:GetObjct, and false if none is close. If there is no
// service with the prefix, it looks in the service with the closest prefix.
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

// NearestKey returns the condition key whose name is closest to a name that no key
// has, such as aws:SourceIp for aws:SourceIPs, and false if none is close. The part
// after a slash, such as the key of a tag, stays as it is.
func NearestKey(name string) (string, bool) {
	stem, rest, slash := strings.Cut(name, "/")
	keys := Globals()
	if prefix, _, ok := strings.Cut(name, ":"); ok {
		if s, found := Find(opened().owner(prefix)); found {
			keys = append(keys, s.Keys()...)
		}
	}
	found := nearest(stem, func(yield func(string) bool) {
		for _, k := range keys {
			if known, _, open := strings.Cut(k.Name, "/"); open == slash && !yield(known) {
				return
			}
		}
	})
	if found == "" {
		return "", false
	}
	if slash {
		found += "/" + rest
	}
	return found, true
}

// nearest allows a third of the letters to be mistyped, at least one.
func nearest(word string, candidates iter.Seq[string]) string {
	return spelling.Nearest(word, candidates, max(len(word)/3, 1))
}

// prefixes yields the prefixes of all services.
func prefixes() iter.Seq[string] {
	return func(yield func(string) bool) {
		for info := range Services() {
			if !yield(info.Prefix) {
				return
			}
		}
	}
}

// names yields the names of the service's actions.
func (s *Service) names() iter.Seq[string] {
	return func(yield func(string) bool) {
		for a := range s.Actions() {
			if !yield(a.Name) {
				return
			}
		}
	}
}
