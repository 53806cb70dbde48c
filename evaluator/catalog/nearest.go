package catalog

import "strings"

// Nearest returns the action whose name is most like a name that no action has,
// such as s3:GetObject for s3:GetObjct, and false if none is like it. If there is no
// service of the prefix, services whose prefix is like it are looked at.
func Nearest(name string) (string, bool) {
	prefix, action, ok := strings.Cut(name, ":")
	if !ok {
		return "", false
	}
	s, ok := Find(prefix)
	if !ok {
		s, ok = nearestService(prefix)
	}
	if !ok {
		return "", false
	}
	best := closest{most: allowance(action)}
	for a := range s.Actions() {
		best.try(a.Service+":"+a.Name, action, a.Name)
	}
	return best.name, best.name != ""
}

// nearestService is the service whose prefix is most like one that none has.
func nearestService(prefix string) (*Service, bool) {
	best := closest{most: allowance(prefix)}
	for info := range Services() {
		best.try(info.Prefix, prefix, info.Prefix)
	}
	if best.name == "" {
		return nil, false
	}
	return Find(best.name)
}

// closest is the best name so far.
type closest struct {
	name string
	most int // its distance; before there is one, how far it may be
}

// try takes name if candidate is nearer to wanted than what was tried before.
func (c *closest) try(name, wanted, candidate string) {
	if d := distance(strings.ToLower(wanted), strings.ToLower(candidate), c.most); d < c.most || d == c.most && c.name == "" {
		c.name, c.most = name, d
	}
}

// allowance is how far a name may be from one that was mistyped: a third of its
// letters, at least one.
func allowance(name string) int { return max(len(name)/3, 1) }

// distance is how many letters must be put in, taken out, replaced or exchanged
// with their neighbour to make b of a; above most it is some number above most.
func distance(a, b string, most int) int {
	if len(a)-len(b) > most || len(b)-len(a) > most {
		return most + 1
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
