package alerts

import (
	"context"
	"slices"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/persistence"
)

// A round finds out what some subjects can do, and what others can do by them.
//
// First all goals are taken away that may not be had any more: those of the subjects
// that have changed, and those of whoever has them by such a role. Then the changed
// subjects are decided by themselves. Then those who lost something look for another way,
// and for each role that has won a goal everybody is asked who lacks it.
type round struct {
	w   *Watcher
	tx  persistence.Tx
	q   *authz.Inquiry
	had map[holding]bool // before the round, of what was taken away

	was     map[*subject]*authz.Standing // of those that have changed and are not new
	changed []*subject
	loose   []*subject // who may have lost a way
	isLoose map[*subject]bool
	won     []win
	queue   []*subject // roles that have won a goal
	queued  map[*subject]bool
	edges   map[edge]bool // that were decided; of those that can be taken reasons says why
	reasons map[edge]string
	about   *subject // of the last question
}

// win is a goal that a subject has won. Of a way of its own, reason names the statement
// that allows it.
type win struct {
	holding
	reason string
}

// edge is a principal and a role that it may be able to assume.
type edge struct{ from, to *subject }

func newRound(ctx context.Context, w *Watcher, tx persistence.Tx) *round {
	r := &round{
		w: w, tx: tx, q: w.options.Authorizer.Inquire(ctx, tx, w.options.Request(), &w.classes).Choosing(), had: w.owed,
		was: map[*subject]*authz.Standing{}, isLoose: map[*subject]bool{}, queued: map[*subject]bool{}, edges: map[edge]bool{},
		reasons: map[edge]string{},
	}
	if r.had == nil {
		r.had = map[holding]bool{}
	}
	return r
}

func (r *round) run(updates []*update) ([]Change, error) {
	if len(updates) == 0 {
		return nil, nil
	}
	for _, u := range updates {
		r.apply(u)
	}
	r.w.all = slices.DeleteFunc(r.w.all, func(s *subject) bool { return s.gone })
	for _, s := range r.changed {
		if err := r.own(s); err != nil {
			return nil, err
		}
	}
	for _, s := range r.loose {
		if err := r.seek(s); err != nil {
			return nil, err
		}
	}
	for len(r.queue) > 0 {
		role := r.queue[0]
		r.queue, r.queued[role] = r.queue[1:], false
		if err := r.offer(role); err != nil {
			return nil, err
		}
	}
	return r.tell()
}

// undone takes away what was won and not told, and returns what was had before.
func (r *round) undone() map[holding]bool {
	for _, h := range r.won {
		delete(h.ways, h.goal)
	}
	return r.had
}

// apply takes the subject as it is now, without its goals.
func (r *round) apply(u *update) {
	s := u.subject
	if s == nil {
		s = &subject{}
		s.stand(u.now)
		r.w.subjects[s.key()] = s
		r.w.all = append(r.w.all, s)
	} else {
		r.was[s] = s.standing
		for _, g := range s.goals() {
			r.forget(s, g)
		}
	}
	if u.now == nil {
		s.gone = true
		delete(r.w.subjects, s.key())
		return
	}
	s.stand(u.now)
	r.changed = append(r.changed, s)
	r.loosen(s)
}

// forget takes a goal from the subject, and from those who have it by the subject.
func (r *round) forget(s *subject, g goal) {
	if s.ways[g] == nil {
		return
	}
	r.had[holding{s, g}] = true
	delete(s.ways, g)
	r.loosen(s)
	if !s.isRole() {
		return
	}
	for _, other := range r.w.all {
		if other.ways[g] == s {
			r.forget(other, g)
		}
	}
}

func (r *round) loosen(s *subject) {
	if !r.isLoose[s] {
		r.isLoose[s], r.loose = true, append(r.loose, s)
	}
}

// own decides what the subject can do by itself.
func (r *round) own(s *subject) error {
	account := s.standing.Holder().Account
	if r.w.becomes {
		if err := r.decide(s, goal{Becomes, Administrator, account}); err != nil {
			return err
		}
	}
	if r.w.public && s.isRole() {
		r.expose(s)
	}
	for _, action := range r.w.gains {
		if err := r.decide(s, goal{Gains, action, account}); err != nil {
			return err
		}
	}
	if arn := s.standing.ARN(); slices.Contains(r.w.reaches, arn) {
		r.win(s, goal{Reaches, arn, account}, s, "")
	}
	return nil
}

// decide gives the goal to the subject if it has it by itself.
func (r *round) decide(s *subject, g goal) error {
	ok, err := r.ask(s, func() (bool, error) { return r.has(g) })
	if err == nil && ok {
		r.win(s, g, s, allowing(&r.q.Check().Result, evaluator.Identity))
	}
	return err
}

// has asks whether the subject of the question has the goal by itself.
func (r *round) has(g goal) (bool, error) {
	if g.kind == Becomes {
		return r.q.MayEverything()
	}
	return r.q.MaySomewhere(g.what)
}

// ask asks about the subject.
func (r *round) ask(s *subject, question func() (bool, error)) (bool, error) {
	if r.about != s {
		r.about = nil
		if err := r.q.About(s.standing); err != nil {
			return false, err
		}
		r.about = s
	}
	return question()
}

// win gives a goal to the subject, by the way.
func (r *round) win(s *subject, g goal, way *subject, reason string) {
	if s.ways == nil {
		s.ways = map[goal]*subject{}
	}
	s.ways[g] = way
	r.won = append(r.won, win{holding{s, g}, reason})
	if s.isRole() && !r.queued[s] {
		r.queued[s], r.queue = true, append(r.queue, s)
	}
}

// seek looks for roles that the subject can assume and that can do more.
func (r *round) seek(s *subject) error {
	if s.gone {
		return nil
	}
	for _, role := range r.w.all {
		if len(role.ways) == 0 || !role.isRole() {
			continue
		}
		if err := r.assume(s, role); err != nil {
			return err
		}
	}
	return nil
}

// offer finds those who can assume the role and lack what it can do.
func (r *round) offer(role *subject) error {
	for _, s := range r.w.all {
		if err := r.assume(s, role); err != nil {
			return err
		}
	}
	return nil
}

// assume gives the subject what the role can do, if it can assume it.
func (r *round) assume(s, role *subject) error {
	if s == role || !role.trustees.MayAdmit(s.standing.Holder()) {
		return nil
	}
	lacking := s.lacks(role)
	if len(lacking) == 0 {
		return nil
	}
	if ok, err := r.take(edge{s, role}); !ok || err != nil {
		return err
	}
	for _, g := range lacking {
		r.win(s, g, role, "")
	}
	return nil
}

// take reports whether the principal can assume the role, and notes by what.
func (r *round) take(e edge) (bool, error) {
	ok, known := r.edges[e]
	if known {
		return ok, nil
	}
	ok, err := r.ask(e.from, func() (bool, error) { return r.q.MayAssume(e.to.standing) })
	if err != nil {
		return false, err
	}
	if r.edges[e] = ok; ok {
		r.reasons[e] = admitting(&r.q.Check().Result)
	}
	return ok, nil
}
