package evaluator

// Quirk is a case in which AWS's simulator decides differently from its live services. All are
// recorded; each holds in the modes for which Quirk.In is true.
type Quirk uint8

// The quirks.
const (
	// QuirkNumericNotEquals: a value that is not a number does not match NumericNotEquals in
	// the simulator, although it does in live services.
	QuirkNumericNotEquals Quirk = iota

	// QuirkBadNetwork: a pattern that is not an IP network ends the comparison without a
	// match, for both IpAddress and NotIpAddress; live services ignore it.
	QuirkBadNetwork

	// QuirkAccountGrant: within one account, a resource policy that names the account allows a
	// user by itself. In live services, trust and key policies only delegate; what other
	// services do is not established, and here their policies delegate too.
	QuirkAccountGrant

	// QuirkMissingKeys: what MissingKeys lists (see Result).
	QuirkMissingKeys

	quirkCount
)

// In reports whether the quirk is in effect in mode m.
func (q Quirk) In(m Mode) bool { return q < quirkCount && m == Simulate }
