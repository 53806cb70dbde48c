package audit

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/persistence"
)

// staleDays is after how long a role, and what it is allowed, counts as not used.
const staleDays = 90

func useChecks() []Check {
	return []Check{
		{
			ID: "role-unused", Severity: Low, Title: fmt.Sprintf("A role has not been used for %d days", staleDays),
			Why: "Nobody would notice that somebody else assumes it.", run: usesKnown(unusedRoles),
		},
		{
			ID: "stale-action", Severity: Info, Title: fmt.Sprintf("Actions are allowed that were not called for %d days", staleDays),
			Why: "What nobody needs can only be misused.", run: callsKnown(staleActions),
		},
		{
			ID: "stale-service", Severity: Low, Title: fmt.Sprintf("Services are allowed that were not called for %d days", staleDays),
			Why: "What nobody needs can only be misused.", References: []string{
				"Prowler iam_role_access_not_stale_to_bedrock", "Prowler iam_role_access_not_stale_to_sagemaker",
				"Prowler iam_user_access_not_stale_to_bedrock", "Prowler iam_user_access_not_stale_to_sagemaker",
			}, run: callsKnown(staleServices),
		},
	}
}

// callsKnown makes a check that needs all calls of the last staleDays days.
func callsKnown(run func(*state, *Check) error) func(*state, *Check) error {
	return func(s *state, c *Check) error {
		switch {
		case s.o.Since.IsZero():
			s.uncheck("Which permissions are used is not known: no calls are.")
		case s.o.Since.After(s.o.Now.Add(-staleDays * 24 * time.Hour)):
			s.uncheck(fmt.Sprintf("Which permissions are used is not known: calls are known since %s, and it takes those of %d days.",
				day(s.o.Since), staleDays))
		default:
			return run(s, c)
		}
		return nil
	}
}

// used is what was called in the last staleDays days, by the ARN of whose policies decided.
type used struct {
	services map[string]map[string]bool // in lower case
	actions  map[string]map[string]bool // with their service, in lower case
}

func (s *state) uses() (*used, error) {
	if s.calls != nil {
		return s.calls, nil
	}
	in, err := s.things()
	if err != nil {
		return nil, err
	}
	u := &used{map[string]map[string]bool{}, map[string]map[string]bool{}}
	from := s.o.Now.Add(-staleDays * 24 * time.Hour)
	err = each(persistence.Accesses.Scan(s.tx, s.o.Account, nil, nil), func(a *persistence.Access) {
		if e := in.byID[a.EntityID]; e != nil && a.Time.After(from) {
			u.note(e.arn, a.Service+":"+a.Action)
		}
	})
	if err != nil {
		return nil, err
	}
	for _, r := range s.o.Calls {
		owner := r.PolicyOwner()
		if owner == "" || r.EventTime.Before(from) {
			continue
		}
		u.note(owner, r.Service()+":"+r.EventName)
		for _, need := range r.Needs() {
			u.note(owner, need.Action)
		}
	}
	s.calls = u
	return u, nil
}

func (u *used) note(owner, action string) {
	action = strings.ToLower(action)
	if u.actions[owner] == nil {
		u.services[owner], u.actions[owner] = map[string]bool{}, map[string]bool{}
	}
	service, _, _ := strings.Cut(action, ":")
	u.services[owner][service], u.actions[owner][action] = true, true
}

// granted are the services, or the actions, that a policy allows by name.
type granted struct{ services, actions []string }

// grantedBy are those of the policies of one who exists for long enough and was used; none
// of others, which other checks report.
func (s *state) eachUsed(f func(p *person, g []*granted, u *used)) error {
	u, err := s.uses()
	if err != nil {
		return err
	}
	in, err := s.things()
	if err != nil {
		return err
	}
	known := map[*evaluator.Policy]*granted{}
	for _, p := range s.people {
		e := in.byID[p.id()]
		if e == nil || e.isLinked() || u.actions[p.arn()] == nil || s.days(e.made()) < staleDays {
			continue
		}
		var list []*granted
		for _, policy := range p.standing.Identity() {
			if known[policy] == nil {
				known[policy] = grantedBy(policy)
			}
			list = append(list, known[policy])
		}
		f(p, list, u)
	}
	return nil
}

func (e *entity) made() time.Time {
	if e.role != nil {
		return e.role.CreateDate
	}
	return e.user.CreateDate
}

func grantedBy(p *evaluator.Policy) *granted {
	services, actions := map[string]bool{}, map[string]bool{}
	for i := range p.Document().Statements {
		st := &p.Document().Statements[i]
		if st.Effect != evaluator.Allow {
			continue
		}
		for _, t := range st.Actions {
			service, name, ok := strings.Cut(strings.ToLower(t.Value), ":")
			if !ok || strings.ContainsAny(service, "*?") {
				continue
			}
			services[service] = true
			if !strings.ContainsAny(name, "*?") {
				actions[service+":"+name] = true
			}
		}
	}
	return &granted{slices.Sorted(maps.Keys(services)), slices.Sorted(maps.Keys(actions))}
}

func staleServices(s *state, c *Check) error {
	return s.eachUsed(func(p *person, list []*granted, u *used) {
		var stale []string
		for _, g := range list {
			for _, service := range g.services {
				if !u.services[p.arn()][service] {
					stale = append(stale, service)
				}
			}
		}
		s.reportStale(c, p, stale, "services", "Take out of the policies what names the services, unless they are needed more rarely.")
	})
}

func staleActions(s *state, c *Check) error {
	return s.eachUsed(func(p *person, list []*granted, u *used) {
		var stale []string
		for _, g := range list {
			for _, action := range g.actions {
				service, _, _ := strings.Cut(action, ":")
				if u.services[p.arn()][service] && !u.actions[p.arn()][action] {
					stale = append(stale, action)
				}
			}
		}
		s.reportStale(c, p, stale, "actions", "Take the actions out of the policies, unless they are needed more rarely.")
	})
}

func (s *state) reportStale(c *Check, p *person, stale []string, what, advice string) {
	slices.Sort(stale)
	stale = slices.Compact(stale)
	if len(stale) == 0 {
		return
	}
	for i, name := range stale[:min(len(stale), maxEvidence)] {
		stale[i] = name + " is allowed, and was not called."
	}
	s.find(c, Finding{Principal: p.arn(), Evidence: facts(stale, what), Advice: advice})
}

func unusedRoles(s *state, c *Check) error {
	in, err := s.things()
	if err != nil {
		return err
	}
	called := map[string]time.Time{}
	for _, r := range s.o.Calls {
		called[r.PolicyOwner()] = r.EventTime
	}
	for _, e := range in.roles {
		last := e.role.LastUsedDate
		if t := called[e.arn]; t.After(last) {
			last = t
		}
		text := "It was last used on " + day(last) + "."
		if last.IsZero() {
			text = "It was made on " + day(e.role.CreateDate) + " and never used."
		}
		if e.isLinked() || s.days(last) < staleDays || s.days(e.role.CreateDate) < staleDays {
			continue
		}
		fix, err := s.removeRole(e)
		if err != nil {
			return err
		}
		s.find(c, Finding{
			Principal: e.arn, Evidence: []Evidence{fact(text)}, Fix: fix,
			Advice: "Look first whether it is kept for emergencies: the commands delete it.",
		})
	}
	return nil
}

// removeRole are the commands that delete a role with all that keeps it.
func (s *state) removeRole(e *entity) (fix []string, err error) {
	profiles, err := s.instanceProfilesOf(e)
	if err != nil {
		return nil, err
	}
	for _, name := range profiles {
		fix = append(fix, aws("remove-role-from-instance-profile", "--instance-profile-name", name, "--role-name", e.name))
	}
	for _, at := range e.attached {
		fix = append(fix, e.detach(at.PolicyARN))
	}
	for _, p := range e.inline {
		fix = append(fix, e.on("delete-", "-policy", "--policy-name", p.Name))
	}
	return append(fix, e.on("delete-", "")), nil
}
