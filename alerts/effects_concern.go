package alerts

import (
	"reflect"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/persistence"
)

// update is a subject of which the state says something else than before.
type update struct {
	subject *subject        // nil: it is new
	now     *authz.Standing // nil: it was deleted
}

// finder finds the subjects that have changed.
type finder func(w *Watcher, tx persistence.Tx) ([]*update, error)

// everyone looks at all users and roles.
func everyone(w *Watcher, tx persistence.Tx) (list []*update, err error) {
	found := map[subjectKey]bool{}
	for account, err := range persistence.AllAccounts(tx) {
		if err != nil {
			return nil, err
		}
		for now, err := range w.options.Authorizer.Standings(tx, account) {
			if err != nil {
				return nil, err
			}
			k := subjectKey{account, now.Holder().ID}
			found[k] = true
			list = w.compare(list, w.subjects[k], now)
		}
	}
	for _, s := range w.all {
		if !found[s.key()] {
			list = append(list, &update{subject: s})
		}
	}
	return list, nil
}

// compare appends the subject if it is not as it was.
func (w *Watcher) compare(list []*update, s *subject, now *authz.Standing) []*update {
	if s != nil && !w.unsure && s.standing.SamePolicies(now) && s.standing.Trust() == now.Trust() {
		return list
	}
	return append(list, &update{s, now})
}

// concerned finds those whom the call has changed. Its input names a user, a role, a
// group or a managed policy, and the call is about that one alone. A call that names
// nobody, such as CreateServiceLinkedRole, may be about anybody.
func (w *Watcher) concerned(tx persistence.Tx, e *events.Event) ([]*update, error) {
	account, in := e.Caller.AccountID, e.Input
	switch {
	case parameter(in, "UserName") != "":
		return w.named(tx, account, "user", parameter(in, "UserName"), parameter(in, "NewUserName"))
	case parameter(in, "RoleName") != "":
		return w.named(tx, account, "role", parameter(in, "RoleName"))
	case parameter(in, "GroupName") != "":
		return w.members(tx, account, parameter(in, "GroupName"), parameter(in, "NewGroupName"))
	case parameter(in, "PolicyArn") != "":
		return w.users(tx, account, parameter(in, "PolicyArn"))
	}
	return everyone(w, tx)
}

// parameter is a member of a call's input; empty if it has none of the name.
func parameter(input any, name string) string {
	v := reflect.Indirect(reflect.ValueOf(input))
	if v.Kind() != reflect.Struct {
		return ""
	}
	f := v.FieldByName(name)
	if !f.IsValid() || f.Kind() != reflect.Pointer || f.IsNil() || f.Elem().Kind() != reflect.String {
		return ""
	}
	return f.Elem().String()
}

// named finds the user or role that had one of the names or has it now.
func (w *Watcher) named(tx persistence.Tx, account, kind string, names ...string) ([]*update, error) {
	var ids []string
	for _, s := range w.all {
		h := s.standing.Holder()
		if h.Account == account && h.Kind == kind &&
			slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, h.Name) }) {
			ids = append(ids, h.ID)
		}
	}
	for _, name := range names {
		h, err := authz.FindHolder(tx, account, kind, name)
		if err == nil && !slices.Contains(ids, h.ID) {
			ids = append(ids, h.ID)
		}
		if err != nil && !absent(err) {
			return nil, err
		}
	}
	return w.identified(tx, account, ids)
}

// members finds the users who are in a group. A group without a name, or one that is
// not there any more, has none.
func (w *Watcher) members(tx persistence.Tx, account string, names ...string) ([]*update, error) {
	var ids []string
	for _, name := range names {
		g, err := authz.FindHolder(tx, account, "group", name)
		if absent(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for m, err := range persistence.Memberships.Scan(tx, account, persistence.Key{g.ID}, nil) {
			if err != nil {
				return nil, err
			}
			ids = append(ids, m.UserID)
		}
	}
	return w.identified(tx, account, ids)
}

// users finds the users and roles that have had a managed policy until now.
func (w *Watcher) users(tx persistence.Tx, account, arn string) ([]*update, error) {
	var ids []string
	for _, s := range w.all {
		if h := s.standing.Holder(); h.Account == account && s.standing.Uses(arn) {
			ids = append(ids, h.ID)
		}
	}
	return w.identified(tx, account, ids)
}

// identified finds what the state says about those with the unique IDs.
func (w *Watcher) identified(tx persistence.Tx, account string, ids []string) (list []*update, err error) {
	for _, id := range ids {
		s := w.subjects[subjectKey{account, id}]
		now, err := w.options.Authorizer.Standing(tx, account, id)
		switch {
		case absent(err) && s != nil:
			list = append(list, &update{subject: s})
		case absent(err):
		case err != nil:
			return nil, err
		default:
			list = w.compare(list, s, now)
		}
	}
	return list, nil
}
