// Package spelling finds the word that somebody may have meant who wrote another one.
//
// Caveats: it compares bytes, as the words that it is for are ASCII.
package spelling

import (
	"iter"
	"slices"
	"strings"
)

// Nearest returns the first of the candidates that take the fewest changes to make of
// the word, if these are no more than most; empty if there is none. A change is one
// letter more or fewer, another letter, or two neighbours exchanged; case does not
// matter.
func Nearest(word string, candidates iter.Seq[string], most int) (nearest string) {
	word = strings.ToLower(word)
	for c := range candidates {
		if n := distance(word, strings.ToLower(c), most); n <= most {
			nearest, most = c, n-1
		}
	}
	return nearest
}

// Guess returns the candidate that somebody most likely meant who wrote a word of a
// list from memory, such as a member of a file; empty if none is near. A short word
// may differ by one change only, a longer one by half of its letters: so "policy" is
// near "policies".
func Guess(word string, candidates []string) string {
	most := 1
	if len(word) > 5 {
		most = len(word) / 2
	}
	return Nearest(word, slices.Values(candidates), most)
}

// distance is how many changes make b of a; above most it is some number above most.
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
