package draft

import (
	"maps"
	"slices"
	"strings"
)

// add adds a permission, or, if it is already there, the requests to it.
func add(all map[string]*permission, p *permission, requests ...string) {
	id := p.id()
	if old := all[id]; old != nil {
		p = old
	} else {
		all[id] = p
	}
	if p.requests == nil {
		p.requests = make(map[string]bool)
	}
	for _, r := range requests {
		if r != "" {
			p.requests[r] = true
		}
	}
}

func (p *permission) id() string {
	return p.action + "\x02" + p.resource + "\x02" + signature(p.conditions)
}

// narrow leaves out what other permissions grant, and returns the rest in order.
func narrow(all map[string]*permission) []*permission {
	covered := make(map[string]*permission)
	ids := slices.Sorted(maps.Keys(all))
	stars := starLengths(all)
	for _, id := range ids {
		if by := cover(all, all[id], stars); by != nil {
			covered[id] = by
		}
	}
	for _, id := range ids {
		by := covered[id]
		if by == nil {
			continue
		}
		for next := covered[by.id()]; next != nil; next = covered[by.id()] {
			by = next // it gets wider each time, so the loop ends
		}
		maps.Copy(by.requests, all[id].requests)
		delete(all, id)
	}
	return merge(all)
}

// cover returns another permission that grants all that p does: without conditions or with the
// same ones, on the same resource or on one that ends in "*"; nil if there is none. stars holds
// the lengths of such resources before their "*", by action.
func cover(all map[string]*permission, p *permission, stars map[string][]int) *permission {
	same := signature(p.conditions)
	for _, conditions := range []string{"", same} {
		if conditions != same {
			if q := all[p.action+"\x02"+p.resource+"\x02"+conditions]; q != nil {
				return q
			}
		}
		for _, n := range stars[p.action] {
			if n > len(p.resource) || p.resource[n:] == "*" || n > 0 && strings.HasPrefix(p.resource[n-1:], "${") {
				continue // longer, the same, or cut within an escape
			}
			if q := all[p.action+"\x02"+p.resource[:n]+"*\x02"+conditions]; q != nil {
				return q
			}
		}
	}
	return nil
}

func starLengths(all map[string]*permission) map[string][]int {
	stars := make(map[string][]int)
	for _, p := range all {
		if head, ok := strings.CutSuffix(p.resource, "*"); ok {
			stars[p.action] = append(stars[p.action], len(head))
		}
	}
	for action, lengths := range stars {
		slices.Sort(lengths)
		stars[action] = slices.Compact(lengths)
	}
	return stars
}

// merge combines permissions that differ only in the values of one condition.
func merge(all map[string]*permission) []*permission {
	list := make([]*permission, 0, len(all))
	most := 0
	for _, id := range slices.Sorted(maps.Keys(all)) {
		list = append(list, all[id])
		most = max(most, len(all[id].conditions))
	}
	for i := range most {
		list = mergeAt(list, i)
	}
	slices.SortFunc(list, func(a, b *permission) int { return strings.Compare(a.id(), b.id()) })
	return list
}

// mergeAt is merge for the condition at an index. ForAllValues is left as it is: with the values of two
// requests it would also hold for a mixture of both.
func mergeAt(list []*permission, i int) []*permission {
	var out []*permission
	seen := make(map[string]*permission)
	for _, p := range list {
		if i >= len(p.conditions) || strings.HasPrefix(p.conditions[i].Operator, "ForAllValues:") {
			out = append(out, p)
			continue
		}
		c := &p.conditions[i]
		others := slices.Concat(p.conditions[:i], p.conditions[i+1:])
		key := strings.Join([]string{p.action, p.resource, c.Operator, c.Key, signature(others)}, "\x02")
		old := seen[key]
		if old == nil {
			seen[key], out = p, append(out, p)
			continue
		}
		maps.Copy(old.requests, p.requests)
		values := &old.conditions[i].Values
		*values = append(*values, c.Values...)
		slices.Sort(*values)
		*values = slices.Compact(*values)
	}
	return out
}
