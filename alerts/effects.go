package alerts

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// WatcherOptions configures a Watcher. Authorizer and Store are required.
type WatcherOptions struct {
	Authorizer *authz.Authorizer
	Store      persistence.Store // as it is now: one that shows an older state tells late

	// Request returns the facts of the requests that are decided. They should differ in
	// nothing but their time. Nil: nothing is known of them.
	Request func() principal.Request
}

// Watcher knows what users and roles can do as far as Effects ask for it: who is an
// administrator, who has an action, who reaches a role. It knows it as it was before a
// call, finds out what the call has changed, and tells that.
//
// Everything is decided by package authz: see authz.Inquiry. What a principal can do by
// roles that it can assume, one from another, in its own account and in others, it can do.
//
// Only those principals are decided again whom a call can have changed, by its
// operation and its input. Where these do not say whom, it is those whose policies are
// not the same any more. So memory is bounded by the number of principals.
//
// # Caveats
//
// A call is looked at after it was answered. Where another call has changed the same
// principal by then, the first of the two tells both changes, and nobody learns of what
// the second took back. Root users are not watched: they are administrators always. A
// time in a condition comes without a call, and is not noticed before the next call about
// the principal.
//
// One goroutine may use it.
type Watcher struct {
	options  WatcherOptions
	becomes  bool
	gains    []string
	reaches  []string
	classes  authz.ActionClasses
	subjects map[subjectKey]*subject
	all      []*subject // in the order in which they were first seen

	// unsure says that the last round ended early, so that the next one decides about
	// everybody; owed is what was taken away in it and not given back.
	unsure bool
	owed   map[holding]bool
}

// NewWatcher makes a Watcher for the effects. What is so already is not told. Nil stands
// for no effect.
func NewWatcher(ctx context.Context, o WatcherOptions, effects []*Effect) (*Watcher, error) {
	if o.Request == nil {
		o.Request = func() principal.Request { return principal.Request{} }
	}
	w := &Watcher{options: o, subjects: map[subjectKey]*subject{}}
	for _, e := range effects {
		if e == nil {
			continue
		}
		w.becomes = w.becomes || e.Becomes == Administrator
		w.gains = append(w.gains, e.Gains...)
		if e.Reaches != "" {
			w.reaches = append(w.reaches, e.Reaches)
		}
	}
	slices.Sort(w.gains)
	w.gains = slices.CompactFunc(w.gains, strings.EqualFold)
	slices.Sort(w.reaches)
	w.reaches = slices.Compact(w.reaches)
	return w, w.Renew(ctx)
}

// watches reports whether there is anything to watch.
func (w *Watcher) watches() bool { return w.becomes || len(w.gains)+len(w.reaches) > 0 }

// Renew takes the state as it is, without telling what has changed. It is for changes
// that are not made by calls: a seed, an import, a reset, a snapshot, an organization.
func (w *Watcher) Renew(ctx context.Context) error {
	if !w.watches() {
		return nil
	}
	w.unsure, w.owed = true, nil
	_, err := w.round(ctx, everyone)
	return err
}

// After tells what the call has changed, in the order of the principals' ARNs. Calls
// are given in the order of their events. A call that failed or that changes no user or
// role costs nothing.
//
// After an error nothing is lost: the next call decides about everybody, and tells what
// was not told.
func (w *Watcher) After(ctx context.Context, e *events.Event) ([]Change, error) {
	if !w.watches() || !mayChange(e) {
		return nil, nil
	}
	return w.round(ctx, func(w *Watcher, tx persistence.Tx) ([]*update, error) { return w.concerned(tx, e) })
}

// mayChange reports whether the call can have changed what users and roles can do. Of
// one whose answer was not sent nobody knows.
func mayChange(e *events.Event) bool {
	succeeded := e.Code == "" && e.Status < http.StatusMultipleChoices
	return succeeded && e.Origin != events.Asked && e.Caller.Request.Service == "iam" && !e.ReadOnly()
}

// round decides again about those whom find names, and tells what is new.
func (w *Watcher) round(ctx context.Context, find finder) (changes []Change, err error) {
	if w.unsure {
		find = everyone
	}
	err = w.options.Store.View(ctx, func(tx persistence.Tx) error {
		updates, err := find(w, tx)
		if err != nil {
			return err
		}
		r := newRound(ctx, w, tx)
		changes, err = r.run(updates)
		w.owed = nil
		if err != nil {
			w.owed = r.undone()
		}
		return err
	})
	w.unsure = err != nil
	return changes, err
}

// absent reports whether an error says that something is not there.
func absent(err error) bool { return errors.Is(err, persistence.ErrNotFound) }
