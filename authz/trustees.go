package authz

import (
	"slices"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/principal"
)

// Trustees are those whom a trust policy may admit. It spares decisions: most roles trust a
// service or somebody else. It must not be changed.
type Trustees struct {
	Everybody bool     // it may admit anybody, or cannot be read
	Accounts  []string // whose principals may be admitted, if they have the permission themselves
	IDs       []string // of users and roles that it names
}

// NewTrustees reads a trust policy as it is stored, with unique IDs.
func NewTrustees(document string) *Trustees {
	d, err := evaluator.Parse(document)
	if err != nil {
		return &Trustees{Everybody: document != ""} // a decision tells
	}
	t := &Trustees{}
	for p := range d.Principals() {
		arn, isARN := principal.ParseARN(p.Value)
		switch {
		case p.Not, p.Value == "*":
			t.Everybody = true
		case p.Type != "AWS":
		case isARN && principal.ValidAccountID(arn.AccountID):
			t.Accounts = append(t.Accounts, arn.AccountID)
		case isARN:
			t.Everybody = true
		default:
			t.Accounts, t.IDs = append(t.Accounts, p.Value), append(t.IDs, p.Value)
		}
	}
	return t
}

// MayAdmit reports whether the trust policy may admit the user or role. If not, it is
// certainly denied the role.
func (t *Trustees) MayAdmit(h *Holder) bool {
	return t.Names(h) || slices.Contains(t.Accounts, h.Account)
}

// Names reports whether the trust policy may admit the user or role without a permission of
// its own.
func (t *Trustees) Names(h *Holder) bool { return t.Everybody || slices.Contains(t.IDs, h.ID) }
