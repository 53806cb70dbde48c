package audit

import (
	"fmt"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

func groupChecks() []Check {
	return []Check{
		{
			ID: "duplicate-attachment", Severity: Low, Title: "A user has a policy that a group of the user has too",
			Why: "Whoever takes the policy from one of the two takes nothing from the user, and may not notice.", run: eachUser(doubled),
		},
		{
			ID: "group-empty", Severity: Info, Title: "A group has no members", run: eachGroup(emptyGroup),
			Why: "It does nothing, until somebody is put into it without a look at what it allows.",
		},
		{
			ID: "group-no-policies", Severity: Info, Title: "A group has members and no policies", run: eachGroup(idleGroup),
			Why: "Its members may take it for what lets them work, or be given the same elsewhere.",
		},
		{
			ID: "groups-only", Severity: Low, Title: "A user has a policy of its own instead of one of a group",
			Why:        "Rights of single people are forgotten when they change their work.",
			References: []string{"CIS 6.0 2.14", "FSBP IAM.2", "Prowler iam_policy_attached_only_to_group_or_roles"},
			run:        eachUser(groupsOnly),
		},
	}
}

func eachGroup(look func(*state, *Check, *entity)) func(*state, *Check) error {
	return func(s *state, c *Check) error {
		in, err := s.things()
		if err != nil {
			return err
		}
		for _, g := range in.groups {
			look(s, c, g)
		}
		return nil
	}
}

func doubled(s *state, c *Check, u *entity) {
	for _, at := range u.attached {
		for _, g := range u.groups {
			if !g.has(at.PolicyARN) {
				continue
			}
			s.find(c, Finding{
				Principal: u.arn, Resource: at.PolicyARN, Fix: []string{u.detach(at.PolicyARN)},
				Evidence: []Evidence{fact(fmt.Sprintf("The policy %s is attached to the user and to the group %s.", at.PolicyName, g.name))},
			})
			break
		}
	}
}

func emptyGroup(s *state, c *Check, g *entity) {
	if len(g.members) > 0 {
		return
	}
	var fix []string
	for _, at := range g.attached {
		fix = append(fix, g.detach(at.PolicyARN))
	}
	for _, p := range g.inline {
		fix = append(fix, g.on("delete-", "-policy", "--policy-name", p.Name))
	}
	s.find(c, Finding{
		Principal: g.arn, Fix: append(fix, g.on("delete-", "")),
		Evidence: []Evidence{fact(fmt.Sprintf("It has no members, %d attached and %d inline policies.", len(g.attached), len(g.inline)))},
	})
}

func idleGroup(s *state, c *Check, g *entity) {
	if len(g.members) == 0 || len(g.attached)+len(g.inline) > 0 {
		return
	}
	s.find(c, Finding{
		Principal: g.arn, Evidence: []Evidence{fact(fmt.Sprintf("It has %d members.", len(g.members)))},
		Advice: "Attach what the members need to the group, or delete it.",
	})
}

func groupsOnly(s *state, c *Check, u *entity) {
	for _, at := range u.attached {
		group, create := s.groupFor(principal.Name(at.PolicyARN), func(g *entity) bool {
			return len(g.inline) == 0 && len(g.attached) == 1 && g.has(at.PolicyARN)
		})
		if create != nil {
			create = append(create, aws("attach-group-policy", "--group-name", group, "--policy-arn", at.PolicyARN))
		}
		s.find(c, Finding{
			Principal: u.arn, Resource: at.PolicyARN,
			Evidence: []Evidence{fact("The policy " + at.PolicyName + " is attached to the user.")},
			Fix:      append(create, u.join(group), u.detach(at.PolicyARN)),
		})
	}
	for _, p := range u.inline {
		group, create := s.groupFor(u.name+"-"+p.Name, func(*entity) bool { return false })
		s.find(c, Finding{
			Principal: u.arn, Evidence: []Evidence{{
				Policy: fmt.Sprintf("inline policy %s of user %s", p.Name, u.name), Text: "The user has an inline policy of its own.",
			}},
			Fix: append(create,
				aws("put-group-policy", "--group-name", group, "--policy-name", p.Name, "--policy-document", p.Document),
				u.join(group), u.on("delete-", "-policy", "--policy-name", p.Name)),
		})
	}
}

func (e *entity) join(group string) string {
	return aws("add-user-to-group", "--group-name", group, "--user-name", e.name)
}

// maxGroupName is how long the name of a group may be.
const maxGroupName = 128

// groupFor is the name of a group for a policy: of one that fits, or of one that is to be
// made by the command. To put users into another group would give them what it has.
func (s *state) groupFor(policy string, fits func(*entity) bool) (name string, create []string) {
	name = policy[:min(len(policy), maxGroupName)]
	for n := 2; ; n++ {
		g := s.inventory.groupsByName[persistence.Fold(name)]
		switch {
		case g == nil:
			return name, []string{aws("create-group", "--group-name", name)}
		case fits(g):
			return name, nil
		}
		end := fmt.Sprint("-", n)
		name = policy[:min(len(policy), maxGroupName-len(end))] + end
	}
}
