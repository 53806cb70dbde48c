package events

import (
	"slices"
	"strings"
	"time"
)

// Filter says which events are wanted. The zero Filter admits all.
type Filter struct {
	// Principal is the caller's ARN, with "*" for any run of characters, its end, such as
	// "user/ana", "role/deploy" or "root", or the name of the user or role. See Event.Principal.
	Principal string

	// Action is an action that the call needed, or what it was, such as
	// "iam:CreateUser"; "*" is any run of characters, and case is ignored.
	Action string

	// Verdict is what became of the call: "allowed", "denied", "would-be-denied",
	// "faulted" or "refused"; several are separated by commas.
	Verdict string

	// Decided leaves out the calls that have no verdict: with enforcement off nothing
	// is decided.
	Decided bool

	// Since and Until are the times of the oldest and of the newest event that is wanted.
	Since, Until time.Time

	// What follows is about the Records of the event, of which one must have all of it:
	Account   string // RecipientAccountID
	EventName string // such as "CreateUser"; "*" is any run of characters, and case is ignored
	Source    string // EventSource, or its first part alone: "iam.amazonaws.com" or "iam"
	Error     string // ErrorCode, like EventName, with "Exception" at its end or without; "*" is any error
	ReadOnly  *bool  // whether it reads or changes something; nil: both
}

// Admits reports whether the event is wanted.
func (f *Filter) Admits(e *Event) bool {
	return f.admitsCall(e) && (!f.asksRecords() || slices.ContainsFunc(e.Records(), f.admitsFacts))
}

func (f *Filter) admitsCall(e *Event) bool {
	return f.admitsTime(e.Caller.Request.Time) && f.admitsVerdict(e) && f.admitsPrincipal(e.Principal().ARN, e.Principal().Name) &&
		f.admitsAction(e) && (!f.asksRecords() || f.admitsKind(e.outline()))
}

func (f *Filter) admitsTime(t time.Time) bool {
	return (f.Since.IsZero() || !t.Before(f.Since)) && (f.Until.IsZero() || !t.After(f.Until))
}

func (f *Filter) admitsVerdict(e *Event) bool {
	if f.Verdict == "" && !f.Decided {
		return true
	}
	v := e.Verdict()
	return v != "" && (f.Verdict == "" || slices.Contains(strings.Split(f.Verdict, ","), v))
}

func (f *Filter) admitsPrincipal(arn, name string) bool {
	switch {
	case f.Principal == "":
		return true
	case strings.HasPrefix(f.Principal, "arn:") || strings.HasPrefix(f.Principal, "*"):
		return glob(f.Principal, arn)
	}
	return globFold(f.Principal, name) || admitsResource(f.Principal, arn)
}

// admitsResource compares a principal that is written as the end of its ARN is, such as
// user/ana, role/deploy of its sessions too, or root.
func admitsResource(wanted, arn string) bool {
	_, resource, ok := strings.Cut(arn, "::")
	if _, own, whose := strings.Cut(resource, ":"); ok && whose {
		resource = own
	}
	if !strings.Contains(wanted, "/") {
		return strings.EqualFold(wanted, resource)
	}
	if globFold(wanted, resource) {
		return true
	}
	kind, name, _ := strings.Cut(wanted, "/")
	held, rest, _ := strings.Cut(resource, "/")
	if strings.EqualFold(kind, "role") && held == "assumed-role" {
		role, _, _ := strings.Cut(rest, "/")
		return globFold(name, role)
	}
	return strings.EqualFold(kind, held) && globFold(name, rest[strings.LastIndexByte(rest, '/')+1:])
}

func (f *Filter) admitsAction(e *Event) bool {
	if f.Action == "" {
		return true
	}
	want := strings.ToLower(f.Action)
	r := &e.Caller.Request
	if glob(want, strings.ToLower(r.Service+":"+r.Operation)) {
		return true
	}
	for d := range e.Decisions() {
		for i := range d.Checks {
			if glob(want, strings.ToLower(d.Checks[i].Need.Action)) {
				return true
			}
		}
	}
	return false
}

// glob reports whether s fits the pattern, in which "*" stands for any run of
// characters.
func glob(pattern, s string) bool {
	head, rest, found := strings.Cut(pattern, "*")
	if !found {
		return pattern == s
	}
	s, ok := strings.CutPrefix(s, head)
	for ok {
		part, after, more := strings.Cut(rest, "*")
		if !more {
			return strings.HasSuffix(s, rest)
		}
		var i int
		if i = strings.Index(s, part); i < 0 {
			return false
		}
		s, rest = s[i+len(part):], after
	}
	return false
}
