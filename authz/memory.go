package authz

import (
	"iter"
	"slices"

	"github.com/understudy-iam/understudy/evaluator"
)

// Memory counts approximately how many bytes the compiled policies take to which a number
// of decisions refer. Calls share policies, so each counts once. What a decision does not
// share is its Bytes. The zero Memory counts no decisions. It is not safe for concurrent
// use.
type Memory struct {
	bytes    int
	policies map[*evaluator.Policy]int // in how many Shared each is
}

// Shared are the policies to which decisions refer and that are counted in a Memory. Remove
// needs them: an old decision is no longer in the processor's cache, and going through it
// again would take longer than everything else that counting does. The zero value is empty.
type Shared struct{ policies []*evaluator.Policy }

// keptShared is the number of policies for which an emptied Shared keeps room.
const keptShared = 8

// Bytes returns approximately how many bytes the policies take.
func (m *Memory) Bytes() int { return m.bytes }

// Add counts the policies of a decision, and adds them to s.
func (m *Memory) Add(d *Decision, s *Shared) {
	if m.policies == nil {
		m.policies = map[*evaluator.Policy]int{}
	}
	for p := range d.policies() {
		if slices.Contains(s.policies, p) {
			continue
		}
		s.policies = append(s.policies, p)
		if m.policies[p]++; m.policies[p] == 1 {
			m.bytes += policyBytes(p)
		}
	}
}

// Remove undoes the counting of the decisions that were added to s, and empties s.
func (m *Memory) Remove(s *Shared) {
	for _, p := range s.policies {
		if m.policies[p]--; m.policies[p] == 0 {
			delete(m.policies, p)
			m.bytes -= policyBytes(p)
		}
	}
	clear(s.policies)
	if s.policies = s.policies[:0]; cap(s.policies) > keptShared {
		s.policies = nil
	}
}

// How many bytes things take, measured; a test compares the sum with the heap.
const (
	decisionBytes = 112
	checkBytes    = 930 // with its context, and the texts of a usual result
	needKeyBytes  = 80
	layerBytes    = 80
	matchBytes    = 64 // in its layer and in the result
	compiledTimes = 12 // a compiled policy, in multiples of its document
)

// Bytes returns approximately how many bytes the decision does not share with others.
func (d *Decision) Bytes() int {
	n := decisionBytes
	for i := range d.Checks {
		c := &d.Checks[i]
		n += checkBytes + len(c.Need.Resource) + len(c.Need.ResourcePolicy) + len(c.Need.TrustPolicy) +
			(len(c.Need.Keys)+len(c.Need.Tags))*needKeyBytes +
			cap(c.Result.Layers)*layerBytes + cap(c.Result.Matches)*matchBytes
		if c.Request.Context != nil {
			n += c.Request.Context.Bytes()
		}
	}
	return n
}

func policyBytes(p *evaluator.Policy) int { return compiledTimes * len(p.Document().Source()) }

// policies yields the policies to which the decision refers, some of them several times.
func (d *Decision) policies() iter.Seq[*evaluator.Policy] {
	return func(yield func(*evaluator.Policy) bool) {
		for i := range d.Checks {
			p := &d.Checks[i].Policies
			for _, one := range [...]*evaluator.Policy{p.Boundary, p.Resource, p.VPCEndpoint} {
				if one != nil && !yield(one) {
					return
				}
			}
			if !each(yield, p.Identity) || !each(yield, p.Session, p.Limits) || !each(yield, p.SCP...) || !each(yield, p.RCP...) {
				return
			}
		}
	}
}

func each(yield func(*evaluator.Policy) bool, lists ...[]*evaluator.Policy) bool {
	for _, list := range lists {
		for _, p := range list {
			if !yield(p) {
				return false
			}
		}
	}
	return true
}
