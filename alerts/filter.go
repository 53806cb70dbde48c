package alerts

import (
	"slices"
	"strings"
	"time"
)

// Filter says which alerts are wanted. The zero Filter admits all.
type Filter struct {
	Rule     string    // the name of the rule; several are separated by commas
	Severity string    // one of Severities; several are separated by commas
	Since    time.Time // of the oldest alert that is wanted
}

// Admits reports whether the alert is wanted.
func (f *Filter) Admits(a *Alert) bool {
	return oneOf(f.Rule, a.Rule) && oneOf(f.Severity, a.Severity) && !a.Time.Before(f.Since)
}

// oneOf reports whether a list that commas separate has the word, or is empty.
func oneOf(list, word string) bool {
	return list == "" || slices.Contains(strings.Split(list, ","), word)
}
