package audit

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/compare"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

func trustChecks() []Check {
	return []Check{
		{
			ID: "confused-deputy", Severity: Low, Title: "A service may assume the role for any account's resources",
			Why: "If somebody else makes the service act with the role's ARN, it may act with this account's rights for them.", References: []string{
				"Prowler iam_role_cross_service_confused_deputy_prevention",
			}, run: confusedDeputy,
		},
		{
			ID: "cross-account-readonly", Severity: Medium, Title: "Another account may assume a role that can read everything",
			Why:        "All data of the account can be read from there.",
			References: []string{"Prowler iam_role_cross_account_readonlyaccess_policy"}, run: crossReadOnly,
		},
		{
			ID: "trust-external-id", Severity: Medium, Title: "The trust policy lets in another account without an external ID",
			Why: "If the account serves others too, one of them can name this role, and the account acts for the wrong one.", run: noExternalID,
		},
		{
			ID: "trust-world", Severity: Critical, Title: "The trust policy lets in every AWS account",
			Why: "Anybody who has an account can assume the role.", run: openTrust,
		},
	}
}

// limits reports whether a statement can apply only with a value of one of the keys.
func limits(st *evaluator.Statement, is func(key string) bool) bool {
	return slices.ContainsFunc(st.Conditions, func(c evaluator.Condition) bool {
		op, ok := evaluator.ParseOperator(c.Operator)
		every := func(t evaluator.Text) bool { return op.Wildcards && t.Value == "*" }
		return ok && is(strings.ToLower(c.Key)) && !op.Negated && !op.IfExists && op.Quantifier != "ForAllValues" &&
			op.Type != evaluator.NullValue && !slices.ContainsFunc(c.Values, every)
	})
}

func oneOf(keys ...string) func(string) bool {
	return func(key string) bool { return slices.Contains(keys, key) }
}

// isEverybody reports whether a principal is every one.
func isEverybody(p evaluator.PrincipalRef) bool {
	return p.Value == "*" && (p.Type == "" || p.Type == "AWS")
}

func openTrust(s *state, c *Check) error {
	documents, err := s.writtenDocuments()
	if err != nil {
		return err
	}
	for _, w := range documents {
		if !w.isTrust() || !slices.ContainsFunc(w.statements(), func(st evaluator.Statement) bool {
			return st.Effect == evaluator.Allow && slices.ContainsFunc(st.Principals, isEverybody)
		}) {
			continue
		}
		grants, err := compare.Public(w.policy.Document(), compare.Access{}, evaluator.Trust)
		if err != nil {
			return err
		}
		for _, i := range statementsOf(grants) {
			st := &w.statements()[i]
			if limits(st, oneOf("sts:externalid")) {
				continue
			}
			fix, err := s.changeTrust(w, i, func(m map[string]any) { m["Principal"] = map[string]any{"AWS": s.own.Root()} })
			if err != nil {
				return err
			}
			s.find(c, Finding{
				Principal: w.of.arn, Evidence: []Evidence{s.statement(w.policy, st)}, Fix: fix,
				Advice: "The command lets in this account alone; name others who need the role, or add a condition on aws:PrincipalOrgID.",
			})
		}
	}
	return nil
}

// statementsOf are the statements of grants, each once.
func statementsOf(grants []compare.Grant) (list []int) {
	for _, g := range grants {
		list = append(list, g.Statement)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// changeTrust is the command that changes a statement of a trust policy.
func (s *state) changeTrust(w *written, index int, change func(statement map[string]any)) ([]string, error) {
	shown, err := s.shownTrust(w.policy.Document().Source())
	if err != nil {
		return nil, err
	}
	var document map[string]any
	if err := json.Unmarshal([]byte(shown), &document); err != nil {
		return nil, err
	}
	statement, ok := document["Statement"].(map[string]any)
	if list, isList := document["Statement"].([]any); isList && index < len(list) {
		statement, ok = list[index].(map[string]any)
	}
	if !ok {
		return nil, nil
	}
	change(statement)
	text, err := json.Marshal(document)
	if err != nil {
		return nil, err
	}
	ordered, err := evaluator.NormalizeTrust(string(text))
	if err != nil {
		return nil, err
	}
	return []string{aws("update-assume-role-policy", "--role-name", w.of.name, "--policy-document", ordered)}, nil
}

// foreigners are the principals of a statement that are of an account outside of the
// organization, which may be the account alone.
func (s *state) foreigners(st *evaluator.Statement, friends []string) (list []string, err error) {
	for _, p := range st.Principals {
		if p.Type != "AWS" || p.Value == "*" {
			continue
		}
		value, err := s.foreign(p.Value)
		if err != nil {
			return nil, err
		}
		account := value
		if arn, ok := principal.ParseARN(value); ok {
			account = arn.AccountID
		}
		if principal.ValidAccountID(account) && !slices.Contains(friends, account) {
			list = append(list, value)
		}
	}
	return list, nil
}

// friends are the accounts of the account's organization, and itself.
func (s *state) friends() ([]string, error) {
	o, _, err := persistence.OrganizationOf(s.tx, s.o.Account)
	if err != nil || o == nil {
		return []string{s.o.Account}, err
	}
	return o.Accounts, nil
}

// eachForeign gives the statements of trust policies that let in other accounts to f.
func (s *state) eachForeign(f func(w *written, st *evaluator.Statement, who []string)) error {
	friends, err := s.friends()
	if err != nil {
		return err
	}
	var failed error
	err = s.eachStatement(true, func(w *written, st *evaluator.Statement) {
		who, err := s.foreigners(st, friends)
		if err != nil {
			failed = err
		}
		if len(who) > 0 {
			f(w, st, who)
		}
	})
	if failed != nil {
		return failed
	}
	return err
}

func noExternalID(s *state, c *Check) error {
	return s.eachForeign(func(w *written, st *evaluator.Statement, who []string) {
		if !s.classes.About(st, "sts:AssumeRole") || limits(st, oneOf("sts:externalid", "aws:principalorgid", "aws:principalorgpaths")) {
			return
		}
		s.find(c, Finding{
			Principal: w.of.arn, Evidence: []Evidence{s.statement(w.policy, st), fact("It lets in " + joined(who) + ".")},
			Advice: "If it is somebody else's, agree on an external ID and add a condition on sts:ExternalId.",
		})
	})
}

func crossReadOnly(s *state, c *Check) error {
	arn := s.o.Partition.AWSPolicy("ReadOnlyAccess")
	found := map[*entity]bool{}
	return s.eachForeign(func(w *written, st *evaluator.Statement, who []string) {
		if !w.of.has(arn) || found[w.of] {
			return
		}
		found[w.of] = true
		s.find(c, Finding{
			Principal: w.of.arn, Resource: arn, Fix: []string{w.of.detach(arn)},
			Evidence: []Evidence{s.statement(w.policy, st), fact("It lets in " + joined(who) + ", and ReadOnlyAccess is attached to the role.")},
			Advice:   "Attach a policy with what is read from there, or SecurityAudit, which reads no data.",
		})
	})
}

// sourceKeys say for which resource a service acts.
var sourceKeys = []string{"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"}

// confusedDeputy reports services without such a key. EC2 acts for instances of the role's
// own account, and sends none.
func confusedDeputy(s *state, c *Check) error {
	var failed error
	err := s.eachStatement(true, func(w *written, st *evaluator.Statement) {
		var services []string
		for _, p := range st.Principals {
			if p.Type == "Service" && p.Value != s.o.Partition.EC2() {
				services = append(services, p.Value)
			}
		}
		if len(services) == 0 || limits(st, oneOf(sourceKeys...)) {
			return
		}
		f := Finding{
			Principal: w.of.arn, Evidence: []Evidence{s.statement(w.policy, st)},
			Advice: "See first that " + joined(services) + " sends aws:SourceAccount when it assumes roles, or the role cannot be assumed any more.",
		}
		if len(services) == len(st.Principals) {
			var err error
			if f.Fix, err = s.changeTrust(w, st.Index, s.fromHere); err != nil {
				failed = err
			}
		}
		s.find(c, f)
	})
	if failed != nil {
		return failed
	}
	return err
}

// fromHere adds to a statement the condition that the resource is of the account.
func (s *state) fromHere(statement map[string]any) {
	conditions, ok := statement["Condition"].(map[string]any)
	if !ok {
		conditions = map[string]any{}
	}
	equals, ok := conditions["StringEquals"].(map[string]any)
	if !ok {
		equals = map[string]any{}
	}
	equals["aws:SourceAccount"] = s.o.Account
	conditions["StringEquals"] = equals
	statement["Condition"] = conditions
}
