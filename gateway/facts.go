package gateway

import (
	"sync"
	"time"
)

const (
	// factsLast is how long an upstream is not asked again. A change that passes through the
	// gateway counts at once; a change that is made at the upstream itself counts after this time.
	factsLast = 5 * time.Second

	// maxFacts is how many resources of a service are remembered. When there are more, all are
	// forgotten and asked for again.
	maxFacts = 4096
)

// facts are what upstreams have said about resources, such as their policies, or that they have
// none. They are safe for concurrent use. The zero value is empty.
type facts struct {
	mu    sync.Mutex
	known map[string]map[string]fact // by service and name
	turns map[string]uint64          // how often the facts of a service were forgotten
}

// fact is something that is known about a resource. Its name determines its type.
type fact struct {
	value any
	until time.Time
}

// get returns the fact with the name or, if it is not known, a turn for put.
func (f *facts) get(service, name string, now time.Time) (value any, turn uint64, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	known, ok := f.known[service][name]
	if ok && now.Before(known.until) {
		return known.value, 0, true
	}
	return nil, f.turns[service], false
}

// put keeps a fact that was asked for, unless the service's facts were forgotten since the turn:
// the fact may be older than the change.
func (f *facts) put(service, name string, turn uint64, known fact) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.turns[service] != turn {
		return
	}
	if f.known == nil {
		f.known = map[string]map[string]fact{}
	}
	if f.known[service] == nil || len(f.known[service]) >= maxFacts {
		f.known[service] = map[string]fact{}
	}
	f.known[service][name] = known
}

// forget drops the facts of a service after one of its resources has changed.
func (f *facts) forget(service string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.turns == nil {
		f.turns = map[string]uint64{}
	}
	f.turns[service]++
	delete(f.known, service)
}
