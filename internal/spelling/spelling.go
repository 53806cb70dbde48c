// Package spelling finds the word that somebody probably meant when they wrote
// another one.
//
// Caveats: it compares bytes, because it is made for ASCII words.
package spelling

import (
	"iter"
	"slices"
	"strings"
)

// Nearest returns the first of the candidates that differ from the word by the fewest
// changes, if these are at most the number most; empty if there is none. A change is
// one letter added, removed or replaced, or two adjacent letters swapped; case does
// not matter.
func Nearest(word string, candidates iter.Seq[string], most int) (nearest string) {
	word = strings.ToLower(word)
	for c := range candidates {
		if n := distance(word, strings.ToLower(c), most); n <= most {
			nearest, most = c, n-1
		}
	}
	return nearest
}

// Guess returns the candidate that somebody most likely meant when they wrote a word
// from memory, such as a member of a file; empty if none is near. A short word may
// differ by one change only, a longer one by half of its letters: "policy" is near
// "policies".
func Guess(word string, candidates []string) string {
	most := 1
	if len(word) > 5 {
		most = len(word) / 2
	}
	return Nearest(word, slices.Values(candidates), most)
}

// distance returns the number of changes from a to b, or some number above most if
// there are more than most.
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
