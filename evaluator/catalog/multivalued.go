package catalog

import (
	"slices"
	"strings"
)

// MultiValued reports whether the condition key has a list of values, in any
// spelling. It looks in a small table, and does not decompress or allocate
// anything.
//
// The claim amr of an OpenID Connect provider is a list for every provider (IAM
// User Guide, reference_policies_iam-condition-keys).
func MultiValued(key string) bool {
	if hasSuffixFold(key, ":amr") {
		return true
	}
	if _, ok := slices.BinarySearchFunc(multivaluedKeys, key, compareLower); ok {
		return true
	}
	return slices.ContainsFunc(multivaluedPrefixes, func(prefix string) bool {
		return len(key) > len(prefix) && strings.EqualFold(key[:len(prefix)], prefix)
	})
}

// compareLower compares a lower-case entry with a key in any case.
func compareLower(entry, key string) int {
	for i := 0; i < len(entry) && i < len(key); i++ {
		c := key[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if entry[i] != c {
			return int(entry[i]) - int(c)
		}
	}
	return len(entry) - len(key)
}

func hasSuffixFold(s, suffix string) bool {
	return len(s) > len(suffix) && strings.EqualFold(s[len(s)-len(suffix):], suffix)
}
