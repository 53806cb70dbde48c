package alerts

import (
	"context"
	"log/slog"
	"reflect"
	"sync"

	"github.com/understudy-iam/understudy/events"
)

// Effects tell what calls change in what principals can do. A *Watcher does.
type Effects interface {
	// After tells what the call has changed. Calls are given in the order of their events.
	After(ctx context.Context, e *events.Event) ([]Change, error)

	// Renew takes the state as it is, without telling what has changed.
	Renew(ctx context.Context) error

	// Stop ends it: no rule asks for an effect any more.
	Stop()
}

// EngineOptions configures an Engine. Log is required.
type EngineOptions struct {
	Log   *events.Log
	Rules []*Rule
	Sinks []Sink

	// Watch makes what tells the effects that rules ask for. Nil: there are none.
	Watch func(ctx context.Context, effects []*Effect) (Effects, error)

	// Posture is where the built-in rules find the state; without a store some of them
	// never fire.
	Posture PostureOptions

	Kept      int          // how many of the last alerts are kept; 0: DefaultKept
	KeptBytes int          // how many bytes they may take, about; 0: DefaultKeptBytes
	Logger    *slog.Logger // nil: nothing is logged
}

// Engine looks at the events of a Log and makes alerts. It is safe for concurrent use.
type Engine struct {
	options EngineOptions
	alerts  *ring

	mu       sync.Mutex // of all that looks at events
	follower *events.Follower
	judge    *Judge
	effects  Effects   // nil: no rule asks for one
	asked    []*Effect // those that they tell
	posture  *Posture
	sinks    []Sink
	stale    bool // the state was changed by something that is not a call
}

// NewEngine makes an Engine, which looks at events that come from now on. Run lets it.
func NewEngine(ctx context.Context, o EngineOptions) (*Engine, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	e := &Engine{options: o, alerts: newRing(o.Kept, o.KeptBytes), follower: o.Log.Follow()}
	if err := e.set(ctx, o.Rules); err != nil {
		e.follower.Stop()
		return nil, err
	}
	e.sinks = o.Sinks
	return e, nil
}

// set makes what the rules need. After an error nothing has changed.
func (e *Engine) set(ctx context.Context, rules []*Rule) error {
	var effects []*Effect
	var kinds []string
	for _, r := range rules {
		if r.Effect != nil {
			effects = append(effects, r.Effect)
		}
		if r.find != "" {
			kinds = append(kinds, r.find)
		}
	}
	watched, err := e.watch(ctx, effects)
	if err != nil {
		return err
	}
	posture, err := NewPosture(ctx, e.options.Posture, kinds)
	if err != nil {
		return err
	}
	posture.keep(e.posture)
	if e.effects != nil && watched == nil {
		e.effects.Stop()
	}
	e.judge, e.effects, e.posture, e.asked = newJudge(rules, e.judge), watched, posture, effects
	return nil
}

// watch makes what tells the effects. If they are those of before, it goes on.
func (e *Engine) watch(ctx context.Context, effects []*Effect) (Effects, error) {
	switch {
	case len(effects) == 0 || e.options.Watch == nil:
		return nil, nil
	case e.effects != nil && reflect.DeepEqual(effects, e.asked):
		return e.effects, nil
	}
	return e.options.Watch(ctx, effects)
}

// Run looks at events until ctx is done, and then at those that there are.
func (e *Engine) Run(ctx context.Context) {
	defer e.follower.Stop()
	for ctx.Err() == nil {
		_ = e.Settle(ctx) // what it has not done, it does next time
		select {
		case <-e.follower.Ready():
		case <-ctx.Done():
		}
	}
	_ = e.Settle(context.WithoutCancel(ctx))
}

// Settle returns when all events that were added before have been looked at, and their
// alerts are in the list and with the sinks. The error is that of ctx.
func (e *Engine) Settle(ctx context.Context) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.settle(ctx)
}

func (e *Engine) settle(ctx context.Context) error {
	for n := e.follower.Behind(); n > 0; n-- {
		if err := ctx.Err(); err != nil {
			return err
		}
		event := e.follower.Next()
		if lost := e.follower.Lost(); lost > 0 {
			e.lose(lost)
		}
		if event == nil {
			return nil
		}
		e.look(context.WithoutCancel(ctx), event) // an event that was begun is looked at
	}
	return nil
}

// lose says that events are gone that nobody has looked at. What they have changed is
// not told.
func (e *Engine) lose(n int) {
	e.options.Logger.Warn("no rules were looked at for calls: they came too fast, or the server keeps too few events", "calls", n)
	e.stale = true
}

// look makes the alerts of an event.
func (e *Engine) look(ctx context.Context, event *events.Event) {
	e.renewIfStale(ctx)
	o := &Occurrence{Records: event.Records()}
	var err error
	if e.effects != nil {
		if o.Changes, err = e.effects.After(ctx, event); err != nil {
			e.fails(event, err)
		}
	}
	if o.Findings, err = e.posture.After(ctx, event, o.Records); err != nil {
		e.fails(event, err)
	}
	for _, a := range e.judge.Look(o) {
		e.alerts.add(a)
		for _, s := range e.sinks {
			s.Send(a)
		}
	}
}

// fails logs that the state could not be read. The next event is compared with what was
// read last.
func (e *Engine) fails(event *events.Event, err error) {
	e.options.Logger.Error("the state could not be read to see what a call has changed; the next call shows it", "request_id",
		event.Caller.Request.ID, "error", err)
}

// Renew takes the state as it is after a change that is not a call, such as a seed or a
// reset: nothing of it becomes an alert. Settle before such a change, so that calls before
// it are compared with the state before it.
func (e *Engine) Renew(ctx context.Context) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.stale = true
	err := e.settle(ctx)
	e.renewIfStale(ctx)
	return err
}

func (e *Engine) renewIfStale(ctx context.Context) {
	if !e.stale {
		return
	}
	var err error
	if e.effects != nil {
		err = e.effects.Renew(ctx)
	}
	if err == nil {
		err = e.posture.Renew(ctx)
	}
	if e.stale = err != nil; e.stale {
		e.options.Logger.Error("the state could not be read to compare the next calls with it; it is tried again", "error", err)
	}
}

// Reload sets other rules and sinks, for the events that come after. It returns the
// sinks before, to be closed. After an error nothing has changed.
func (e *Engine) Reload(ctx context.Context, rules []*Rule, sinks []Sink) (before []Sink, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.settle(ctx); err != nil {
		return nil, err
	}
	if err := e.set(ctx, rules); err != nil {
		return nil, err
	}
	before, e.sinks = e.sinks, sinks
	return before, nil
}

// Sinks are those to which alerts go now.
func (e *Engine) Sinks() []Sink {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.sinks
}

// Rules are the names of the rules, in their order.
func (e *Engine) Rules() (names []string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, r := range e.judge.rules {
		names = append(names, r.Name)
	}
	return names
}

// List returns the last alerts that the filter admits, the newest first, limit at most;
// 0 is no limit. It does not wait: see Settle.
func (e *Engine) List(f *Filter, limit int) []*Alert { return e.alerts.list(f, limit) }

// Follow follows the alerts that come from now on.
func (e *Engine) Follow() *Follower { return e.alerts.follow() }
