package audit

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/compare"
	"github.com/understudy-iam/understudy/persistence"
)

func policyChecks() []Check {
	return []Check{
		{
			ID: "duplicate-policy", Severity: Low, Title: "Two policies of the account have the same document",
			Why: "Whoever corrects one of them forgets the other.", run: duplicates,
		},
		{
			ID: "policy-rollback", Severity: Medium, Title: "An older version of the policy allows more, and can be put in force again",
			Why: "Whoever may set the default version gives back what was taken away.", run: rollbacks,
		},
		{
			ID: "policy-unattached", Severity: Info, Title: "A policy of the account is attached to nobody", run: unattached,
			Why: "It is not looked at any more, until somebody attaches it.",
		},
	}
}

func eachPolicy(s *state, f func(*managed) error) error {
	in, err := s.things()
	if err != nil {
		return err
	}
	for _, m := range in.policies {
		if err := f(m); err != nil {
			return err
		}
	}
	return nil
}

func unattached(s *state, c *Check) error {
	return eachPolicy(s, func(m *managed) error {
		if len(m.holders)+len(m.boundedBy) == 0 {
			s.find(c, Finding{
				Principal: s.own.Root(), Resource: m.ARN, Fix: m.remove(),
				Evidence: []Evidence{fact("It is attached to nobody, and is nobody's permissions boundary.")},
			})
		}
		return nil
	})
}

// remove are the commands that delete a policy with its versions.
func (m *managed) remove() (fix []string) {
	for _, v := range m.versions {
		if v.Number != m.DefaultVersion {
			fix = append(fix, m.removeVersion(v.Number))
		}
	}
	return append(fix, aws("delete-policy", "--policy-arn", m.ARN))
}

func (m *managed) removeVersion(number int) string {
	return aws("delete-policy-version", "--policy-arn", m.ARN, "--version-id", version(number))
}

func version(number int) string { return fmt.Sprint("v", number) }

// mostMoved is how many holders of a policy commands give another one.
const mostMoved = 50

func duplicates(s *state, c *Check) error {
	first := map[string]*managed{}
	return eachPolicy(s, func(m *managed) error {
		document := sameForm(m.current())
		one := first[document]
		if one == nil {
			first[document] = m
			return nil
		}
		f := Finding{
			Principal: s.own.Root(), Resource: m.ARN, Evidence: []Evidence{fact(fmt.Sprintf("%s and %s say the same.", one.ARN, m.ARN))},
		}
		if n := len(m.holders) + len(m.boundedBy); n > mostMoved {
			f.Advice = fmt.Sprintf("Attach %s to the %d who have the policy, detach it from them, and delete it.", one.ARN, n)
		} else {
			f.Fix = m.moveTo(one)
		}
		s.find(c, f)
		return nil
	})
}

// moveTo are the commands that give all holders of a policy another one in its place.
func (m *managed) moveTo(other *managed) (fix []string) {
	for _, e := range m.holders {
		if !e.has(other.ARN) {
			fix = append(fix, e.attach(other.ARN))
		}
		fix = append(fix, e.detach(m.ARN))
	}
	for _, e := range m.boundedBy {
		fix = append(fix, e.on("put-", "-permissions-boundary", "--permissions-boundary", other.ARN))
	}
	return append(fix, m.remove()...)
}

// sameForm is a document without what has no meaning in JSON.
func sameForm(document string) string {
	var v any
	if json.Unmarshal([]byte(document), &v) != nil {
		return document
	}
	text, err := json.Marshal(v)
	if err != nil {
		return document
	}
	return string(text)
}

const setDefault = "iam:SetDefaultPolicyVersion"

func rollbacks(s *state, c *Check) error {
	who, err := s.setters()
	if err != nil {
		return err
	}
	return eachPolicy(s, func(m *managed) error {
		if len(m.versions) < 2 || len(m.holders) == 0 {
			return nil
		}
		able, evidence, err := s.setterOf(who, m)
		if err != nil || able == nil {
			return err
		}
		return s.reportWider(c, m, able, evidence)
	})
}

// setters are those who may put other versions of policies in force, without administrators,
// who may do everything anyway.
type setters struct {
	exact map[string][]*person // by the ARN of a policy that a statement names
	wild  []setter
}

// A setter may do so with the policies that the patterns match.
type setter struct {
	*person
	patterns []*evaluator.ResourcePattern
}

func (s *state) setters() (*setters, error) {
	list := &setters{exact: map[string][]*person{}}
	for _, p := range s.candidates(setDefault) {
		admin, err := s.isAdministrator(p)
		if err != nil {
			return nil, err
		}
		if admin {
			continue
		}
		if err := s.inquiry.About(p.standing); err != nil {
			return nil, err
		}
		ok, err := s.inquiry.MaySomewhere(setDefault)
		if err != nil {
			return nil, err
		}
		if ok {
			s.addSetter(list, p)
		}
	}
	return list, nil
}

func (s *state) addSetter(list *setters, p *person) {
	one := setter{person: p}
	for _, policy := range p.standing.Identity() {
		for _, text := range s.resourcesFor(policy, setDefault) {
			if strings.ContainsAny(text, "*?") {
				one.patterns = append(one.patterns, evaluator.NewResourcePattern(text, policy.Document().Version))
			} else {
				list.exact[text] = append(list.exact[text], p)
			}
		}
	}
	if one.patterns != nil {
		list.wild = append(list.wild, one)
	}
}

// resourcesFor are the resources on which a policy may allow the action, at least.
func (s *state) resourcesFor(p *evaluator.Policy, action string) (list []string) {
	for i := range p.Document().Statements {
		st := &p.Document().Statements[i]
		if st.Effect != evaluator.Allow || !s.classes.About(st, action) {
			continue
		}
		if len(st.NotResources) > 0 {
			list = append(list, "*")
		}
		for _, t := range st.Resources {
			if strings.Contains(t.Value, "${") {
				t.Value = "*"
			}
			list = append(list, t.Value)
		}
	}
	return list
}

// setterOf is the first who may put another version of the policy in force.
func (s *state) setterOf(who *setters, m *managed) (*person, []Evidence, error) {
	for _, p := range who.exact[m.ARN] {
		if ok, evidence, err := s.maySet(p, m); ok || err != nil {
			return p, evidence, err
		}
	}
	for i := range who.wild {
		w := &who.wild[i]
		if !slices.ContainsFunc(w.patterns, func(p *evaluator.ResourcePattern) bool { return p.Matches(m.ARN) }) {
			continue
		}
		if ok, evidence, err := s.maySet(w.person, m); ok || err != nil {
			return w.person, evidence, err
		}
	}
	return nil, nil, nil
}

func (s *state) maySet(p *person, m *managed) (bool, []Evidence, error) {
	if err := s.inquiry.About(p.standing); err != nil {
		return false, nil, err
	}
	ok, err := s.inquiry.May(&authz.Need{Action: setDefault, Resource: m.ARN, Tags: m.Tags})
	if !ok || err != nil {
		return false, nil, err
	}
	return true, s.allowing(), nil
}

// allowing are the statements that allow what was asked last.
func (s *state) allowing() (list []Evidence) {
	for _, m := range s.inquiry.Check().Result.Matches {
		if m.Layer == evaluator.Identity && m.Statement.Effect == evaluator.Allow && len(list) < maxEvidence {
			list = append(list, s.statement(m.Policy, m.Statement))
		}
	}
	return list
}

// reportWider reports the versions that allow what the one in force does not.
func (s *state) reportWider(c *Check, m *managed, able *person, evidence []Evidence) error {
	now, err := evaluator.Parse(m.current())
	if err != nil {
		return fmt.Errorf("policy %s: %w", m.ARN, err)
	}
	f := Finding{Principal: able.arn(), Resource: m.ARN}
	for _, v := range m.versions {
		if v.Number == m.DefaultVersion || v.Document == m.current() {
			continue
		}
		other, err := evaluator.Parse(v.Document)
		if err != nil {
			return fmt.Errorf("policy %s, %s: %w", m.ARN, version(v.Number), err)
		}
		grants, err := compare.Compare(now, other, evaluator.Identity)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(grants, func(g compare.Grant) bool { return g.Proved }); i >= 0 {
			f.Fix = append(f.Fix, m.removeVersion(v.Number))
			f.Evidence = append(f.Evidence, fact(fmt.Sprintf("%s allows %s on %s, and %s, which is in force, does not.",
				version(v.Number), grants[i].Action, grants[i].Resource, version(m.DefaultVersion))))
		}
	}
	if len(f.Fix) > 0 {
		f.Evidence = append(f.Evidence, evidence...)
		s.find(c, f)
	}
	return nil
}

// isAdministrator reports whether somebody may do everything.
func (s *state) isAdministrator(p *person) (bool, error) {
	if !mayBeAdmin(p) {
		return false, nil
	}
	if err := s.inquiry.About(p.standing); err != nil {
		return false, err
	}
	return s.inquiry.MayEverything()
}

// instanceProfilesOf are the instance profiles that hold a role.
func (s *state) instanceProfilesOf(e *entity) (names []string, err error) {
	profiles := persistence.InstanceProfilesByRole.Scan(s.tx, s.o.Account, persistence.Key{e.id}, nil)
	err = each(profiles, func(p *persistence.InstanceProfile) { names = append(names, p.Name) })
	return names, err
}
