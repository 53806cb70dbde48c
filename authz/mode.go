package authz

import "fmt"

// Mode says what is done with a denial.
type Mode uint8

// The modes.
const (
	On  Mode = iota // a denial is answered
	Log             // a would-be denial is recorded, and the call passes
	Off             // policies are not consulted
)

var modeNames = [...]string{On: "on", Log: "log", Off: "off"}

// String returns the mode as flags spell it: "on", "log" or "off".
func (m Mode) String() string {
	if int(m) < len(modeNames) {
		return modeNames[m]
	}
	return "unknown"
}

// ParseMode is the inverse of Mode.String.
func ParseMode(s string) (Mode, error) {
	for m, name := range modeNames {
		if name == s {
			return Mode(m), nil
		}
	}
	return On, fmt.Errorf("enforcement mode %q is none of on, log, off", s)
}
