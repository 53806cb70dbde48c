package audit

import "github.com/understudy-iam/understudy/authz"

// named are those whom some of many trust policies admit by name.
type named struct {
	everybody bool
	ids       map[string]bool
}

func (n *named) add(t *authz.Trustees) {
	n.everybody = n.everybody || t.Everybody
	for _, id := range t.IDs {
		if n.ids == nil {
			n.ids = map[string]bool{}
		}
		n.ids[id] = true
	}
}

func (n *named) has(p *person) bool { return n.everybody || n.ids[p.id()] }
