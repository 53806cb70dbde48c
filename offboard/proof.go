package offboard

// Proof is what a credential may do after the steps were made: a call that it was
// allowed before is decided again.
type Proof struct {
	Credential string `json:"credential"` // an access key ID, or what else it is
	Of         string `json:"of"`         // what people call it
	Action     string `json:"action,omitempty"`
	Resource   string `json:"resource,omitempty"`

	// Before and After are how the call was decided: "allowed", "denied", "refused" of
	// credentials that do not work at all, "gone" of what does not exist, or "unknown" if no
	// call was found that was allowed.
	Before string `json:"before"`
	After  string `json:"after"`
}

// Closed reports whether the credential is of no use any more.
func (p *Proof) Closed() bool { return p.After != "allowed" }
