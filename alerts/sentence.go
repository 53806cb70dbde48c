package alerts

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/principal"
)

// callerOf says who called, as far as it is known.
func callerOf(r *events.Record) string {
	id := &r.UserIdentity
	return cmp.Or(id.ARN, id.InvokedBy, id.IdentityProvider, id.AccessKeyID, id.PrincipalID, "somebody who is not known")
}

// countedAs is for whom the call counts in a burst: the caller, and all sessions of a role
// as the role.
func countedAs(r *events.Record) string {
	if c := r.UserIdentity.SessionContext; c != nil && c.SessionIssuer != nil && c.SessionIssuer.Type == "Role" {
		return c.SessionIssuer.ARN
	}
	return callerOf(r)
}

// sentenceOf says who called what, and on what.
func sentenceOf(r *events.Record) string {
	service, _, _ := strings.Cut(r.EventSource, ".")
	s := callerOf(r) + " called " + service + ":" + r.EventName
	if about := r.About(); len(about) > 0 {
		s += " on " + sentenceOfNames(about)
	}
	if r.ErrorCode != "" {
		s += ", which failed with " + r.ErrorCode
	}
	return s
}

// shownNames is how many names a sentence has, and longestName how many characters each
// of them has at most: a request that fails can have names of any length.
const (
	shownNames  = 3
	longestName = 256
)

func sentenceOfNames(names []string) string {
	var told []string
	for _, name := range names[:min(len(names), shownNames)] {
		if runes := []rune(name); len(runes) > longestName {
			name = string(runes[:longestName]) + "..."
		}
		told = append(told, name)
	}
	s := strings.Join(told, ", ")
	if more := len(names) - shownNames; more > 0 {
		s += fmt.Sprintf(" and %d more", more)
	}
	return s
}

// sentenceOfTime is a duration without the units of which there are none: 5m.
func sentenceOfTime(d time.Duration) string {
	s := d.String()
	for _, empty := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(s, empty) {
			s = s[:len(s)-len("0s")]
		}
	}
	return s
}

// shownChanges is how many changes a sentence tells.
const shownChanges = 3

func sentenceOfChanges(changes []Change) string {
	var told []string
	for _, c := range changes[:min(len(changes), shownChanges)] {
		told = append(told, c.Principal+" "+c.Kind+" "+c.What+c.elsewhere())
	}
	s := strings.Join(told, ", ")
	if more := len(changes) - shownChanges; more > 0 {
		s += fmt.Sprintf(" and %d more", more)
	}
	return s
}

// elsewhere names the account of a change that is another one than the principal's.
func (c *Change) elsewhere() string {
	own, _ := principal.ParseARN(c.Principal)
	if c.Kind == Reaches || c.Account == "" || c.Account == own.AccountID {
		return ""
	}
	return " of account " + c.Account
}
