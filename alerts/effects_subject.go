package alerts

import (
	"cmp"
	"maps"
	"slices"

	"github.com/understudy-iam/understudy/authz"
)

// A goal is what an effect asks for: to be an administrator of an account, to have an
// action in it, to reach a role, or to be a role that is public.
type goal struct{ kind, what, account string }

// holding is a goal that a subject has.
type holding struct {
	*subject
	goal goal
}

type subjectKey struct{ account, id string }

// A subject is a user or role that is watched.
type subject struct {
	standing *authz.Standing
	trustees *authz.Trustees // of a role

	// ways has the goals of the subject, each with who gives it: the subject itself, or
	// the role that it assumes for it. Nil: it has none.
	ways map[goal]*subject
	gone bool // it was deleted
}

func (s *subject) key() subjectKey {
	h := s.standing.Holder()
	return subjectKey{h.Account, h.ID}
}

func (s *subject) isRole() bool { return s.standing.Holder().Kind == "role" }

// stand gives the subject what the state says about it now.
func (s *subject) stand(st *authz.Standing) {
	s.standing = st
	if s.isRole() {
		s.trustees = authz.NewTrustees(st.Trust())
	}
}

// goals are those that the subject has, in order.
func (s *subject) goals() []goal {
	return slices.SortedFunc(maps.Keys(s.ways), func(a, b goal) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.what, b.what), cmp.Compare(a.account, b.account))
	})
}

// lacks are the goals of the role that the subject does not have, and would have by it.
func (s *subject) lacks(role *subject) (list []goal) {
	for _, g := range role.goals() {
		if s.ways[g] == nil && !g.isPublic() {
			list = append(list, g)
		}
	}
	return list
}
