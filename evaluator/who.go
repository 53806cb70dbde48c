package evaluator

import (
	"cmp"
	"slices"
	"strings"
)

// principalRule says how the principals of a statement are read.
type principalRule uint8

const (
	anyone        principalRule = iota // the kind of policy has no Principal
	nobody                             // it must have one, and does not
	someOf                             // Principal
	noneOf                             // NotPrincipal
	exemptingOnly                      // NotPrincipal with Deny
)

type principalForm uint8

const (
	formNever principalForm = iota
	formEveryone
	formAccount // value is the account ID
	formARN     // of a user, role, role session or federated user
	formID      // AIDA... or AROA...
	formService
	formFederated
	formCanonical
)

// principalPattern is one principal of a resource-based policy. There are no partial
// wildcards: "*" is only valid alone.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
type principalPattern struct {
	form  principalForm
	value string
	head  string // of formAccount: how ARNs of its partition begin; empty if the account ID is named
}

func (s *statement) compilePrincipals(source *Statement, kind Kind) {
	named := source.Principals
	switch {
	case kind == Identity, kind == Boundary, kind == Session, kind == SCP, kind == RCP,
		kind == VPCEndpoint && slices.ContainsFunc(named, isEveryone):
		s.who = anyone
		return
	case source.has&hasPrincipal != 0:
		s.who = someOf
	case source.has&hasNotPrincipal != 0 && source.Effect == Deny:
		s.who, named = exemptingOnly, source.NotPrincipals
	case source.has&hasNotPrincipal != 0:
		s.who, named = noneOf, source.NotPrincipals
	case kind == Resource, kind == Trust:
		s.who = nobody
	default: // an endpoint policy without a principal is for everyone
		s.who = anyone
	}
	for _, p := range named {
		s.principals = append(s.principals, compilePrincipal(p.Type, p.Value))
	}
}

// isEveryone reports whether p is "*". In RCPs, which know no other principal,
// and endpoint policies it means federated calls too, which in other policies match Federated only.
func isEveryone(p PrincipalRef) bool { return p.Value == "*" && (p.Type == "" || p.Type == "AWS") }

func compilePrincipal(kind, value string) principalPattern {
	switch kind {
	case "", "AWS":
		return compileAWSPrincipal(value)
	case "Service":
		return principalPattern{form: formService, value: value}
	case "Federated":
		return principalPattern{form: formFederated, value: value}
	case "CanonicalUser":
		return principalPattern{form: formCanonical, value: value}
	}
	return principalPattern{}
}

func compileAWSPrincipal(value string) principalPattern {
	if value == "*" {
		return principalPattern{form: formEveryone, value: value}
	}
	if len(value) == 12 && digits(value) {
		return principalPattern{form: formAccount, value: value}
	}
	if !strings.HasPrefix(value, "arn:") {
		return principalPattern{form: formID, value: value}
	}
	if parts, _ := splitARN(value, 0); parts[2] == "iam" && parts[5] == "root" {
		return principalPattern{formAccount, parts[4], "arn:" + parts[1] + ":"}
	}
	return principalPattern{form: formARN, value: value}
}

// grant returns how the pattern names the caller.
func (p *principalPattern) grant(c *Principal) Grant {
	switch p.form {
	case formEveryone:
		if c.Kind == WebIdentity || c.Kind == SAML {
			return NoGrant // such calls match Federated only
		}
		return GrantPrincipal
	case formAccount:
		return grantIf(c.Kind.signed() && c.Account == p.value && c.isIn(p.head), c.accountGrant())
	case formCanonical:
		return grantIf(c.Kind.signed() && c.CanonicalID == p.value, c.accountGrant())
	case formARN:
		return c.entityGrant(p.value == c.ARN, p.value == c.EntityARN)
	case formID:
		return c.entityGrant(c.Kind == User && p.value == c.EntityID, p.value == c.EntityID)
	case formService:
		return grantIf(c.Kind == Service && p.value == c.Service, GrantPrincipal)
	case formFederated:
		return grantIf((c.Kind == WebIdentity || c.Kind == SAML) && p.value == c.Federated, GrantPrincipal)
	}
	return NoGrant
}

func grantIf(ok bool, g Grant) Grant {
	if ok {
		return g
	}
	return NoGrant
}

// isIn reports whether the caller's ARN begins like those of the partition. Principals of
// another partition never match, even with the same account ID. A caller without an ARN is in
// every partition.
func (c *Principal) isIn(head string) bool {
	arn := cmp.Or(c.ARN, c.EntityARN)
	return arn == "" || strings.HasPrefix(arn, head)
}

// accountGrant returns the grant of a policy that names the caller's account: it means the root
// user itself, and delegates for all others.
func (c *Principal) accountGrant() Grant {
	if c.Kind == Root {
		return GrantPrincipal
	}
	return GrantAccount
}

func (c *Principal) entityGrant(self, entity bool) Grant {
	switch {
	case !c.Kind.signed() || c.Kind == Root:
		return NoGrant
	case self:
		return GrantPrincipal
	case entity:
		return GrantEntity
	}
	return NoGrant
}

// appliesTo reports whether the statement is about the caller, and how a resource-based policy
// names the caller.
func (s *statement) appliesTo(e *evaluation) (Grant, bool) {
	c := &e.req.Principal
	switch s.who {
	case anyone:
		return NoGrant, true
	case nobody:
		return NoGrant, false
	case exemptingOnly:
		return NoGrant, e.pol.Boundary != nil || !s.exempts(c)
	}
	best := NoGrant
	for i := range s.principals {
		best = max(best, s.principals[i].grant(c))
	}
	if s.who == noneOf {
		return GrantPrincipal, best == NoGrant
	}
	if best == GrantAccount && s.namesArn && c.Kind != User {
		best = GrantEntity // as if the role were named
	}
	return best, best != NoGrant
}

// exempts reports whether NotPrincipal exempts the caller from a Deny. To exempt a user or
// session, its account must be listed too, and for a session also its role or user: everything
// that is not listed is denied, with all that it contains.
// Callers with a permissions boundary are never exempt (see appliesTo).
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
func (s *statement) exempts(c *Principal) bool {
	var account, entity, self bool
	for i := range s.principals {
		p := &s.principals[i]
		g := p.grant(c)
		switch {
		case g == NoGrant:
		case p.form == formEveryone:
			return true
		case p.form == formAccount, p.form == formCanonical:
			account = true
		case g == GrantEntity:
			entity = true
		default:
			self = true
		}
	}
	switch c.Kind {
	case Root:
		return account
	case User:
		return account && self
	case RoleSession, FederatedUser:
		return account && entity && self
	}
	return self
}
