package authz

import (
	"cmp"
	"fmt"
	"strings"
	"sync"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/catalog"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// FullAWSAccess is the ID of the SCP that AWS attaches to every new root, unit and account,
// and that can be detached.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
const FullAWSAccess = "p-FullAWSAccess"

// The documents of AWS's own SCP and RCP, which have no record. RCPFullAWSAccess is attached
// at every level and cannot be detached.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
const (
	FullAWSAccessDocument    = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	RCPFullAWSAccessDocument = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}`
)

// Organization is what decisions need to know of an account's organization.
type Organization struct {
	ID         string // o-...
	Management string // ID of the management account
	Path       string // as aws:PrincipalOrgPaths has it: "o-x/r-x/ou-x/"

	// SCP and RCP are the policies that limit the account, by level: the root,
	// each unit, the account. They do not limit the management account.
	SCP, RCP [][]*evaluator.Policy

	// Levels are the names of these levels for people: "the root", "OU Work", "account
	// 111122223333".
	Levels []string
}

// Organization returns the account's organization, nil if it is in none. It is the only
// source of SCPs and RCPs, for enforcement and for simulations.
func (a *Authorizer) Organization(tx persistence.Tx, account string) (*Organization, error) {
	if account == "" { // of an anonymous caller
		return nil, nil
	}
	if o := a.orgs.Get(tx, account); o != nil {
		return o.orNil(), nil
	}
	tx = persistence.Noting(tx)
	o, err := a.gatherOrganization(tx, account)
	if err != nil {
		return nil, err
	}
	a.orgs.Put(tx, account, o)
	return o.orNil(), nil
}

// levels returns the names of the organization's levels; none if it is nil.
func (o *Organization) levels() []string {
	if o == nil {
		return nil
	}
	return o.Levels
}

// orNil returns nil for the cached entry of an account without an organization.
func (o *Organization) orNil() *Organization {
	if o.ID == "" {
		return nil
	}
	return o
}

// Exempt says whether the organization's policies do not limit the account because it is
// the management account.
func (o *Organization) Exempt(account string) evaluator.Exemption {
	if account == o.Management {
		return evaluator.ManagementAccount
	}
	return evaluator.NotExempt
}

func (a *Authorizer) gatherOrganization(tx persistence.Tx, account string) (*Organization, error) {
	record, member, err := persistence.OrganizationOf(tx, account)
	if err != nil || record == nil {
		return &Organization{}, err
	}
	units, ok := record.Path(member.ParentID)
	if !ok {
		return nil, fmt.Errorf("%w: account %s is in no unit of its organization", persistence.ErrDamaged, account)
	}
	o := &Organization{ID: record.ID, Management: member.Management, Path: record.ID + "/" + record.RootID + "/"}
	levels := [][]string{record.Policies}
	o.Levels = []string{"the root"}
	for _, u := range units {
		levels = append(levels, u.Policies)
		o.Path += u.ID + "/"
		o.Levels = append(o.Levels, "OU "+cmp.Or(u.Name, u.ID))
	}
	o.Levels = append(o.Levels, "account "+account)
	for _, ids := range append(levels, member.Policies) {
		if err := a.level(tx, o, ids); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// level appends the policies attached at one level.
func (a *Authorizer) level(tx persistence.Tx, o *Organization, ids []string) error {
	rcp, err := a.organizationPolicy(o, &persistence.OrganizationPolicy{
		ID: "p-RCPFullAWSAccess", Name: "RCPFullAWSAccess", Kind: persistence.ResourceControlPolicy, Document: RCPFullAWSAccessDocument,
	})
	if err != nil {
		return err
	}
	scps, rcps := []*evaluator.Policy{}, []*evaluator.Policy{rcp}
	for _, id := range ids {
		record, err := organizationRecord(tx, o.Management, id)
		if err != nil {
			return err
		}
		p, err := a.organizationPolicy(o, record)
		if err != nil {
			return err
		}
		if p.Kind() == evaluator.RCP {
			rcps = append(rcps, p)
		} else {
			scps = append(scps, p)
		}
	}
	o.SCP, o.RCP = append(o.SCP, scps), append(o.RCP, rcps)
	return nil
}

func organizationRecord(tx persistence.Tx, management, id string) (*persistence.OrganizationPolicy, error) {
	if id == FullAWSAccess {
		return &persistence.OrganizationPolicy{
			ID: id, Name: "FullAWSAccess", Kind: persistence.ServiceControlPolicy, Document: FullAWSAccessDocument,
		}, nil
	}
	p, err := persistence.OrganizationPolicies.Get(tx, management, id)
	if err != nil {
		return nil, fmt.Errorf("policy %s of the organization of %s: %w", id, management, err)
	}
	return p, nil
}

func (a *Authorizer) organizationPolicy(o *Organization, p *persistence.OrganizationPolicy) (*evaluator.Policy, error) {
	kind := evaluator.SCP
	if p.Kind == persistence.ResourceControlPolicy {
		kind = evaluator.RCP
	}
	resource := strings.ToLower(p.Kind) + "/" + p.ID
	parts := principal.ARN{Service: "organizations", AccountID: o.Management, Resource: "policy/" + o.ID + "/" + resource}
	if strings.HasSuffix(p.ID, FullAWSAccess[len("p-"):]) {
		parts.AccountID, parts.Resource = principal.AWSAccount, "policy/"+resource
	}
	arn := a.options.Partition.ARN(parts)
	k := policyKey{kind: kind, name: p.Name, arn: arn, document: p.Document}
	compiled, err := a.cache.compile(&k, p.Document)
	if err != nil {
		return nil, fmt.Errorf("policy %s: %w", arn, err)
	}
	return compiled, nil
}

// Limit puts the SCPs that limit a holder of policies into p, or the reason why it is
// exempt: users and roles of the management account are, and service-linked roles. For a
// Holder without a Kind, such as that of a root user, only the account counts.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
func (a *Authorizer) Limit(tx persistence.Tx, h *Holder, p *evaluator.Policies) error {
	p.SCP, p.SCPExempt = nil, evaluator.NotExempt
	o, err := a.Organization(tx, h.Account)
	if err != nil || o == nil {
		return err
	}
	p.SCP, p.SCPExempt = o.SCP, o.Exempt(h.Account)
	if serviceLinked(h) {
		p.SCPExempt = evaluator.ServiceLinkedRole
	}
	return nil
}

// limitCaller puts the SCPs of the caller's account into p.
func (c *call) limitCaller(tx persistence.Tx, p *evaluator.Policies, h *Holder) error {
	if h == nil {
		h = &Holder{Account: c.caller.AccountID}
	}
	if err := c.a.Limit(tx, h, p); err != nil {
		return err
	}
	var err error
	c.organization, err = c.a.Organization(tx, h.Account)
	return err
}

// limitResource puts the RCPs of the account that owns the resource into p, if
// the service is one that they apply to.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
func (c *call) limitResource(tx persistence.Tx, p *evaluator.Policies, h *Holder, n *Need) error {
	p.RCP, p.RCPExempt = nil, evaluator.NotExempt
	n.organization = nil
	owner := n.owner(c.caller)
	o, err := c.a.Organization(tx, owner)
	if err != nil || o == nil {
		return err
	}
	n.organization = o
	if !rcpActions(n.Action) {
		return nil
	}
	p.RCP, p.RCPExempt = o.RCP, o.Exempt(owner)
	switch {
	case serviceLinked(h):
		p.RCPExempt = evaluator.ServiceLinkedRole
	case strings.EqualFold(n.Action, "kms:RetireGrant"):
		p.RCPExempt = evaluator.ExemptAction
	}
	return nil
}

func serviceLinked(h *Holder) bool {
	return h != nil && h.Kind == "role" && strings.HasPrefix(h.Path, principal.ServiceRoles)
}

// rcpServices are the prefixes of the services to which RCPs apply.
var rcpServices = sync.OnceValue(func() map[string]bool {
	prefixes := map[string]bool{}
	for s := range catalog.Services() {
		if s.ResourceControlPolicies {
			prefixes[strings.ToLower(s.Prefix)] = true
		}
	}
	return prefixes
})

func rcpActions(action string) bool {
	service, _, _ := strings.Cut(action, ":")
	return rcpServices()[strings.ToLower(service)]
}

// organizationKeys sets the condition keys of the two accounts' organizations.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgid
func organizationKeys(ctx *evaluator.Context, caller, owner *Organization) {
	if caller != nil {
		ctx.Set("aws:PrincipalOrgID", caller.ID)
		ctx.SetMulti("aws:PrincipalOrgPaths", caller.Path)
	}
	if owner != nil {
		ctx.Set("aws:ResourceOrgID", owner.ID)
		ctx.SetMulti("aws:ResourceOrgPaths", owner.Path)
	}
}

// owner returns the account that owns the resource.
func (n *Need) owner(caller *principal.Caller) string {
	if n.Owner != "" {
		return n.Owner
	}
	return caller.AccountID
}
