package offboard

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/understudy-iam/understudy/events"
)

// Place is where credentials were used: an address, and the program that called from there.
type Place struct {
	Address string    `json:"address"` // an IP address, or a service of AWS
	Program string    `json:"program"` // the first word of the user agent, such as aws-cli/2.17.1
	Calls   int       `json:"calls"`
	First   time.Time `json:"first"`
	Last    time.Time `json:"last"`

	// Others have called from there too, with other credentials: ARNs, ten at most.
	Others []string `json:"others,omitempty"`
}

// spot is what a Place is known by.
type spot struct{ address, program string }

func spotOf(r *events.Record) spot {
	program, _, _ := strings.Cut(r.UserAgent, " ")
	return spot{r.SourceIPAddress, program}
}

// mostOthers is how many others are named at most.
const mostOthers = 10

// place notes where a call came from.
func (t *tracer) place(r *events.Record, mine bool) {
	at := spotOf(r)
	if !mine {
		if t.callers[at] == nil {
			t.callers[at] = map[string]bool{}
		}
		t.callers[at][who(&r.UserIdentity)] = true
		return
	}
	places := t.used[r.UserIdentity.AccessKeyID]
	if places == nil {
		places = map[spot]*Place{}
		t.used[r.UserIdentity.AccessKeyID] = places
	}
	p := places[at]
	if p == nil {
		p = &Place{Address: at.address, Program: at.program, First: r.EventTime}
		places[at] = p
	}
	p.Calls++
	p.Last = r.EventTime
}

// places are where credentials were used, the last one first.
func (t *tracer) places(accessKeyID string) []Place {
	list := []Place{}
	for at, p := range t.used[accessKeyID] {
		place := *p
		place.Others = some(t.callers[at])
		list = append(list, place)
	}
	slices.SortFunc(list, func(a, b Place) int {
		if c := b.Last.Compare(a.Last); c != 0 {
			return c
		}
		return strings.Compare(a.Address+" "+a.Program, b.Address+" "+b.Program)
	})
	return list
}

func add(to map[string]map[string]bool, key, value string) {
	if to[key] == nil {
		to[key] = map[string]bool{}
	}
	to[key][value] = true
}

// some are the first of a set, in their order.
func some(set map[string]bool) []string {
	list := slices.Sorted(maps.Keys(set))
	return list[:min(len(list), mostOthers)]
}
