package lint

import (
	"strings"
	"sync"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/catalog"
)

const arnParts = 6

// The parts of an ARN behind its prefix.
const (
	partitionPart = iota + 1
	servicePart
	regionPart
	accountPart
	resourcePart
)

// splitARN splits a string at its first five colons, those in variables aside.
func (l *linter) splitARN(text string) []string {
	var parts []string
	start, skip := 0, 0
	inside := make(map[int]int) // where variables begin, and where they end
	if l.newest() {
		for v := range evaluator.Variables(text) {
			if v.WellFormed {
				inside[v.From] = v.To
			}
		}
	}
	for i := 0; i < len(text) && len(parts) < arnParts-1; i++ {
		skip = max(skip, inside[i])
		if i >= skip && text[i] == ':' {
			parts = append(parts, text[start:i])
			start = i + 1
		}
	}
	return append(parts, text[start:])
}

// open reports whether a part of an ARN has a wildcard or a variable.
func open(part string) bool { return strings.ContainsAny(part, "*?$") }

// shape is the form of the ARNs of a resource type, by its parts.
type shape struct {
	parts  []string
	pieces []piece // of the resource
}

// shapes are those of all resource types of the catalogue by the service that ARNs
// name, which need not be the one whose actions take the resource.
var shapes = sync.OnceValue(func() map[string][]shape {
	all := make(map[string][]shape)
	for info := range catalog.Services() {
		service, ok := catalog.Find(info.Prefix)
		if !ok {
			continue
		}
		for _, t := range service.ResourceTypes() {
			for _, pattern := range t.Patterns {
				parts := strings.SplitN(pattern, ":", arnParts)
				if len(parts) == arnParts {
					all[parts[servicePart]] = append(all[parts[servicePart]], shape{parts, patternPieces(parts[resourcePart], 0)})
				}
			}
		}
	}
	return all
})

// fitting are the shapes of the service that the resource of the ARN fits.
func (l *linter) fitting(parts []string) []shape {
	var out []shape
	pieces := l.textPieces(parts[resourcePart])
	for _, s := range shapes()[parts[servicePart]] {
		if l.overlap(pieces, s.pieces) {
			out = append(out, s)
		}
	}
	return out
}

// all reports whether the part of each shape is empty, or of none.
func all(list []shape, part int, empty bool) bool {
	for _, s := range list {
		if (s.parts[part] == "") != empty {
			return false
		}
	}
	return len(list) > 0
}
