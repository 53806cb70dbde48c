package advice

import (
	"context"

	"github.com/understudy-iam/understudy/evaluator"
)

// Denial is a request that was denied.
type Denial struct {
	Request  *evaluator.Request
	Policies *evaluator.Policies

	// Service and Operation name the call that was made, such as sts and AssumeRole.
	Service, Operation string

	// Input is a pointer to the input of the call, as in the SDK, or an *awscli.Call; nil
	// if it is not known, as for a question.
	Input any

	// Level is the name of a level of a layer in records, such as the ID of the unit to
	// which an SCP is attached. LevelTitle is its name for people. Nil: no level has a
	// name.
	Level, LevelTitle func(kind evaluator.Kind, level int) string

	// Elsewhere says why the resource cannot be where the policies are, and Here is the
	// ARN that it would have there. Empty: it can be there.
	Elsewhere, Here string

	// Devices finds the serial numbers of a user's MFA devices whose codes the calls of
	// STS take. False, or nil: they are not known.
	Devices Devices

	// Powers finds what users, roles and members of groups may do now, to warn if a
	// change opens the way to an administrator. Nil: that is not known.
	Powers Powers

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
	if d.Elsewhere != "" {
		return []Advice{leave([]Step{{Kind: LeaveDenied, Sentence: "No policy can name " + d.Request.Resource + ": " + d.Elsewhere +
			". If " + d.Here + " is meant, correct the ARN."}})}
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
