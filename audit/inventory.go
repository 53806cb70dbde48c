package audit

import (
	"iter"
	"slices"

	"github.com/understudy-iam/understudy/persistence"
)

// inventory is what the account has beside the policies that decide calls: who has which
// credentials, groups and policies. Each table is read once.
type inventory struct {
	users    []*entity // by name, as the other lists
	groups   []*entity
	roles    []*entity
	byID     map[string]*entity
	policies []*managed
	byARN    map[string]*managed // the account's own policies
	root     *entity             // its credentials alone

	groupsByName map[string]*entity // by persistence.Fold
}

// An entity is a user, group or role, or the root user.
type entity struct {
	kind    string // "user", "group", "role" or "root"
	name    string
	arn     string
	id      string
	person  *person           // of a user or role
	user    *persistence.User // nil of others
	role    *persistence.Role // nil of others
	keys    []*persistence.AccessKey
	login   *persistence.LoginProfile // nil without a password
	devices []*persistence.MFADevice
	groups  []*entity // of a user
	members []*entity // of a group

	attached []*persistence.Attachment
	inline   []*persistence.InlinePolicy
}

// managed is a policy of the account with its versions, the oldest first, and who has it.
type managed struct {
	*persistence.Policy
	versions  []*persistence.PolicyVersion
	holders   []*entity
	boundedBy []*entity // whose permissions boundary it is
}

// current is the document of the version in force.
func (m *managed) current() string {
	for _, v := range m.versions {
		if v.Number == m.DefaultVersion {
			return v.Document
		}
	}
	return ""
}

// things is the inventory, which is read when it is first asked for.
func (s *state) things() (*inventory, error) {
	if s.inventory != nil {
		return s.inventory, nil
	}
	in := &inventory{byID: map[string]*entity{}, byARN: map[string]*managed{}, groupsByName: map[string]*entity{}}
	in.root = &entity{kind: "root", arn: s.own.Root(), id: s.o.Account}
	in.byID[in.root.id] = in.root
	for _, read := range []func(*state) error{in.readPeople, in.readGroups, in.readCredentials, in.readPolicies, in.readHeld} {
		if err := s.ctx.Err(); err != nil {
			return nil, err
		}
		if err := read(s); err != nil {
			return nil, err
		}
	}
	s.inventory = in
	return in, nil
}

// each gives all records of an account's table to f.
func each[R any](records iter.Seq2[*R, error], f func(*R)) error {
	for r, err := range records {
		if err != nil {
			return err
		}
		f(r)
	}
	return nil
}

func (in *inventory) readPeople(s *state) error {
	persons := make(map[string]*person, len(s.people))
	for _, p := range s.people {
		persons[p.id()] = p
	}
	add := func(a *entity) *entity {
		in.byID[a.id] = a
		return a
	}
	err := each(persistence.Users.Scan(s.tx, s.o.Account, nil, nil), func(u *persistence.User) {
		in.users = append(in.users, add(&entity{
			kind: "user", name: u.Name, arn: s.own.Entity("user", u.Path, u.Name), id: u.ID, user: u, person: persons[u.ID],
		}))
	})
	if err != nil {
		return err
	}
	err = each(persistence.Roles.Scan(s.tx, s.o.Account, nil, nil), func(r *persistence.Role) {
		in.roles = append(in.roles, add(&entity{
			kind: "role", name: r.Name, arn: s.own.Entity("role", r.Path, r.Name), id: r.ID, role: r, person: persons[r.ID],
		}))
	})
	if err != nil {
		return err
	}
	return each(persistence.Groups.Scan(s.tx, s.o.Account, nil, nil), func(g *persistence.Group) {
		e := add(&entity{kind: "group", name: g.Name, arn: s.own.Entity("group", g.Path, g.Name), id: g.ID})
		in.groups, in.groupsByName[persistence.Fold(g.Name)] = append(in.groups, e), e
	})
}

func (in *inventory) readGroups(s *state) error {
	return each(persistence.Memberships.Scan(s.tx, s.o.Account, nil, nil), func(m *persistence.Membership) {
		group, user := in.byID[m.GroupID], in.byID[m.UserID]
		if group != nil && user != nil {
			group.members, user.groups = append(group.members, user), append(user.groups, group)
		}
	})
}

func (in *inventory) readCredentials(s *state) error {
	err := each(persistence.AccessKeys.Scan(s.tx, s.o.Account, nil, nil), func(k *persistence.AccessKey) {
		if a := in.byID[k.UserID]; a != nil {
			a.keys = append(a.keys, k)
		}
	})
	if err != nil {
		return err
	}
	err = each(persistence.LoginProfiles.Scan(s.tx, s.o.Account, nil, nil), func(l *persistence.LoginProfile) {
		if a := in.byID[l.UserID]; a != nil {
			a.login = l
		}
	})
	if err != nil {
		return err
	}
	return each(persistence.MFADevices.Scan(s.tx, s.o.Account, nil, nil), func(d *persistence.MFADevice) {
		if a := in.byID[d.UserID]; a != nil {
			a.devices = append(a.devices, d)
		}
	})
}

func (in *inventory) readPolicies(s *state) error {
	byID := map[string]*managed{}
	err := each(persistence.Policies.Scan(s.tx, s.o.Account, nil, nil), func(p *persistence.Policy) {
		m := &managed{Policy: p}
		in.policies = append(in.policies, m)
		in.byARN[p.ARN], byID[p.ID] = m, m
	})
	if err != nil {
		return err
	}
	return each(persistence.PolicyVersions.Scan(s.tx, s.o.Account, nil, nil), func(v *persistence.PolicyVersion) {
		if m := byID[v.PolicyID]; m != nil {
			m.versions = append(m.versions, v)
		}
	})
}

// readHeld reads who has which policies.
func (in *inventory) readHeld(s *state) error {
	err := each(persistence.Attachments.Scan(s.tx, s.o.Account, nil, nil), func(at *persistence.Attachment) {
		a := in.byID[at.EntityID]
		if a == nil {
			return
		}
		a.attached = append(a.attached, at)
		if m := in.byARN[at.PolicyARN]; m != nil {
			m.holders = append(m.holders, a)
		}
	})
	if err != nil {
		return err
	}
	for _, a := range slices.Concat(in.users, in.roles) {
		if m := in.byARN[a.boundary()]; m != nil {
			m.boundedBy = append(m.boundedBy, a)
		}
	}
	return each(persistence.InlinePolicies.Scan(s.tx, s.o.Account, nil, nil), func(p *persistence.InlinePolicy) {
		if a := in.byID[p.EntityID]; a != nil {
			a.inline = append(a.inline, p)
		}
	})
}

// entities are all users, groups and roles.
func (in *inventory) entities() []*entity { return slices.Concat(in.users, in.groups, in.roles) }

func (e *entity) boundary() string {
	switch {
	case e.user != nil:
		return e.user.Boundary
	case e.role != nil:
		return e.role.Boundary
	}
	return ""
}

// active are the access keys that can be used.
func (e *entity) active() []*persistence.AccessKey {
	return slices.DeleteFunc(slices.Clone(e.keys), func(k *persistence.AccessKey) bool { return k.Inactive })
}

// hasHardware reports whether an MFA device is a security key or a token.
func (e *entity) hasHardware() bool {
	return slices.ContainsFunc(e.devices, func(d *persistence.MFADevice) bool { return d.Kind != persistence.VirtualMFA })
}

// has reports whether the managed policy is attached.
func (e *entity) has(arn string) bool {
	return slices.ContainsFunc(e.attached, func(at *persistence.Attachment) bool { return at.PolicyARN == arn })
}
