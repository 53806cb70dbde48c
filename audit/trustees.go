package audit

import (
	"slices"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/principal"
)

// trustees are those whom a trust policy may admit; it spares decisions that would deny.
type trustees struct {
	everybody bool
	accounts  []string // whose principals need the permission of their own
	ids       []string
}

func newTrustees(document string) *trustees {
	d, err := evaluator.Parse(document)
	if err != nil {
		return &trustees{everybody: document != ""} // authz decides about it
	}
	t := &trustees{}
	for p := range d.Principals() {
		arn, isARN := principal.ParseARN(p.Value)
		switch {
		case p.Not, p.Value == "*":
			t.everybody = true
		case p.Type != "AWS":
		case isARN && principal.ValidAccountID(arn.AccountID):
			t.accounts = append(t.accounts, arn.AccountID)
		case isARN:
			t.everybody = true
		default:
			t.accounts, t.ids = append(t.accounts, p.Value), append(t.ids, p.Value)
		}
	}
	return t
}

// mayAdmit reports whether the person may assume the role of the trust policy.
func (t *trustees) mayAdmit(p *person) bool {
	h := p.standing.Holder()
	return t.everybody || slices.Contains(t.ids, h.ID) || slices.Contains(t.accounts, h.Account)
}

// named are those whom some of many trust policies admit by name.
type named struct {
	everybody bool
	ids       map[string]bool
}

func (n *named) add(t *trustees) {
	n.everybody = n.everybody || t.everybody
	for _, id := range t.ids {
		if n.ids == nil {
			n.ids = map[string]bool{}
		}
		n.ids[id] = true
	}
}

func (n *named) admitsItself(p *person) bool { return n.everybody || n.ids[p.id()] }

// admitsItself reports whether the trust policy may admit the person without a permission
// of its own.
func (t *trustees) admitsItself(p *person) bool { return t.everybody || slices.Contains(t.ids, p.id()) }
