package seed

import (
	"crypto/sha256"
	"errors"
	"math/big"
	"slices"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/persistence"
)

// organizer writes the organization.
type organizer struct {
	options Options
	tx      persistence.Tx
	file    *organization

	record   *persistence.Organization
	policies map[string]string // IDs by name
}

// fullAWSAccess is the ID of the SCP that is attached unless it is detached.
const fullAWSAccess = "p-FullAWSAccess"

// apply replaces the organization of the management account by the declared one.
func (o *organizer) apply() error {
	management := o.file.management.value
	old, err := persistence.Organizations.Get(o.tx, management)
	if errors.Is(err, persistence.ErrNotFound) {
		old, err = &persistence.Organization{}, nil
	}
	if err != nil {
		return err
	}
	left := old.Accounts
	o.record = old // members that are not declared here, such as enabled features, stay
	o.record.ID, o.record.RootID = o.file.id.value, "r-"+o.id(4, "root")
	if !o.file.id.given() {
		o.record.ID = "o-" + o.id(10, "organization")
	}
	o.record.Units, o.record.Accounts, o.policies = nil, nil, map[string]string{}
	if err := o.writePolicies(); err != nil {
		return err
	}
	if err := o.writeRoot(); err != nil {
		return err
	}
	if err := o.writeAccess(); err != nil {
		return err
	}
	for _, account := range left {
		if slices.Contains(o.record.Accounts, account) {
			continue
		}
		if err := persistence.Members.Delete(o.tx, account); err != nil {
			return err
		}
	}
	slices.Sort(o.record.Accounts)
	return persistence.Organizations.Put(o.tx, management, o.record)
}

// id derives an ID of n characters from the thing that has it, so that it is always the
// same.
func (o *organizer) id(n int, parts ...string) string {
	h := sha256.New()
	for _, p := range append([]string{"understudy organization", o.file.management.value}, parts...) {
		h.Write([]byte(p + "\x00"))
	}
	text := new(big.Int).SetBytes(h.Sum(nil)).Text(36)
	return text[:n]
}

// writePolicies replaces the policies of the organization.
func (o *organizer) writePolicies() error {
	management := o.file.management.value
	var old []string
	for p, err := range persistence.OrganizationPolicies.Scan(o.tx, management, nil, nil) {
		if err != nil {
			return err
		}
		old = append(old, p.ID)
	}
	for _, id := range old {
		if err := persistence.OrganizationPolicies.Delete(o.tx, management, id); err != nil {
			return err
		}
	}
	o.policies["FullAWSAccess"] = fullAWSAccess
	for i := range o.file.policies {
		record, err := o.policy(&o.file.policies[i])
		if err != nil {
			return err
		}
		if err := persistence.OrganizationPolicies.Put(o.tx, management, record); err != nil {
			return err
		}
	}
	return nil
}

func (o *organizer) policy(p *organizationPolicy) (*persistence.OrganizationPolicy, error) {
	if o.policies[p.name.value] != "" {
		return nil, fault(p.name.line, "policy %s is there already: every organization has it from AWS; give yours another name",
			p.name.value)
	}
	record := &persistence.OrganizationPolicy{
		ID: "p-" + o.id(8, "policy", p.name.value), Name: p.name.value, Kind: persistence.ServiceControlPolicy, Document: p.document.value,
	}
	layer := evaluator.SCP
	if p.kind.value == "RCP" {
		record.Kind, layer = persistence.ResourceControlPolicy, evaluator.RCP
	}
	if !p.document.given() {
		return nil, fault(p.name.line, "policy %s needs document", p.name.value)
	}
	rules := evaluator.Validation{Partition: o.options.Partition.String()}
	if err := rules.Validate(p.document.value, layer); err != nil {
		return nil, ofDocument(fault(p.document.line, "policy %s: MalformedPolicyDocument: %s", p.name.value, err), err)
	}
	o.policies[p.name.value] = record.ID
	return record, nil
}

func (o *organizer) writeRoot() error {
	var err error
	root := &o.file.root
	if o.record.Policies, err = o.attached(&root.attached); err != nil {
		return err
	}
	if err := o.children(root, o.record.RootID, ""); err != nil {
		return err
	}
	management := o.file.management
	if slices.Contains(o.record.Accounts, management.value) {
		return nil
	}
	return o.member(&member{id: management, attached: attached{fullAWSAccess: true}}, o.record.RootID)
}

// children writes the units and accounts below a unit or the root.
func (o *organizer) children(u *unit, id, path string) error {
	for i := range u.accounts {
		if err := o.member(&u.accounts[i], id); err != nil {
			return err
		}
	}
	for i := range u.units {
		child := &u.units[i]
		policies, err := o.attached(&child.attached)
		if err != nil {
			return err
		}
		below := path + "/" + child.name.value
		record := persistence.Unit{
			ID: "ou-" + o.record.RootID[2:] + "-" + o.id(8, "unit", below), Name: child.name.value, ParentID: id, Policies: policies,
		}
		o.record.Units = append(o.record.Units, record)
		if err := o.children(child, record.ID, below); err != nil {
			return err
		}
	}
	return nil
}

func (o *organizer) member(m *member, parent string) error {
	account := m.id.value
	before, err := persistence.Members.Get(o.tx, account)
	switch {
	case errors.Is(err, persistence.ErrNotFound):
	case err != nil:
		return err
	case before.Management != o.file.management.value:
		return fault(m.id.line, "account %s belongs to the organization of account %s", account, before.Management)
	}
	policies, err := o.attached(&m.attached)
	if err != nil {
		return err
	}
	if err := openAccount(o.options, o.tx, account); err != nil {
		return err
	}
	o.record.Accounts = append(o.record.Accounts, account)
	return persistence.Members.Put(o.tx, account, &persistence.Member{
		Management: o.file.management.value, ParentID: parent, Policies: policies,
	})
}

// attached returns the IDs of the policies that are attached to a root, unit or account.
func (o *organizer) attached(a *attached) ([]string, error) {
	var ids []string
	if a.fullAWSAccess {
		ids = append(ids, fullAWSAccess)
	}
	for _, name := range a.policies {
		id := o.policies[name.value]
		if id == "" {
			return nil, fault(name.line, "the organization declares no policy %q", name.value)
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}
