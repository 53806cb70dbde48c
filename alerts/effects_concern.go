package alerts

import (
	"github.com/understudy-iam/understudy/authz"
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
