package seed

import (
	"reflect"

	"github.com/understudy-iam/understudy/persistence"
)

// quotas are the quotas that are higher for the account than for the server, by their
// names in AWS's errors. They are also raised automatically to what the file makes.
type quotas struct {
	Users              number `seed:"UsersPerAccount"`
	Groups             number `seed:"GroupsPerAccount"`
	Roles              number `seed:"RolesPerAccount"`
	Policies           number `seed:"PoliciesPerAccount"`
	InstanceProfiles   number `seed:"InstanceProfilesPerAccount"`
	ServerCertificates number `seed:"ServerCertificatesPerAccount"`
	OIDCProviders      number `seed:"OpenIdConnectProvidersPerAccount"`
	SAMLProviders      number `seed:"SAMLProvidersPerAccount"`
	PerUser            number `seed:"PoliciesPerUser"`
	PerGroup           number `seed:"PoliciesPerGroup"`
	PerRole            number `seed:"PoliciesPerRole"`
	TrustSize          number `seed:"ACLSizePerRole"` // maximum number of characters of a trust policy
}

func (quotas) noun() string { return "quotas" }

// byName yields the members with their names.
func (q *quotas) byName(yield func(name string, n *number) bool) {
	v := reflect.ValueOf(q).Elem()
	for i := range v.NumField() {
		name, _ := memberOf(v.Type().Field(i))
		if !yield(name, v.Field(i).Addr().Interface().(*number)) {
			return
		}
	}
}

func (q *quotas) check(m *mapping) {
	for name, n := range q.byName {
		if n.given() && n.value < 1 {
			m.fail(fault(n.line, "quota %s must be at least 1", name))
		}
	}
}

// exportQuotas returns the quotas of an account; nil if it has none of its own.
func exportQuotas(r *persistence.Account) *quotas {
	if len(r.Quotas) == 0 {
		return nil
	}
	q := &quotas{}
	for name, n := range q.byName {
		*n = number{givenNumber(int64(r.Quotas[name]))}
	}
	return q
}

// declareQuotas stores the declared quotas.
func (w *writer) declareQuotas(record *persistence.Account) {
	if w.declared.Quotas == nil {
		return
	}
	for name, n := range w.declared.Quotas.byName {
		if !n.given() {
			continue
		}
		if record.Quotas == nil {
			record.Quotas = map[string]int{}
		}
		record.Quotas[name] = int(n.value)
	}
}

// need notes that a quota must be at least n.
func (w *writer) need(quota string, n int) { w.needed[quota] = max(w.needed[quota], n) }

// attachmentQuotas are the names of the quotas on attached policies, by kind of identity.
var attachmentQuotas = map[string]string{"user": "PoliciesPerUser", "group": "PoliciesPerGroup", "role": "PoliciesPerRole"}

// needAttachments notes how many attached policies an identity has.
func (w *writer) needAttachments(h holder) error {
	id, err := w.holderID(h)
	if err != nil {
		return err
	}
	n := 0
	for _, err := range persistence.Attachments.Scan(w.tx, w.account, persistence.Key{id}, nil) {
		if err != nil {
			return err
		}
		n++
	}
	w.need(attachmentQuotas[h.kind], n)
	return nil
}

func (w *writer) holderID(h holder) (string, error) {
	switch h.kind {
	case "group":
		g, err := persistence.Groups.Get(w.tx, w.account, h.name)
		if err != nil {
			return "", err
		}
		return g.ID, nil
	case "user":
		u, err := persistence.Users.Get(w.tx, w.account, h.name)
		if err != nil {
			return "", err
		}
		return u.ID, nil
	}
	r, err := persistence.Roles.Get(w.tx, w.account, h.name)
	if err != nil {
		return "", err
	}
	return r.ID, nil
}

// raiseQuotas raises the account's quotas so that they admit what it has now.
func (w *writer) raiseQuotas() error {
	raised, err := w.options.Quotas.RaiseQuotas(w.tx, w.account, w.needed)
	for _, q := range raised {
		w.warn(w.declared.ID.line, "account %s has more than its quota %s of %d allows; the quota is now %d", w.account, q.Name, q.From, q.To)
	}
	return err
}
