package iam

import (
	"errors"
	"strings"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// strictContext supplies the keys that enforcement would: those of the caller and its
// tags, of the resource and its tags, and of the request that asks for the simulation
// (time, address, agent). Keys that an operation takes from its parameters, such as
// aws:RequestTag, must be passed as context entries. RCPs of the resource's organization
// count too.
func (m *simulation) strictContext(ctx *evaluator.Context, r *simulatedRequest, p *evaluator.Policies) error {
	need, err := m.strictNeed(r)
	if err != nil {
		return err
	}
	caller, h, err := m.strictCaller()
	if err != nil {
		return err
	}
	request := &authz.Simulated{Query: m.service.authz.Query(m.tx, caller), Holder: h, Need: &need}
	if err := m.service.authz.Enforced(request, ctx, p); err != nil {
		return err
	}
	if !m.actor.known {
		ctx.Delete("aws:userid")
		ctx.Delete("aws:PrincipalArn")
	}
	if !m.actor.known || m.actor.ref.kind != userKind {
		ctx.Delete("aws:username")
	}
	return nil
}

// strictCaller returns the actor as a caller: a user, or a session of a role that has
// just begun, without MFA. An actor that does not exist has no tags and no ID.
func (m *simulation) strictCaller() (*principal.Caller, *authz.Holder, error) {
	c := &principal.Caller{Request: m.caller.Request}
	c.Kind, c.AccountID, c.ARN = principal.User, m.actor.account, m.actor.ref.arn
	if !m.actor.known {
		return c, &authz.Holder{Account: m.actor.account}, nil
	}
	h, err := m.actor.ref.holder(m.tx)
	if errors.Is(err, persistence.ErrNotFound) {
		h, err = &authz.Holder{Kind: m.actor.ref.kind.noun, Account: m.actor.account, Name: m.actor.ref.name, Path: "/"}, nil
	}
	if err != nil {
		return nil, nil, err
	}
	c.UserID, c.EntityID, c.Name = h.ID, h.ID, h.Name
	if m.actor.ref.kind == roleKind {
		c.Kind, c.UserID = principal.AssumedRole, h.ID+":simulation"
		c.Session = &principal.Session{Operation: "AssumeRole", IssuedAt: m.service.clock()}
	}
	return c, h, nil
}

// strictNeed returns the permission that the simulated action needs, with the resource's
// tags and keys if this server has the resource.
func (m *simulation) strictNeed(r *simulatedRequest) (authz.Need, error) {
	need, err := resourceNeed(m.service.authz.Query(m.tx, m.caller), r.action.fullName(), r.resource)
	need.Owner = r.owner
	return need, err
}

// StoredNeed returns the permission for an action on a resource, with what the state
// knows of it: the tags and keys of an IAM resource in the caller's account, and what the
// account's password policy grants to its users.
func StoredNeed(q *authz.Query, action, resource string) (authz.Need, error) {
	need, err := resourceNeed(q, action, resource)
	if err != nil || action != "iam:ChangePassword" && action != "iam:GetAccountPasswordPolicy" {
		return need, err
	}
	if action == "iam:ChangePassword" && resource != q.Caller.ARN && resource != "*" {
		return need, nil // users can change only their own
	}
	granted, err := grantedByPasswordPolicy(q, need)
	if err != nil {
		return need, err
	}
	return granted[0], nil
}

func resourceNeed(q *authz.Query, action, resource string) (authz.Need, error) {
	need := authz.Need{Action: action, Resource: resource}
	arn, _ := principal.ParseARN(resource)
	noun, _, name := arn.Entity()
	of, ok := resourceNeeds[noun]
	if !ok || arn.Service != "iam" || arn.AccountID != q.Account() {
		return need, nil
	}
	stored, err := of(q, action, storedResource{resource, name})
	need.Tags, need.Keys = stored.Tags, stored.Keys
	return need, err
}

// storedResource is a resource of IAM as its ARN names it.
type storedResource struct{ arn, name string }

// resourceNeeds are the functions by which enforcement finds the tags and the other condition
// keys of IAM's resources. The map's key is the beginning of the resource part of the ARN.
var resourceNeeds = map[string]func(*authz.Query, string, storedResource) (authz.Need, error){
	"user": func(q *authz.Query, action string, r storedResource) (authz.Need, error) {
		return identityNeed(q, userKind, action, r.name)
	},
	"group": func(q *authz.Query, action string, r storedResource) (authz.Need, error) {
		return identityNeed(q, groupKind, action, r.name)
	},
	"role": func(q *authz.Query, action string, r storedResource) (authz.Need, error) {
		return identityNeed(q, roleKind, action, r.name)
	},
	"policy": func(q *authz.Query, action string, r storedResource) (authz.Need, error) {
		return policyNeed(q, action, r.arn)
	},
	"instance-profile": func(q *authz.Query, action string, r storedResource) (authz.Need, error) {
		return instanceProfileNeed(q, action, r.name)
	},
	"mfa": func(q *authz.Query, action string, r storedResource) (authz.Need, error) {
		return mfaDeviceNeed(q, action, &r.arn)
	},
	"oidc-provider": func(q *authz.Query, action string, r storedResource) (authz.Need, error) {
		return oidcProviderNeed(q, action, &r.arn)
	},
	"saml-provider": func(q *authz.Query, action string, r storedResource) (authz.Need, error) {
		return samlProviderNeed(q, action, &r.arn)
	},
	"server-certificate": func(q *authz.Query, action string, r storedResource) (authz.Need, error) {
		return serverCertificateNeed(q, action, r.name)
	},
}

// settled decides the actions of STS for which enforcement asks no policy: every caller
// may call GetCallerIdentity, users may ask for a session token, and role sessions may
// ask for neither a session token nor a federation token.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp.html#sts-regionendpoints-comparison
func (m *simulation) settled(a *simulatedAction) (outcome, bool) {
	role := m.actor.known && m.actor.ref.kind == roleKind
	switch name := strings.ToLower(a.name); {
	case !m.service.strict:
	case name == "sts:getcalleridentity", name == "sts:getsessiontoken" && !role:
		return outcome{decision: evaluator.Allowed}, true
	case role && (name == "sts:getsessiontoken" || name == "sts:getfederationtoken"):
		return outcome{decision: evaluator.ImplicitDeny}, true
	}
	return outcome{}, false
}

// storedTrust returns the trust policy of a stored role, for simulations without a
// ResourcePolicy; nil if there is no such role.
func (m *simulation) storedTrust(role string) (*evaluator.Policy, error) {
	ref, ok := parseEntity(m.service.partition, role)
	if !ok || ref.kind != roleKind {
		return nil, nil
	}
	r, err := persistence.Roles.Get(m.tx, ref.account, ref.name)
	if err != nil {
		return nil, unlessAbsent(err)
	}
	return evaluator.Compile(r.TrustPolicy, evaluator.Trust, resourcePolicyOrigin)
}
