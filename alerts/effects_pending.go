package alerts

import "slices"

// maxPending bounds how many changes are kept of calls whose events have not come. An
// event comes when its call is answered, so that there are few, unless events were lost.
const maxPending = 10_000

// pending are changes of calls. The zero value is empty and ready.
type pending struct {
	of    map[string][]Change
	order []string // the calls, the oldest first
	kept  int      // changes
}

// add keeps what a call has changed. The oldest are dropped for the newest.
func (p *pending) add(call string, changes []Change) {
	if len(changes) == 0 {
		return
	}
	if p.of == nil {
		p.of = map[string][]Change{}
	}
	if p.of[call] == nil {
		p.order = append(p.order, call)
	}
	p.of[call] = append(p.of[call], changes...)
	for p.kept += len(changes); p.kept > maxPending && len(p.order) > 1; {
		p.take(p.order[0])
	}
}

// take returns what a call has changed, and keeps it no longer.
func (p *pending) take(call string) []Change {
	changes := p.of[call]
	if changes == nil {
		return nil
	}
	delete(p.of, call)
	p.kept -= len(changes)
	p.order = slices.DeleteFunc(p.order, func(c string) bool { return c == call })
	return changes
}
