package events

// Refused is the verdict on a call that was refused, and not by a decision: for its
// signature, its key, its operation, its parameters, a setting of its resource, or a token or code that was not
// taken.
const Refused = "refused"

// Refusal says why a call was refused, if policies are not the reason, and what to do. It
// holds no secrets.
type Refusal struct {
	// Stage is how far the call came, or what it was refused for: "signature",
	// "key" (an access key, or the session token beside it), "operation", "parameters",
	// "service", "credentials", "token" (an ID token, a SAML response or a context
	// assertion), "code" (of an MFA device), "setting" (of the resource, which
	// refuses what policies allow) or "server".
	Stage string `json:"stage"`

	// Sentence says what is wrong.
	Sentence string `json:"sentence"`

	// Compared is what was compared with what.
	Compared []Compared `json:"compared"`

	// Check is what to look at.
	Check []string `json:"check"`

	// CanonicalRequest and StringToSign are what the server made of a call whose
	// signature does not match, with LEFT-OUT in place of what may be secret.
	CanonicalRequest string `json:"canonicalRequest,omitempty"`
	StringToSign     string `json:"stringToSign,omitempty"`

	// Change is the one change with which the signature would match, or that there is
	// none; empty if the server does not look for it.
	Change string `json:"change,omitempty"`
}

// Compared is one thing that was compared.
type Compared struct {
	What string `json:"what"`
	Want string `json:"want"`
	Got  string `json:"got"`
}

// bytes is about what it takes.
func (r *Refusal) bytes() int {
	if r == nil {
		return 0
	}
	n := 200 + len(r.Sentence) + len(r.CanonicalRequest) + len(r.StringToSign) + len(r.Change)
	for _, c := range r.Compared {
		n += 3*stringBytes + len(c.What) + len(c.Want) + len(c.Got)
	}
	for _, text := range r.Check {
		n += stringBytes + len(text)
	}
	return n
}
