package audit

import "github.com/understudy-iam/understudy/authz"

// servedRole is a role that a service may have.
type servedRole struct {
	role    *person
	service string
}

// pass tries whether the person can have a service act with the role.
func (g *graph) pass(m *method, by, role *person) (*route, error) {
	if !role.isRole() || isLinked(role) || !g.hasAll(by, m.actions) {
		return nil, nil
	}
	for _, service := range m.services {
		r, err := g.passTo(m, service, by, role)
		if r != nil || err != nil {
			return r, err
		}
	}
	return nil, nil
}

func (g *graph) passTo(m *method, service string, by, role *person) (*route, error) {
	if ok, err := g.serves(role, service); !ok || err != nil {
		return nil, err
	}
	r := &route{method: m.id, from: by, to: role, closed: []closing{{m.actions[0], "*"}}}
	actions := m.actions
	if m.passes() {
		r.closed, actions = []closing{{m.actions[0], role.arn()}}, actions[1:]
		n := g.on("iam:PassRole", role)
		n.Keys = append(n.Keys, authz.String("iam:PassedToService", service))
		if ok, err := g.try(&r.trail, m.id, by.standing, by, n); !ok || err != nil {
			return nil, err
		}
	}
	for _, action := range actions {
		if ok, err := g.somewhere(&r.trail, m.id, by, action); !ok || err != nil {
			return nil, err
		}
	}
	return r, nil
}

// somewhere asks whether the person has a permission on anything.
func (g *graph) somewhere(t *trail, id string, by *person, action string) (bool, error) {
	if err := g.about(by.standing); err != nil {
		return false, err
	}
	ok, err := g.inquiry.MaySomewhere(action)
	if ok {
		need := g.inquiry.Check().Need
		g.call(t, id, by, &need)
	}
	return ok, err
}

// serves reports whether the role's trust policy admits the service.
func (g *graph) serves(role *person, service string) (bool, error) {
	k := servedRole{role, service}
	ok, known := g.trusted[k]
	if known {
		return ok, nil
	}
	ok, err := g.inquiry.ServiceMayAssume(service, role.standing)
	if err == nil {
		g.trusted[k] = ok
	}
	return ok, err
}
