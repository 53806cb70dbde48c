package authz

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/principal"
)

// ServiceCall is a call to a service other than IAM and STS. The Authorizer has no rules
// for it.
type ServiceCall struct {
	Service   string // the prefix of its actions, such as "dynamodb"
	Operation string // as the service names it, such as "BatchGetItem"

	// Needs are the permissions that the call needs, the primary one first; at least
	// one.
	Needs []Need

	// Parts are the parts of the call that the service answers one by one, as S3 does for
	// each key of DeleteObjects. Needs that are in no part belong to the whole call.
	Parts []Part

	// Policy returns the policy of a resource, empty if it has none. It is called before
	// the decision, and not in a transaction. Nil: there are no policies.
	Policy func(ctx context.Context, resource string) (string, error)

	// Tags returns the condition keys of the tags of a need's resource, and of the aliases
	// of a KMS key. It is called, not in a transaction, if a policy that takes part in the
	// decision mentions such a key. Nil: there are none.
	Tags func(ctx context.Context, n *Need) ([]Key, error)

	// Again says that the call was decided before, with fewer needs: the record of this
	// decision replaces the earlier one.
	Again bool
}

// Part is a part of a call. Its needs are Needs[From:To].
type Part struct{ From, To int }

// errNoNeeds is returned for a ServiceCall without needs: everybody could make the call.
var errNoNeeds = errors.New("authz: a call of another service needs no permission")

// DecideService decides whether the caller in ctx may make the call, in the present mode,
// and gives the record to Options.Observe, as Decide does. The call may be anonymous. It
// returns the error to answer: AccessDenied with AWS's text, or InvalidClientTokenId for
// credentials that are no longer valid.
//
// If only parts of the call are denied there is no such error, and denied has the error of
// each part, nil for parts that are allowed. Otherwise denied is nil.
//
// The call takes effect elsewhere, so it is not decided again. An error of
// ServiceCall.Policy and ServiceCall.Tags is returned unchanged.
func (a *Authorizer) DecideService(ctx context.Context, s *ServiceCall) (denied []error, err error) {
	if len(s.Needs) == 0 {
		return nil, errNoNeeds
	}
	who := principal.FromContext(ctx)
	rule := Rule{Service: s.Service, Operation: s.Operation, needs: func(*Query, any) ([]Need, error) { return s.Needs, nil }}
	c := call{a: a, rule: rule, maker: who, caller: who, mode: a.Mode(), parts: s.Parts, tags: s.Tags != nil, repeated: s.Again}
	if c.mode != Off && s.Policy != nil {
		if err := a.addPolicies(ctx, s); err != nil {
			return nil, err
		}
	}
	_, err = c.authorize(ctx)
	if errors.Is(err, errTagsWanted) {
		if err := s.addTags(ctx); err != nil {
			return nil, err
		}
		c.denied, c.wholly = nil, false
		_, err = c.authorize(ctx)
	}
	if err != nil && c.denied != nil && !c.wholly {
		return c.denied, nil
	}
	return nil, err
}

// addPolicies gets the policies of the resources. A document that is not a policy does not
// count: AWS would not have stored it.
func (a *Authorizer) addPolicies(ctx context.Context, s *ServiceCall) error {
	for i := range s.Needs {
		n := &s.Needs[i]
		if n.Trust || n.ResourcePolicy != "" || n.Barred != nil {
			continue
		}
		document, err := s.Policy(ctx, n.Resource)
		if err != nil {
			return err
		}
		if document == "" {
			continue
		}
		if _, err := a.cache.compile(&policyKey{
			kind: evaluator.Resource, name: resourcePolicyName, document: document,
		}, document); err == nil {
			n.ResourcePolicy = document
		}
	}
	return nil
}

// errTagsWanted ends a decision for which the tags of a resource are needed.
var errTagsWanted = errors.New("authz: a policy mentions the tags of a resource")

// addTags gets the tags of the resources.
func (s *ServiceCall) addTags(ctx context.Context) error {
	for i := range s.Needs {
		n := &s.Needs[i]
		keys, err := s.Tags(ctx, n)
		if err != nil {
			return err
		}
		n.Keys, n.tagged = slices.Concat(n.Keys, keys), true
	}
	return nil
}

// wantsTags reports whether the policies mention tags of the need's resource that
// were not asked for yet.
func (c *call) wantsTags(p *evaluator.Policies, n *Need) bool {
	return c.tags && !n.tagged && p.Mention(isOfResource)
}

// isOfResource reports whether the condition key is that of a resource's tag, such as
// aws:ResourceTag/team, ssm:resourceTag/team or s3:ExistingObjectTag/team, or of the
// aliases of a KMS key.
func isOfResource(key string) bool {
	_, name, _ := strings.Cut(key, ":")
	if strings.EqualFold(key, "kms:ResourceAliases") {
		return true
	}
	name, _, ok := strings.Cut(name, "/")
	return ok && (strings.EqualFold(name, "ResourceTag") || strings.EqualFold(name, "ExistingObjectTag"))
}

// noteDenial notes what is denied: a part of the call, or the whole.
func (c *call) noteDenial(need int, denial error) {
	for i, p := range c.parts {
		if p.From <= need && need < p.To {
			if c.denied == nil {
				c.denied = make([]error, len(c.parts))
			}
			if c.denied[i] == nil {
				c.denied[i] = denial
			}
			return
		}
	}
	c.wholly = true
}
