package authz

import (
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/principal"
)

// Decision is the record of one call's authorization: enough to explain it
// later without looking at state again.
type Decision struct {
	Caller    *principal.Caller // whose policies count; not always the maker of the call, see Federation
	Service   string            // iam or sts
	Operation string
	Mode      Mode
	Verdict   Verdict

	// Checks has a check for each permission that the call needs, in the order of the
	// rule. It is empty for an operation that needs no permission and for credentials
	// that cannot make the call.
	Checks []Check

	// Again says that the call was decided before, and that the state had changed when
	// the call should take effect: this decision replaces the one before.
	Again bool

	// Denial is the AWS error for the call, in Log mode too; nil if allowed.
	Denial error
}

// Verdict is the outcome of a call.
type Verdict uint8

// The verdicts.
const (
	Denied        Verdict = iota
	Allowed               // by policies, or because the operation needs no permission
	WouldBeDenied         // passed in Log mode
)

var verdictNames = [...]string{Denied: "denied", Allowed: "allowed", WouldBeDenied: "would-be-denied"}

// String returns a short lower-case name, such as "would-be-denied".
func (v Verdict) String() string {
	if int(v) < len(verdictNames) {
		return verdictNames[v]
	}
	return "unknown"
}

// Check is one permission and how it was decided. It owns its memory.
type Check struct {
	Need     Need
	Request  evaluator.Request // with the condition keys in Request.Context
	Policies evaluator.Policies
	Result   evaluator.Result

	// SCPLevels and RCPLevels are the names of the levels of the SCPs and RCPs, which can
	// be of two organizations; see Organization.Levels.
	SCPLevels, RCPLevels []string
}
