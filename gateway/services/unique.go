package services

import "slices"

// unique is a list of strings without duplicates, in the order of their first appearance. The zero
// value is empty.
type unique struct {
	list []string
	seen map[string]bool // nil while the list is short
}

// maxScanned is the length up to which a list is searched one by one. Bodies may have a million
// names, and comparing each with all others would take too long.
const maxScanned = 16

func (u *unique) has(text string) bool {
	if u.seen == nil {
		return slices.Contains(u.list, text)
	}
	return u.seen[text]
}

func (u *unique) add(texts ...string) {
	for _, text := range texts {
		if u.has(text) {
			continue
		}
		u.list = append(u.list, text)
		switch {
		case u.seen != nil:
			u.seen[text] = true
		case len(u.list) > maxScanned:
			u.seen = make(map[string]bool, 2*len(u.list))
			for _, known := range u.list {
				u.seen[known] = true
			}
		}
	}
}
