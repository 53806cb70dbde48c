package alerts

import (
	"maps"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/history"
)

// watchedTables are those that say what users and roles can do.
var watchedTables = []string{
	persistence.Users.Name(), persistence.Roles.Name(), persistence.Groups.Name(), persistence.Memberships.Name(),
	persistence.Policies.Name(), persistence.PolicyVersions.Name(), persistence.Attachments.Name(), persistence.InlinePolicies.Name(),
	persistence.Organizations.Name(), persistence.OrganizationPolicies.Name(), persistence.Members.Name(),
}

// Watched reports whether a key of a store says something about what users and roles
// can do: a Watcher needs the history of these alone.
func Watched(key []byte) bool {
	p, ok := persistence.PlaceOf(key)
	return ok && slices.Contains(watchedTables, p.Table)
}

// written are the users and roles that an Update can have changed.
type written struct {
	w    *Watcher
	tx   persistence.Tx // after it
	note *history.Note
	ids  map[subjectKey]bool
	all  bool // everybody: an organization was changed
}

// writers says for a table whom a record or an entry of an index is about. An Update that
// changes one always writes a key of these.
var writers = map[string]func(w *written, key string, p persistence.Place) error{
	persistence.Users.Name():                (*written).named,
	persistence.Roles.Name():                (*written).named,
	persistence.Memberships.Name():          (*written).member,
	persistence.Attachments.Name():          (*written).entity,
	persistence.InlinePolicies.Name():       (*written).entity,
	persistence.Policies.Name():             (*written).policy,
	persistence.PolicyVersions.Name():       (*written).version,
	persistence.Organizations.Name():        (*written).everybody,
	persistence.OrganizationPolicies.Name(): (*written).everybody,
	persistence.Members.Name():              (*written).everybody,
}

// changedBy finds the subjects that a noted Update has changed.
func changedBy(n *history.Note) finder {
	return func(w *Watcher, tx persistence.Tx) ([]*update, error) {
		found := &written{w: w, tx: tx, note: n, ids: map[subjectKey]bool{}}
		for _, key := range slices.Sorted(maps.Keys(n.Before)) {
			p, ok := persistence.PlaceOf([]byte(key))
			if look := writers[p.Table]; ok && look != nil {
				if err := look(found, key, p); err != nil {
					return nil, err
				}
			}
		}
		if found.all {
			return everyone(w, tx)
		}
		return found.updates()
	}
}

// updates finds what the state says about those that were found, in order.
func (f *written) updates() (list []*update, err error) {
	keys := slices.SortedFunc(maps.Keys(f.ids), func(a, b subjectKey) int {
		return strings.Compare(a.account+a.id, b.account+b.id)
	})
	for _, k := range keys {
		s := f.w.subjects[k]
		now, err := f.w.options.Authorizer.Standing(f.tx, k.account, k.id)
		switch {
		case absent(err) && s != nil:
			list = append(list, &update{subject: s})
		case absent(err):
		case err != nil:
			return nil, err
		default:
			list = f.w.compare(list, s, now)
		}
	}
	return list, nil
}

func (f *written) add(account, id string) { f.ids[subjectKey{account, id}] = true }

// named adds the user or role of a record. One that was made or deleted is in the index of
// IDs too.
func (f *written) named(_ string, p persistence.Place) error {
	switch {
	case len(p.Parts) == 0:
	case p.Index == "id":
		f.add(p.Account, p.Parts[0])
	case p.Index == "":
		h, err := authz.FindHolder(f.tx, p.Account, p.Table, p.Parts[0])
		if err == nil {
			f.add(p.Account, h.ID)
		}
		if err != nil && !absent(err) {
			return err
		}
	}
	return nil
}

// member adds the user of a membership.
func (f *written) member(_ string, p persistence.Place) error {
	if p.Index == "" && len(p.Parts) == 2 {
		f.add(p.Account, p.Parts[1])
	}
	return nil
}

// entity adds who has a policy: a user, a role, or the members of a group.
func (f *written) entity(_ string, p persistence.Place) error {
	if p.Index != "" || len(p.Parts) == 0 {
		return nil
	}
	f.add(p.Account, p.Parts[0]) // of a group nothing is found
	for m, err := range persistence.Memberships.Scan(f.tx, p.Account, p.Parts[:1], nil) {
		if err != nil {
			return err
		}
		f.add(p.Account, m.UserID)
	}
	return nil
}

// policy adds those who have a managed policy, if another version became the default.
func (f *written) policy(key string, p persistence.Place) error {
	before := f.note.Before[key]
	if p.Index != "" || before == nil || len(p.Parts) == 0 {
		return nil // nobody has one that is new
	}
	was, err := persistence.Policies.Decode(before)
	if err != nil {
		return err
	}
	is, err := persistence.Policies.Get(f.tx, p.Account, p.Parts[0])
	if err == nil && (is.ID != was.ID || is.DefaultVersion != was.DefaultVersion) {
		f.users(p.Account, is.ARN)
	}
	if absent(err) {
		err = nil // nobody has one that is gone
	}
	return err
}

// version adds those who have a managed policy of which a version was replaced.
func (f *written) version(key string, p persistence.Place) error {
	if f.note.Before[key] == nil || len(p.Parts) == 0 {
		return nil // the default is another one only if the policy says so
	}
	for is, err := range persistence.Policies.Scan(f.tx, p.Account, nil, nil) {
		if err != nil {
			return err
		}
		if is.ID == p.Parts[0] {
			f.users(p.Account, is.ARN)
		}
	}
	return nil
}

// users adds the users and roles that have had a managed policy until now.
func (f *written) users(account, arn string) {
	for _, s := range f.w.all {
		if h := s.standing.Holder(); h.Account == account && s.standing.Uses(arn) {
			f.add(account, h.ID)
		}
	}
}

func (f *written) everybody(string, persistence.Place) error {
	f.all = true
	return nil
}
