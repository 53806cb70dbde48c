// Package faults makes trouble on demand: it says which requests are throttled,
// fail, hang, are dropped, come late or see an older state, by rules that tests
// and people give, so that a client's retries can be tested.
//
// It guarantees that
//   - without rules it does nothing, and asking it costs one read of a number;
//   - the same rules get the same requests, in the same order, into the same
//     trouble: chance comes from the rule's seed;
//   - each trouble is counted, and named with its rule, so that nobody takes it
//     for a defect.
//
// # Caveats
//
// The package decides; it holds no request and answers none. Rules are in memory
// only.
package faults

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// maxRules bounds a Set.
const maxRules = 1000

// ErrNoRule is returned when there is no rule with an ID.
var ErrNoRule = errors.New("faults: no such rule")

// Set is the rules that are in force. It is safe for concurrent use. Make one with
// New.
type Set struct {
	operations func() []string

	size atomic.Int32 // of rules

	mu    sync.Mutex // guards the fields below
	rules []*active
	made  int // IDs
}

// active is a rule with its counters.
type active struct {
	Rule
	seen, hits int
	random     *rand.Rand
}

// State is a rule with its counters.
type State struct {
	Rule Rule `json:"rule"`
	Seen int  `json:"seen"` // requests that fit it
	Hits int  `json:"hits"` // requests that it got into trouble
}

// New makes a Set of no rules for the operations that there are, such as
// iam:CreateUser. They are asked for when a rule names some.
func New(operations func() []string) *Set { return &Set{operations: operations} }

// Add adds a rule after the others, and returns it with its ID.
func (s *Set) Add(r Rule) (State, error) {
	if err := r.check(s.operations); err != nil {
		return State{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.rules) >= maxRules {
		return State{}, fmt.Errorf("there are %d rules already; delete some first", maxRules)
	}
	for r.ID == "" {
		s.made++
		if id := "f" + strconv.Itoa(s.made); s.index(id) < 0 {
			r.ID = id
		}
	}
	if s.index(r.ID) >= 0 {
		return State{}, fmt.Errorf("there is a rule %s already; delete it first, or leave the id out", r.ID)
	}
	if r.Kind == Hang && r.Duration == 0 {
		r.Duration = defaultHang
	}
	s.rules = append(s.rules, &active{Rule: r, random: rand.New(rand.NewPCG(r.Seed, 0))})
	s.size.Store(int32(len(s.rules)))
	return State{Rule: r}, nil
}

func (s *Set) index(id string) int {
	return slices.IndexFunc(s.rules, func(a *active) bool { return a.ID == id })
}

// List returns the rules in the order in which they are applied.
func (s *Set) List() []State {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []State{}
	for _, a := range s.rules {
		list = append(list, State{a.Rule, a.seen, a.hits})
	}
	return list
}

// Get returns a rule, or ErrNoRule.
func (s *Set) Get(id string) (State, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.index(id); i >= 0 {
		a := s.rules[i]
		return State{a.Rule, a.seen, a.hits}, nil
	}
	return State{}, ErrNoRule
}

// Remove ends a rule; ErrNoRule if there is none with the ID.
func (s *Set) Remove(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.index(id)
	if i < 0 {
		return ErrNoRule
	}
	s.rules = slices.Delete(s.rules, i, i+1)
	s.size.Store(int32(len(s.rules)))
	return nil
}

// Clear ends all rules.
func (s *Set) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules = nil
	s.size.Store(0)
}

// Empty reports whether there are no rules.
func (s *Set) Empty() bool { return s.size.Load() == 0 }

// MaxLag is the greatest lag of a rule; 0 if none lags.
func (s *Set) MaxLag() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	var most time.Duration
	for _, a := range s.rules {
		if a.Kind == Lag {
			most = max(most, a.Duration)
		}
	}
	return most
}

// Request is what rules need to know about a request.
type Request struct {
	Operation    string // iam:CreateUser
	AccessKeyID  string // as the request claims; empty for one that is not signed
	SessionToken bool   // it has one

	// Principal is the ARN of whose key it is, empty if it is nobody's. It is asked
	// for only if a rule wants to know.
	Principal func() string
}

// Effect is the trouble that a request gets into: it is held for Delay, and then
// ends in one of the ways of Drop and Err, or goes on.
type Effect struct {
	Rules []string // ID and kind of each rule, "f1 throttle"

	Delay time.Duration
	Drop  bool
	Err   error // an AWS error; it may name its HTTP status by HTTPStatus() int
	Lag   time.Duration
}

// Ends reports whether the request is not performed.
func (e *Effect) Ends() bool { return e.Drop || e.Err != nil }

// Judge applies the rules in order, up to the first that ends the request.
func (s *Set) Judge(q Request) Effect {
	var e Effect
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.rules {
		if !a.fits(&q) || !a.strikes() {
			continue
		}
		e.Rules = append(e.Rules, a.ID+" "+string(a.Kind))
		a.add(&e)
		if e.Ends() {
			break
		}
	}
	return e
}

func (a *active) fits(q *Request) bool {
	return fitsOperation(a.Operation, q.Operation) && fits(a.AccessKey, q.AccessKeyID) &&
		(a.Kind != Expire || q.SessionToken) && (a.Principal == "" || fits(a.Principal, q.Principal()))
}

// strikes counts a request that fits, and reports whether it gets into trouble.
func (a *active) strikes() bool {
	a.seen++
	if a.seen <= a.After || a.Count > 0 && a.hits >= a.Count || a.Rate > 0 && a.random.Float64() >= a.Rate {
		return false
	}
	a.hits++
	return true
}

func (a *active) add(e *Effect) {
	switch a.Kind {
	case Throttle:
		e.Err = throttled()
	case Error:
		e.Err = a.err()
	case Expire:
		e.Err = expired()
	case Hang:
		e.Delay, e.Drop = e.Delay+a.Duration, true
	case Drop:
		e.Drop = true
	case Delay:
		e.Delay += a.Duration
	case Lag:
		e.Lag = max(e.Lag, a.Duration)
	}
}
