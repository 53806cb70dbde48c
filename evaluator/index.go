package evaluator

import (
	"cmp"
	"slices"
	"strings"
)

// actionIndex finds the statements of a policy that may apply to an action:
// those whose Action has it by its whole name, those that have a pattern of its
// service, and those that may apply to any service. Entries refer to one
// action of one statement, so that a hit is checked by one comparison.
type actionIndex struct {
	named   []indexEntry // by the hash of "service:name"; names without wildcards
	pattern []indexEntry // by the hash of "service:"
	general []indexEntry // the hash is 0 and does not count
}

// indexEntry is the action of a statement; entries are in the order of hash,
// statement and action.
type indexEntry struct {
	hash      uint64
	statement int32
	action    int32
}

// indexFrom is the number of statements from which an index is worth its cost.
const indexFrom = 4

func buildIndex(statements []statement) *actionIndex {
	if len(statements) < indexFrom {
		return nil
	}
	named, patterns := 0, 0
	for i := range statements {
		for k := range statements[i].actions {
			if statements[i].actions[k].shape == shapeLiteral {
				named++
			} else {
				patterns++
			}
		}
	}
	x := &actionIndex{named: make([]indexEntry, 0, named), pattern: make([]indexEntry, 0, patterns)}
	for i := range statements {
		x.addStatement(&statements[i], int32(i))
	}
	slices.SortFunc(x.named, compareEntries)
	slices.SortFunc(x.pattern, compareEntries)
	return x
}

func compareEntries(a, b indexEntry) int {
	if a.hash != b.hash {
		return cmp.Compare(a.hash, b.hash)
	}
	if a.statement != b.statement {
		return cmp.Compare(a.statement, b.statement)
	}
	return cmp.Compare(a.action, b.action)
}

func (x *actionIndex) addStatement(s *statement, n int32) {
	if s.notAction || s.anyAction {
		x.general = append(x.general, indexEntry{statement: n})
		return
	}
	for k := range s.actions {
		p := &s.actions[k]
		entry := indexEntry{statement: n, action: int32(k)}
		text := p.text
		if p.shape == shapeGlob {
			text = p.tokens[0].text // empty for a wildcard
		}
		colon := strings.IndexByte(text, ':')
		switch {
		case p.shape == shapeLiteral:
			entry.hash = hashFold(text)
			x.named = append(x.named, entry)
		case colon < 0:
			x.general = append(x.general, entry)
		default:
			entry.hash = hashFold(text[:colon+1])
			x.pattern = append(x.pattern, entry)
		}
	}
}

// FNV-1a.
const (
	hashStart = 14695981039346656037
	hashPrime = 1099511628211
)

// hashFold hashes a text without regard to ASCII case.
func hashFold(s string) uint64 {
	h := uint64(hashStart)
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(lowerByte(s[i]))) * hashPrime
	}
	return h
}

// find returns the entries of one hash.
func find(entries []indexEntry, hash uint64) []indexEntry {
	low, high := 0, len(entries)
	for low < high {
		if mid := (low + high) / 2; entries[mid].hash < hash {
			low = mid + 1
		} else {
			high = mid
		}
	}
	end := low
	for end < len(entries) && entries[end].hash == hash {
		end++
	}
	return entries[low:end]
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

// candidates walks the entries that may apply to an action.
type candidates [3][]indexEntry

func (x *actionIndex) candidates(h actionHashes) candidates {
	return candidates{x.general, find(x.pattern, h.service), find(x.named, h.whole)}
}

// next takes the first entry of the lowest statement.
func (c *candidates) next() (indexEntry, bool) {
	best := -1
	for i := range c {
		if len(c[i]) > 0 && (best < 0 || c[i][0].statement < c[best][0].statement) {
			best = i
		}
	}
	if best < 0 {
		return indexEntry{}, false
	}
	e := c[best][0]
	c[best] = c[best][1:]
	return e, true
}
