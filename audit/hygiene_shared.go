package audit

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/principal"
)

func sharedChecks() []Check {
	return []Check{{
		ID: "shared-key", Severity: High, Title: "An access key is used from two places at once",
		Why: "It is not known who did what, and to take the key from one of them stops the other.", run: sharedKey,
	}}
}

const (
	atOnce     = time.Hour // how far calls from one place may be apart to be of one use
	mostPlaces = 8         // of a key, that are remembered
)

// place is where a key was used from, and by what.
type place struct {
	address, agent string
	last           time.Time
}

// sharedKey finds keys that were used from one place, then by another program from another
// address, and then from the first one again, all within an hour. One person who moves, or
// runs two programs on one machine, is not found.
func sharedKey(s *state, c *Check) error {
	if len(s.o.Calls) == 0 {
		s.uncheck("Whether access keys are shared is not known: no calls are.")
		return nil
	}
	places, found := map[string][]place{}, map[string]bool{}
	for _, r := range s.o.Calls {
		key := r.UserIdentity.AccessKeyID
		if r.UserIdentity.Type != "IAMUser" || !strings.HasPrefix(key, principal.LongTermKeyPrefix) ||
			r.UserIdentity.AccountID != s.o.Account || found[key] {
			continue
		}
		here := place{r.SourceIPAddress, program(r.UserAgent), r.EventTime}
		if other, ok := between(places[key], here); ok {
			found[key] = true
			s.reportShared(c, r, here, other)
			continue
		}
		places[key] = moved(places[key], here)
	}
	return nil
}

// between is a different place from which the key was used since it was last used from here.
func between(places []place, here place) (place, bool) {
	at := slices.IndexFunc(places, func(p place) bool { return p.address == here.address && p.agent == here.agent })
	if at < 0 || here.last.Sub(places[at].last) > atOnce {
		return place{}, false
	}
	for _, p := range places[at+1:] { // the later ones are behind
		if p.address != here.address && p.agent != here.agent && p.last.After(places[at].last) {
			return p, true
		}
	}
	return place{}, false
}

// moved are the places with the one that was used last at the end.
func moved(places []place, here place) []place {
	places = slices.DeleteFunc(places, func(p place) bool { return p.address == here.address && p.agent == here.agent })
	if len(places) == mostPlaces {
		places = places[1:]
	}
	return append(places, here)
}

// program is the name of the program in a user agent, without its version.
func program(agent string) string {
	name, _, _ := strings.Cut(agent, " ")
	name, _, _ = strings.Cut(name, "/")
	return name
}

func (s *state) reportShared(c *Check, r *events.Record, here, other place) {
	text := func(p place) Evidence {
		return fact(fmt.Sprintf("It was used by %s from %s at %s.", p.agent, p.address, p.last.UTC().Format(time.RFC3339)))
	}
	s.find(c, Finding{
		Principal: r.UserIdentity.ARN, Resource: r.UserIdentity.AccessKeyID, Evidence: []Evidence{text(other), text(here)},
		Advice: "Give each person and each program a user or, better, a role of its own, and then deactivate the key.",
	})
}
