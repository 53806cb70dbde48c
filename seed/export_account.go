package seed

import (
	"cmp"
	"slices"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// settings reads the record of the account, if there is one.
func (e *accountExporter) settings(a *account) error {
	r, err := persistence.Accounts.Get(e.tx, e.id)
	if err != nil && !absent(err) {
		return err
	}
	if err == nil {
		a.CreateDate, a.Alias, a.SealingKey = givenTime(r.CreateDate), given(r.Alias), givenBlob(r.SealingKey)
		if r.GlobalTokenV2 {
			a.TokenVersion = text{"v2Token", 1}
		}
		a.RoleManager, a.Quotas = givenFlag(r.RoleManager), exportQuotas(r)
	}
	if a.OutboundFederation, err = e.outboundFederation(r); err != nil {
		return err
	}
	a.IDPKeys, err = export(persistence.IDPKeys.Scan(e.tx, e.id, nil, nil), func(k *persistence.IDPKey) (idpKey, error) {
		return idpKey{text{k.Kind, 1}, text{k.KeyID, 1}, givenBlob(k.DER), givenBlob(k.Certificate)}, nil
	})
	if err != nil {
		return err
	}
	p, err := persistence.PasswordPolicies.Get(e.tx, e.id)
	if absent(err) {
		return nil
	}
	if err != nil {
		return err
	}
	a.PasswordPolicy = &passwordPolicy{
		MinimumLength: number{givenNumber(int64(p.MinimumLength))}, RequireSymbols: givenFlag(p.RequireSymbols),
		RequireNumbers: givenFlag(p.RequireNumbers), RequireUppercase: givenFlag(p.RequireUppercase),
		RequireLowercase: givenFlag(p.RequireLowercase), AllowChange: givenFlag(p.AllowChange),
		MaxAge: number{givenNumber(int64(p.MaxAge))}, Reuse: number{givenNumber(int64(p.Reuse))},
	}
	if p.HardExpiry != nil {
		a.PasswordPolicy.HardExpiry = flag{*p.HardExpiry, 1}
	}
	return nil
}

func (e *accountExporter) outboundFederation(r *persistence.Account) (*outboundFederation, error) {
	keys, err := export(persistence.TokenKeys.Scan(e.tx, e.id, nil, nil), func(k *persistence.TokenKey) (tokenKey, error) {
		return tokenKey{text{k.ID, 1}, givenBlob(k.DER)}, nil
	})
	if err != nil || r == nil || len(keys) == 0 && !r.OutboundFederation && r.OutboundIssuer == "" {
		return nil, err
	}
	return &outboundFederation{Enabled: flag{r.OutboundFederation, 1}, Issuer: given(r.OutboundIssuer), Keys: keys}, nil
}

// root reads what is known of the root user; nil if nothing is known.
func (e *accountExporter) root() (*root, error) {
	certificates, err := e.signingCertificates(e.id)
	if err != nil {
		return nil, err
	}
	p, err := persistence.RootPasswords.Get(e.tx, e.id)
	switch {
	case absent(err) && len(certificates) == 0:
		return nil, nil
	case absent(err):
		return &root{SigningCertificates: certificates}, nil
	case err != nil:
		return nil, err
	}
	return &root{Password: flag{!p.Deleted, 1}, PasswordDate: givenTime(p.CreateDate), SigningCertificates: certificates}, nil
}

// spentAliases returns the names that no credential has any more, by service.
func (e *accountExporter) spentAliases() (textLists, error) {
	used := map[string]bool{}
	for c, err := range persistence.ServiceCredentials.Scan(e.tx, e.id, nil, nil) {
		if err != nil {
			return nil, err
		}
		used[c.Service+" "+c.Alias] = true
	}
	spent := map[string][]string{}
	for a, err := range persistence.ServiceAliases.Scan(e.tx, e.id, nil, nil) {
		if err != nil {
			return nil, err
		}
		if !used[a.Service+" "+a.Alias] {
			spent[a.Service] = append(spent[a.Service], a.Alias)
		}
	}
	return givenLists(spent), nil
}

func (e *accountExporter) delegationTemplate(t *persistence.DelegationTemplate) (delegationTemplate, error) {
	return delegationTemplate{
		Name: text{principal.Name(t.ARN), 1}, Requestor: given(t.Requestor), Policy: givenContent(t.Document),
	}, nil
}

func (e *accountExporter) delegationRequest(r *persistence.DelegationRequest) (delegationRequest, error) {
	x := delegationRequest{
		ID: given(r.ID), RequestorName: given(r.RequestorName), WorkflowID: given(r.WorkflowID), Description: given(r.Description),
		Message: given(r.Message), RedirectURL: given(r.RedirectURL), Channel: given(r.Channel),
		SessionDuration: number{number64{int64(r.SessionDuration), 1}}, OnlySendByOwner: givenFlag(r.OnlySendByOwner),
		Template: given(r.TemplateARN), Policy: givenContent(r.Policy), OwnerAccount: given(r.OwnerAccount), Owner: given(r.OwnerID),
		Approver: given(r.ApproverID), ApproverEntity: given(r.Approver), Session: exportSession(r.ApproverSession),
		Notes: given(r.Notes), RejectionReason: given(r.RejectionReason), Token: given(r.Token),
	}
	for _, p := range r.Parameters {
		kind := text{}
		if p.List {
			kind = text{"stringList", 1}
		}
		x.Parameters = append(x.Parameters, delegationParameter{Name: given(p.Name), Type: kind, Values: givenTexts(p.Values)})
	}
	for _, c := range r.Changes {
		x.Changes = append(x.Changes, delegationChange{given(c.State), givenTime(c.Time)})
	}
	return x, nil
}

func exportSession(s *persistence.ApproverSession) *approverSession {
	if s == nil {
		return nil
	}
	return &approverSession{
		Name: given(s.Name), Policy: givenContent(s.Policy), PolicyARNs: givenTexts(s.PolicyARNs), Limits: givenTexts(s.Limits),
		Tags: givenTags(s.Tags), TransitiveTagKeys: givenTexts(s.TransitiveTagKeys), SourceIdentity: given(s.SourceIdentity),
		FederatedProvider: given(s.FederatedProvider), Keys: givenLists(s.Keys),
	}
}

// organization reads an organization. It leaves out the IDs of the parts, which are
// derived from their names.
func (e *exporter) organization(management string, r *persistence.Organization) (*organization, error) {
	o := &organization{id: given(r.ID), management: text{management, 1}}
	o.featureSet, o.trustedAccess = text{allFeatures, 1}, text{"true", 1}
	if r.BillingOnly {
		o.featureSet.value = consolidatedBilling
	}
	if r.NoTrustedAccess {
		o.trustedAccess.value = "false"
	}
	o.administrators, o.rootFeatures = givenTexts(r.Administrators), givenTexts(r.RootFeatures)
	names := map[string]string{}
	for p, err := range persistence.OrganizationPolicies.Scan(e.tx, management, nil, nil) {
		if err != nil {
			return nil, err
		}
		names[p.ID] = p.Name
		kind := "SCP"
		if p.Kind == persistence.ResourceControlPolicy {
			kind = "RCP"
		}
		o.policies = append(o.policies, organizationPolicy{name: given(p.Name), kind: text{kind, 1}, document: given(p.Document)})
	}
	slices.SortFunc(o.policies, func(a, b organizationPolicy) int { return cmp.Compare(a.name.value, b.name.value) })
	p := &partExporter{tx: e.tx, record: r, names: names, members: map[string][]member{}}
	for _, id := range r.Accounts {
		if err := p.member(id); err != nil {
			return nil, err
		}
	}
	o.root = p.unit(r.RootID)
	o.root.attached = p.attached(r.Policies)
	return o, nil
}

// partExporter reads the units of an organization.
type partExporter struct {
	tx      persistence.Tx
	record  *persistence.Organization
	names   map[string]string   // of policies, by ID
	members map[string][]member // by the ID of the unit
}

func (p *partExporter) member(account string) error {
	m, err := persistence.Members.Get(p.tx, account)
	if err != nil {
		return err
	}
	p.members[m.ParentID] = append(p.members[m.ParentID], member{id: text{account, 1}, attached: p.attached(m.Policies)})
	return nil
}

func (p *partExporter) attached(ids []string) attached {
	var a attached
	for _, id := range ids {
		if id == fullAWSAccess {
			a.fullAWSAccess = true
		} else {
			a.policies = append(a.policies, given(p.names[id]))
		}
	}
	return a
}

func (p *partExporter) unit(id string) unit {
	u := unit{accounts: p.members[id]}
	for _, child := range p.record.Units {
		if child.ParentID == id {
			below := p.unit(child.ID)
			below.name, below.attached = given(child.Name), p.attached(child.Policies)
			u.units = append(u.units, below)
		}
	}
	return u
}
