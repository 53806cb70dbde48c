package iam

import (
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// An entityRef holds the parts of the ARN of a user, group or role.
type entityRef struct {
	kind    *identityKind
	arn     string
	account string
	name    string
}

// parseEntity reads the ARN of a user, group or role of any account.
func parseEntity(p principal.Partition, arn string) (entityRef, bool) {
	a, ok := p.ParseIAM(arn)
	noun, _, name := a.Entity()
	if !ok || name == "" {
		return entityRef{}, false
	}
	kind, ok := identityKinds[noun]
	return entityRef{kind, arn, a.AccountID, name}, ok
}

// holder finds the entity by its name. The path in the ARN does not count (recorded).
func (r entityRef) holder(tx persistence.Tx) (*authz.Holder, error) {
	i, err := r.kind.find(tx, r.account, r.name)
	return &i.Holder, err
}

// sourceEntity finds the entity whose policies a principal operation looks at.
func sourceEntity(tx persistence.Tx, own principal.Account, arn string) (*authz.Holder, error) {
	ref, ok := parseEntity(own.Partition, arn)
	if !ok {
		return nil, invalidSourceARN(arn)
	}
	if ref.account != own.ID {
		return nil, foreignSource(own.ID, ref.account)
	}
	h, err := ref.holder(tx)
	if errors.Is(err, persistence.ErrNotFound) {
		return nil, noSuchSource()
	}
	return h, err
}

// An actor is the caller of the simulated actions.
type actor struct {
	known   bool // a CallerArn was given or follows from the source
	ref     entityRef
	account string
	id      string // AIDA... or AROA..., if the actor exists
}

// readActor reads CallerArn. A ResourcePolicy needs one to compare its
// principals with.
func (m *simulation) readActor() error {
	m.actor.account = m.caller.AccountID
	if m.in.caller == nil {
		if m.in.resourcePolicy != nil {
			return noSimulatedCaller()
		}
		return nil
	}
	arn := aws.ToString(m.in.caller)
	ref, ok := parseEntity(m.service.partition, arn)
	switch {
	case ok:
	case m.in.source != nil && arn == aws.ToString(m.in.source):
		return invalidSourceARN(arn)
	case m.in.resourcePolicy != nil:
		return notSimulatedCaller()
	default:
		return unclearEntity(arn)
	}
	m.actor.known, m.actor.ref, m.actor.account = true, ref, ref.account
	return nil
}

// principal returns the simulated caller for the statements of resource policies. A role
// has no session here, so a statement that names the role's own ARN applies, but none
// that names a session. A group counts like a user, as in AWS, where a resource policy
// for everyone allows a group too (recorded).
func (a *actor) principal() evaluator.Principal {
	p := evaluator.Principal{Kind: evaluator.User, Account: a.account}
	if !a.known {
		return p
	}
	p.EntityARN, p.EntityID = a.ref.arn, a.id
	if a.ref.kind == roleKind {
		p.Kind = evaluator.RoleSession
	} else {
		p.ARN = a.ref.arn
	}
	return p
}
