package alerts

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator/actions"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/history"
	"github.com/understudy-iam/understudy/principal"
)

// WatcherOptions configures a Watcher. Authorizer and Store are required.
type WatcherOptions struct {
	Authorizer *authz.Authorizer

	// Store is the store as it is now: one that shows an older state tells late. It names
	// the call of an Update by the ID of the request, and notes what Watched reports. The
	// Watcher moves its position, and nobody else does.
	Store *history.Store

	Logger *slog.Logger // of what could not be told in full; nil: nothing is logged

	// Request returns the facts of the requests that are decided. They should differ in
	// nothing but their time. Nil: nothing is known of them.
	Request func() principal.Request
}

// Watcher knows what users and roles can do as far as Effects ask for it: who is an
// administrator, who has an action, who reaches a role, and which roles are public. It knows it as it was before a
// call, finds out what the call has changed, and tells that.
//
// Each call is judged by the state before and after its own transactions, however much
// later it is looked at: what was given and taken back at once is told, at the call that
// gave it. So calls are judged in the order in which they were committed; what another
// call has changed is kept until its event comes.
//
// Everything is decided by package authz: see authz.Inquiry. What a principal can do by
// roles that it can assume, one from another, in its own account and in others, it can do.
//
// Only those principals are decided again whom a transaction can have changed, by the
// keys that it has written. So memory is bounded by the number of principals, and that of
// the history by its own bound: what it has lost is told at the next call that changes
// something, as far as it is still so, and the log says it.
//
// # Caveats
//
// Root users are not watched: they are administrators always. A time in a condition comes
// without a call, and is not noticed before the next call about the principal.
//
// One goroutine may use it.
type Watcher struct {
	options  WatcherOptions
	becomes  bool
	public   bool
	gains    []string
	reaches  []string
	classes  actions.Classes
	subjects map[subjectKey]*subject
	all      []*subject // in the order in which they were first seen

	// unsure says that the last round ended early, so that the next one decides about
	// everybody; owed is what was taken away in it and not given back.
	unsure bool
	owed   map[holding]bool

	goal    uint64   // the number of the note up to which all are to be looked at
	pending pending  // changes of calls whose events have not come
	lost    bool     // the history has lost something that is not made up for
	late    []string // calls whose events came, and which could not be judged then
}

// NewWatcher makes a Watcher for the effects. What is so already is not told. Nil stands
// for no effect.
func NewWatcher(ctx context.Context, o WatcherOptions, effects []*Effect) (*Watcher, error) {
	o.Logger = orSilent(o.Logger)
	if o.Request == nil {
		o.Request = func() principal.Request { return principal.Request{} }
	}
	w := &Watcher{options: o, subjects: map[subjectKey]*subject{}}
	for _, e := range effects {
		if e == nil {
			continue
		}
		w.becomes = w.becomes || e.Becomes == Administrator
		w.public = w.public || e.Becomes == Public
		w.gains = append(w.gains, e.Gains...)
		if e.Reaches != "" {
			w.reaches = append(w.reaches, e.Reaches)
		}
	}
	slices.Sort(w.gains)
	w.gains = slices.CompactFunc(w.gains, strings.EqualFold)
	slices.Sort(w.reaches)
	w.reaches = slices.Compact(w.reaches)
	return w, w.begin(ctx)
}

// watches reports whether there is anything to watch.
func (w *Watcher) watches() bool { return w.becomes || w.public || len(w.gains)+len(w.reaches) > 0 }

// Stop ends the history. No call is looked at after it.
func (w *Watcher) Stop() { w.options.Store.Stop() }

// begin takes the state at the position of the history, which begins if there is none.
func (w *Watcher) begin(ctx context.Context) error {
	if !w.watches() {
		return nil
	}
	if err := w.options.Store.Start(ctx); err != nil {
		return err
	}
	return w.takeAll(ctx)
}

// takeAll decides about everybody at the position, and tells nothing.
func (w *Watcher) takeAll(ctx context.Context) error {
	w.unsure, w.owed = true, nil
	return w.options.Store.Position(ctx, func(tx persistence.Tx) error {
		_, err := w.round(ctx, tx, everyone)
		return err
	})
}

// Renew takes the state as it is, without telling what has changed but for the calls
// whose events are still to come. It is for changes that are not made by calls: a seed,
// an import, a reset, a snapshot, an organization.
func (w *Watcher) Renew(ctx context.Context) error {
	if !w.watches() {
		return nil
	}
	latest, err := w.options.Store.Latest(ctx)
	if err != nil {
		return err
	}
	w.options.Store.Lost() // what is lost is taken now
	if err := w.advance(ctx, latest); err != nil {
		return err
	}
	return w.takeAll(ctx)
}

// After tells what the call has changed, in the order of the principals' ARNs. A call
// that changes no user or role costs nothing.
//
// After an error nothing is lost: the next call tells what was not told.
func (w *Watcher) After(ctx context.Context, e *events.Event) (changes []Change, err error) {
	if !w.watches() {
		return nil, nil
	}
	call := e.Caller.Request.ID
	if number, ok := w.options.Store.Of(call); ok {
		w.goal = max(w.goal, number)
	}
	changes, err = w.makeUp(ctx, e)
	if err == nil {
		err = w.advance(ctx, w.goal)
	}
	if err != nil {
		w.late = append(w.late[max(0, len(w.late)-maxPending):], call)
		w.pending.add(call, changes)
		return nil, err
	}
	for _, id := range append(w.late, call) {
		changes = append(changes, w.pending.take(id)...)
	}
	w.late = nil
	slices.SortFunc(changes, compareChanges)
	return slices.Compact(changes), nil
}

// makeUp tells at a call that changes something what the history has lost.
func (w *Watcher) makeUp(ctx context.Context, e *events.Event) (changes []Change, err error) {
	if lost := w.options.Store.Lost(); lost > 0 {
		w.options.Logger.Warn("too many changes were made at once to judge each call by itself; what they gave is told at the next call",
			"transactions", lost)
		w.unsure, w.lost = true, true
	}
	if !w.lost || e.ReadOnly() {
		return nil, nil
	}
	err = w.options.Store.Position(ctx, func(tx persistence.Tx) error {
		changes, err = w.round(ctx, tx, everyone)
		return err
	})
	return changes, err
}

// advance judges all noted Updates up to the number, and keeps what calls have changed.
func (w *Watcher) advance(ctx context.Context, number uint64) error {
	for {
		if next, ok := w.options.Store.At(); !ok || next > number {
			return nil
		}
		err := w.options.Store.Next(ctx, func(n *history.Note, tx persistence.Tx) error {
			changes, err := w.round(ctx, tx, changedBy(n))
			if err == nil && n.Call != "" {
				w.pending.add(n.Call, changes)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
}

// round decides again about those whom find names, and tells what is new.
func (w *Watcher) round(ctx context.Context, tx persistence.Tx, find finder) (changes []Change, err error) {
	if w.unsure {
		find = everyone
	}
	defer func() { w.unsure, w.lost = err != nil, w.lost && err != nil }()
	updates, err := find(w, tx)
	if err != nil {
		return nil, err
	}
	r := newRound(ctx, w, tx)
	changes, err = r.run(updates)
	w.owed = nil
	if err != nil {
		w.owed = r.undone()
	}
	return changes, err
}

// absent reports whether an error says that something is not there.
func absent(err error) bool { return errors.Is(err, persistence.ErrNotFound) }
