package audit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/persistence"
)

func wildcardChecks() []Check {
	return []Check{
		{
			ID: "admin-policy", Severity: High, Title: "A policy that allows every action on everything is attached",
			Why: "Whoever has the credentials has the whole account.", References: []string{
				"CIS 6.0 2.15", "FSBP IAM.1", "Prowler iam_aws_attached_policy_no_administrative_privileges",
				"Prowler iam_customer_attached_policy_no_administrative_privileges", "Prowler iam_inline_policy_no_administrative_privileges",
			}, run: adminPolicy,
		},
		{
			ID: "admin-mfa", Severity: Critical, Title: "An administrator has a password or access key and no MFA device",
			Why:        "One stolen secret is enough to have the whole account.",
			References: []string{"Prowler iam_administrator_access_with_mfa"}, run: adminMFA,
		},
		{
			ID: "assume-any", Severity: Medium, Title: "A policy allows sts:AssumeRole on every role",
			Why:        "Its holders can be every role whose trust policy names the account, also those that are made later.",
			References: []string{"Prowler iam_no_custom_policy_permissive_role_assumption"},
			run:        statementCheck(assumesAny, "Name the roles that are needed in Resource."),
		},
		{
			ID: "cloudshell", Severity: Low, Title: "The policy AWSCloudShellFullAccess is attached",
			Why:        "A shell with access to the Internet can send away what the user can read.",
			References: []string{"CIS 6.0 2.21", "FSBP IAM.27", "Prowler iam_policy_cloudshell_admin_not_attached"}, run: cloudShell,
		},
		{
			ID: "marketplace", Severity: Low, Title: "A policy allows aws-marketplace:Subscribe on everything",
			Why:        "Its holders can buy software at the account's expense.",
			References: []string{"Prowler iam_policy_no_wildcard_marketplace_subscribe"},
			run: statementCheck(func(s *state, st *evaluator.Statement) bool {
				return !isWild(st) && everywhere(st) && s.classes.About(st, "aws-marketplace:Subscribe")
			}, "Take the action out of the statement."),
		},
		{
			ID: "near-admin", Severity: Medium, Title: "A policy allows nearly everything",
			Why: "What is left out is less than what nobody thought of, also of what AWS adds later.",
			run: statementCheck(nearAdmin, "List the actions that are needed, and name the resources."),
		},
		{
			ID: "service-wildcard", Severity: Low, Title: "A policy allows every action of a service",
			Why: "Among them are those that delete, and those that change who may do what.", References: []string{
				"FSBP IAM.21", "Prowler iam_policy_no_full_access_to_cloudtrail", "Prowler iam_policy_no_full_access_to_kms",
			}, run: statementCheck(func(_ *state, st *evaluator.Statement) bool {
				return slices.ContainsFunc(st.Actions, isServiceWildcard)
			}, "List the actions that are needed."),
		},
	}
}

// statementCheck makes a check of each Allow statement that people have written in
// identity-based policies; a document is reported once, with all such statements.
func statementCheck(wrong func(*state, *evaluator.Statement) bool, advice string) func(*state, *Check) error {
	return func(s *state, c *Check) error {
		var of []*written
		evidence := map[*written][]Evidence{}
		err := s.eachStatement(false, func(w *written, st *evaluator.Statement) {
			if len(evidence[w]) == maxEvidence || !wrong(s, st) {
				return
			}
			if evidence[w] == nil {
				of = append(of, w)
			}
			evidence[w] = append(evidence[w], s.statement(w.policy, st))
		})
		for _, w := range of {
			s.find(c, Finding{Principal: w.principal(s), Resource: w.resource(), Evidence: evidence[w], Advice: advice})
		}
		return err
	}
}

// isWild reports whether a statement is about all actions.
func isWild(st *evaluator.Statement) bool {
	return slices.ContainsFunc(st.Actions, func(t evaluator.Text) bool {
		return strings.Trim(t.Value, "*") == "" || strings.Trim(t.Value, "*") == ":"
	})
}

// isAdmin reports whether a statement allows everything, without a condition.
func isAdmin(st *evaluator.Statement) bool {
	return st.Effect == evaluator.Allow && isWild(st) && everywhere(st) && len(st.Conditions) == 0
}

// nearAdmin reports whether a statement allows all actions and not quite on everything, or
// all but some on everything.
func nearAdmin(_ *state, st *evaluator.Statement) bool {
	switch {
	case len(st.NotActions) > 0:
		return everywhere(st) || len(st.NotResources) > 0
	case !isWild(st):
		return false
	}
	return !isAdmin(st)
}

func isServiceWildcard(t evaluator.Text) bool {
	service, action, ok := strings.Cut(t.Value, ":")
	return ok && strings.Trim(action, "*") == "" && action != "" && !strings.ContainsAny(service, "*?")
}

func assumesAny(s *state, st *evaluator.Statement) bool {
	if isWild(st) || !s.classes.About(st, "sts:AssumeRole") || len(st.NotActions) > 0 {
		return false
	}
	role := s.own.IAM("role/understudy-audit-any")
	return slices.ContainsFunc(st.Resources, func(t evaluator.Text) bool {
		return strings.HasSuffix(t.Value, "*") && evaluator.NewResourcePattern(t.Value, evaluator.Version2012).Matches(role)
	})
}

// adminPolicy reports each policy that allows everything with each of its holders.
func adminPolicy(s *state, c *Check) error {
	in, err := s.things()
	if err != nil {
		return err
	}
	documents, err := s.writtenDocuments()
	if err != nil {
		return err
	}
	inline := map[*entity][]*written{}
	for _, w := range documents {
		if w.inline != "" {
			inline[w.of] = append(inline[w.of], w)
		}
	}
	for _, e := range in.entities() {
		for _, at := range e.attached {
			p, err := s.o.Authorizer.ManagedPolicy(s.tx, s.o.Account, at.PolicyARN, evaluator.Identity)
			if err != nil {
				return err
			}
			s.reportAdmin(c, e, p, at.PolicyARN, e.detach(at.PolicyARN))
		}
		for _, w := range inline[e] {
			s.reportAdmin(c, e, w.policy, "", e.on("delete-", "-policy", "--policy-name", w.inline))
		}
	}
	return nil
}

func (s *state) reportAdmin(c *Check, e *entity, p *evaluator.Policy, resource, fix string) {
	statements := p.Document().Statements
	i := slices.IndexFunc(statements, func(st evaluator.Statement) bool { return isAdmin(&st) })
	if i < 0 || e.isLinked() {
		return
	}
	s.find(c, Finding{
		Principal: e.arn, Resource: resource, Evidence: []Evidence{s.statement(p, &statements[i])}, Fix: []string{fix},
		Advice: "First see that somebody else can still administer the account, such as a role that is assumed with MFA.",
	})
}

// adminMFA reports users who are allowed everything.
func adminMFA(s *state, c *Check) error {
	in, err := s.things()
	if err != nil {
		return err
	}
	for _, u := range in.users {
		if len(u.devices) > 0 || u.login == nil && len(u.active()) == 0 || u.person == nil {
			continue
		}
		ok, err := s.isAdministrator(u.person)
		if err != nil {
			return err
		}
		if ok {
			s.find(c, Finding{
				Principal: u.arn, Evidence: append([]Evidence{fact("The user may do everything and has no MFA device.")}, s.whyAdmin(u.person)...),
				Advice: "Let the user enable an MFA device, or give the rights to a role that is assumed with MFA.",
			})
		}
	}
	return nil
}

// mayBeAdmin spares the question whether everything is allowed: only with a wildcard it is.
func mayBeAdmin(p *person) bool {
	return slices.ContainsFunc(p.standing.Identity(), func(policy *evaluator.Policy) bool {
		return slices.ContainsFunc(policy.Document().Statements, func(st evaluator.Statement) bool {
			return st.Effect == evaluator.Allow && (isWild(&st) || len(st.NotActions) > 0)
		})
	})
}

func (s *state) whyAdmin(p *person) (list []Evidence) {
	for _, policy := range p.standing.Identity() {
		for i := range policy.Document().Statements {
			if st := &policy.Document().Statements[i]; isAdmin(st) {
				list = append(list, s.statement(policy, st))
			}
		}
	}
	return list[:min(len(list), maxEvidence)]
}

func cloudShell(s *state, c *Check) error {
	arn := s.o.Partition.AWSPolicy("AWSCloudShellFullAccess")
	in, err := s.things()
	if err != nil {
		return err
	}
	return each(persistence.AttachmentsByPolicy.Scan(s.tx, s.o.Account, persistence.Key{arn}, nil), func(at *persistence.Attachment) {
		if e := in.byID[at.EntityID]; e != nil {
			s.find(c, Finding{
				Principal: e.arn, Resource: arn, Fix: []string{e.detach(arn)},
				Evidence: []Evidence{fact(fmt.Sprintf("It is attached to the %s %s.", e.kind, e.name))},
			})
		}
	})
}
