package evaluator

import (
	"cmp"
	"slices"
	"strings"
)

// actionIndex finds the statements of a policy that apply to an action.
// Statements with the same action, or the same pattern of actions, form a
// group, so that the action is compared once for all of them.
type actionIndex struct {
	named    []actionGroup // actions without wildcards, by the hash of the whole
	patterns []actionGroup // patterns of one service, by the hash of "service:"
	general  []int32       // statements that may apply to any service
}

// actionGroup is an action and the statements that have it, in rising order.
type actionGroup struct {
	hash       uint64
	pattern    *pattern
	statements []int32
}

// The numbers of statements, and of actions in them all, from which an index is worth
// its cost. AWS's ReadOnlyAccess has few statements and well over a thousand actions.
const (
	indexFrom        = 4
	indexFromActions = 64
)

func buildIndex(statements []statement) *actionIndex {
	total := 0
	for i := range statements {
		total += len(statements[i].actions)
	}
	if len(statements) < indexFrom && total < indexFromActions {
		return nil
	}
	x := &actionIndex{}
	b := indexBuilder{statements, make([]indexEntry, 0, total)}
	var patterns []indexEntry
	for i := range statements {
		s := &statements[i]
		if s.notAction || s.anyAction {
			x.general = append(x.general, int32(i))
			continue
		}
		for k := range s.actions {
			e := indexEntry{statement: int32(i), action: int32(k)}
			text := b.text(e)
			colon := strings.IndexByte(text, ':')
			switch {
			case s.actions[k].shape == shapeLiteral:
				e.hash = hashFold(text)
				b.named = append(b.named, e)
			case colon < 0 || strings.ContainsAny(text[:colon], "*?"):
				x.general = append(x.general, int32(i))
			default:
				e.hash = hashFold(text[:colon+1])
				patterns = append(patterns, e)
			}
		}
	}
	x.general = slices.Compact(x.general)
	x.named, x.patterns = b.group(b.named), b.group(patterns)
	return x
}

// indexEntry is one action of one statement, while the index is built.
type indexEntry struct {
	hash              uint64
	statement, action int32
}

type indexBuilder struct {
	statements []statement
	named      []indexEntry
}

func (b *indexBuilder) text(e indexEntry) string {
	return b.statements[e.statement].source.Actions[e.action].Value
}

// group sorts the entries by hash, text and statement and joins those of the
// same text.
func (b *indexBuilder) group(entries []indexEntry) []actionGroup {
	slices.SortFunc(entries, func(p, q indexEntry) int {
		if p.hash != q.hash {
			return cmp.Compare(p.hash, q.hash)
		}
		return cmp.Or(cmp.Compare(b.text(p), b.text(q)), cmp.Compare(p.statement, q.statement))
	})
	list := make([]int32, 0, len(entries))
	groups := make([]actionGroup, 0, len(entries))
	text := ""
	for i, e := range entries {
		if i == 0 || b.text(e) != text {
			text = b.text(e)
			pattern := &b.statements[e.statement].actions[e.action]
			groups = append(groups, actionGroup{e.hash, pattern, list[len(list):]})
		}
		g := &groups[len(groups)-1]
		if n := len(g.statements); n == 0 || g.statements[n-1] != e.statement {
			list = append(list, e.statement)
			g.statements = g.statements[:n+1]
		}
	}
	return groups
}

// FNV-1a.
const (
	hashStart = 14695981039346656037
	hashPrime = 1099511628211
)

// hashFold hashes a string without regard to ASCII case.
func hashFold(s string) uint64 {
	h := uint64(hashStart)
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(lowerByte(s[i]))) * hashPrime
	}
	return h
}

// actionHashes are the hashes of a request's action: of the whole of it, and of
// its service with the colon, 0 if it has none.
type actionHashes struct{ whole, service uint64 }

func hashAction(action string) (h actionHashes) {
	h.whole = hashFold(action)
	if i := strings.IndexByte(action, ':'); i >= 0 {
		h.service = hashFold(action[:i+1])
	}
	return h
}

// find returns the groups of one hash.
func find(groups []actionGroup, hash uint64) []actionGroup {
	low, high := 0, len(groups)
	for low < high {
		if mid := (low + high) / 2; groups[mid].hash < hash {
			low = mid + 1
		} else {
			high = mid
		}
	}
	end := low
	for end < len(groups) && groups[end].hash == hash {
		end++
	}
	return groups[low:end]
}

// applying returns the statements that apply to the action, in rising order.
// The list belongs to the index or to the scratch.
func (c *compiled) applying(action string, h actionHashes, sc *scratch) []int32 {
	x := c.index
	var first []int32
	out := sc.statements[:0]
	for _, groups := range [...][]actionGroup{find(x.patterns, h.service), find(x.named, h.whole)} {
		for i := range groups {
			g := &groups[i]
			switch {
			case !g.pattern.match(action, nil, sc):
			case first == nil:
				first = g.statements // often the only group, and then used unchanged
			default:
				out = append(out, g.statements...)
			}
		}
	}
	for _, n := range x.general {
		if c.statements[n].appliesToAction(action, sc) {
			out = append(out, n)
		}
	}
	if len(out) == 0 {
		return first
	}
	out = append(out, first...)
	sc.statements = out
	slices.Sort(out)
	return slices.Compact(out)
}
