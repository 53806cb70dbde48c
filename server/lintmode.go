package server

import "fmt"

// LintMode says what becomes of findings of evaluator/lint, of the types ERROR and
// SECURITY_WARNING, in policies that callers put. These are the findings with which
// "understudy lint" fails; the others would be noise.
type LintMode uint8

// The modes.
const (
	// LintLog logs each finding. It is the default: AWS stores a policy with a
	// misspelt action and says nothing, and the call that it was meant for is denied
	// later. Policies without such findings cause no line.
	LintLog LintMode = iota

	// LintRefuse logs each finding, and refuses the policy as AWS refuses a malformed one.
	LintRefuse

	// LintOff does not look at policies.
	LintOff
)

var lintModeNames = [...]string{LintLog: "log", LintRefuse: "refuse", LintOff: "off"}

// String returns the mode as flags spell it: "log", "refuse" or "off".
func (m LintMode) String() string {
	if int(m) < len(lintModeNames) {
		return lintModeNames[m]
	}
	return "unknown"
}

// ParseLintMode is the inverse of LintMode.String.
func ParseLintMode(s string) (LintMode, error) {
	for m, name := range lintModeNames {
		if name == s {
			return LintMode(m), nil
		}
	}
	return LintLog, fmt.Errorf("lint mode %q is none of log, refuse, off", s)
}
