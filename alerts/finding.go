package alerts

// Finding is something about a call that neither a pattern nor an Effect can say,
// which a built-in rule asks for.
type Finding struct {
	Kind     string
	Sentence string // what was found
}

// The kinds of findings.
const (
	trustOpened        = "trust opened"
	boundaryWidened    = "boundary widened"
	passwordWeakened   = "password policy weakened"
	keyForAnother      = "key for another"
	disabledCredential = "disabled credential"
)
