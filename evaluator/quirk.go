package evaluator

// Quirk is a place where AWS's simulator decides differently from its live
// services. All are recorded; each holds in the modes that Quirk.In names.
type Quirk uint8

// The quirks.
const (
	// QuirkNumericNotEquals: a value that is not a number does not match
	// NumericNotEquals in the simulator, though it does live.
	QuirkNumericNotEquals Quirk = iota

	// QuirkBadNetwork: a pattern that is not an IP network ends the comparison as
	// not matching, for IpAddress and NotIpAddress alike; live it is passed over.
	QuirkBadNetwork

	// QuirkAccountGrant: within one account, a resource policy that names the
	// account allows a user by itself. Live, trust and key policies only
	// delegate; what other services do is not established, and we let them delegate too.
	QuirkAccountGrant

	// QuirkMissingKeys: what MissingKeys lists (see Result).
	QuirkMissingKeys

	quirkCount
)

// In reports whether the quirk is in effect in mode m.
func (q Quirk) In(m Mode) bool { return q < quirkCount && m == Simulate }
