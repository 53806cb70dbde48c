package advice

import (
	"context"

	"github.com/understudy-iam/understudy/evaluator"
)

// Denial is a request that was denied.
type Denial struct {
	Request  *evaluator.Request
	Policies *evaluator.Policies

	// Service and Operation are of the call that was made, such as sts and AssumeRole.
	Service, Operation string

	// Level names a level of a layer as records do, such as the ID of the unit to
	// which an SCP is attached, and LevelTitle as people do. Nil: no level has a name.
	Level, LevelTitle func(kind evaluator.Kind, level int) string

	// Devices are the serial numbers of the MFA devices that a user has and whose codes
	// the calls of STS take. False, or nil: that is not known.
	Devices Devices

	// Decide decides a request, as enforcement does.
	Decide Decider
}

// Devices finds the MFA devices of a user.
type Devices func(user *evaluator.Principal) (serials []string, known bool)

// Decider decides a request by policies. It ends with its context, and then the
// error is the context's.
type Decider func(context.Context, *evaluator.Request, *evaluator.Policies, *evaluator.Result) error

// maxShown is how many ways to have a request allowed are worth reading.
const maxShown = 5

// Of returns the advice about a denial, the best first; none if the request is
// allowed. When the context ends, it returns what it has found by then.
func Of(ctx context.Context, d *Denial) []Advice {
	s := newSearch(ctx, d)
	first, ok := s.begin()
	if !ok {
		return nil
	}
	if d.Request.ForeignResourceType {
		return []Advice{leave([]Step{{Kind: LeaveDenied, Sentence: "The action does not act on resources of " +
			"this type; no policy can allow it."}})}
	}
	s.expand(first, 0)
	list := s.ranked()
	if a, ok := s.withheld(first); ok {
		list = append([]Advice{a}, list...)
	}
	if steps := s.points(list); len(steps) > 0 {
		list = append(list, leave(steps))
	}
	return list
}

func leave(steps []Step) Advice { return Advice{Kind: LeaveDenied, Steps: steps} }
