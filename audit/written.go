package audit

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/lint"
	"github.com/understudy-iam/understudy/internal/shell"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// written is a document that somebody of the account has written: the version in force of a
// managed policy, an inline policy, or a trust policy.
type written struct {
	managed *managed // nil of others
	of      *entity  // whose inline or trust policy it is
	inline  string   // the name of the inline policy
	policy  *evaluator.Policy
}

// principal is whom findings about the document are about.
func (w *written) principal(s *state) string {
	if w.managed != nil {
		return s.own.Root()
	}
	return w.of.arn
}

// resource is the ARN of a managed policy.
func (w *written) resource() string {
	if w.managed != nil {
		return w.managed.ARN
	}
	return ""
}

func (w *written) isTrust() bool { return w.policy.Kind() == evaluator.Trust }

// statements are those of the document.
func (w *written) statements() []evaluator.Statement { return w.policy.Document().Statements }

// writtenDocuments are all of them. The trust policies of service-linked roles are the services'.
func (s *state) writtenDocuments() ([]*written, error) {
	if s.documents != nil {
		return s.documents, nil
	}
	in, err := s.things()
	if err != nil {
		return nil, err
	}
	list := []*written{}
	for _, m := range in.policies {
		p, err := s.o.Authorizer.ManagedPolicy(s.tx, s.o.Account, m.ARN, evaluator.Identity)
		if err != nil {
			return nil, err
		}
		list = append(list, &written{managed: m, policy: p})
	}
	for _, e := range in.entities() {
		own, err := documentsOf(e)
		if err != nil {
			return nil, err
		}
		list = append(list, own...)
	}
	s.documents = list
	return list, nil
}

// documentsOf are the inline and trust policies of an entity.
func documentsOf(e *entity) (list []*written, err error) {
	for _, i := range e.inline {
		p, err := evaluator.Compile(i.Document, evaluator.Identity, evaluator.Origin{
			ID: authz.InlineID(e.kind, e.name, i.Name), Name: fmt.Sprintf("inline policy %s of %s %s", i.Name, e.kind, e.name),
			Holder: e.kind, Owner: e.name,
		})
		if err != nil {
			return nil, fmt.Errorf("inline policy %s of %s: %w", i.Name, e.arn, err)
		}
		list = append(list, &written{of: e, inline: i.Name, policy: p})
	}
	if e.role == nil || e.isLinked() {
		return list, nil
	}
	p, err := evaluator.Compile(e.role.TrustPolicy, evaluator.Trust, evaluator.Origin{Name: "trust policy of " + e.arn})
	if err != nil {
		return nil, fmt.Errorf("trust policy of %s: %w", e.arn, err)
	}
	return append(list, &written{of: e, policy: p}), nil
}

// isLinked reports whether it is the role of a service, which nobody else changes.
func (e *entity) isLinked() bool {
	return e.role != nil && strings.HasPrefix(e.role.Path, principal.ServiceRoles)
}

type lintKey struct {
	document string
	kind     evaluator.Kind
}

// lint returns what lint finds in a document. Each text is looked at once.
func (s *state) lint(w *written) []lint.Finding {
	k := lintKey{w.policy.Document().Source(), w.policy.Kind()}
	list, ok := s.linted[k]
	if !ok {
		list = lint.Lint(k.document, lint.Options{Kind: k.kind, Account: s.o.Account})
		if s.linted == nil {
			s.linted = map[lintKey][]lint.Finding{}
		}
		s.linted[k] = list
	}
	return list
}

// eachStatement gives each Allow statement of the documents that people have written, trust
// policies or others, to f.
func (s *state) eachStatement(trust bool, f func(*written, *evaluator.Statement)) error {
	documents, err := s.writtenDocuments()
	if err != nil {
		return err
	}
	for _, w := range documents {
		for i := range w.statements() {
			if st := &w.statements()[i]; w.isTrust() == trust && st.Effect == evaluator.Allow {
				f(w, st)
			}
		}
	}
	return nil
}

// candidates are the principals of whom a policy may allow the action, the others than
// which need not be asked.
func (s *state) candidates(action string) []*person {
	list, ok := s.able[action]
	if ok {
		return list
	}
	allows := map[*evaluator.Policy]bool{}
	for _, p := range s.people {
		if slices.ContainsFunc(p.standing.Identity(), func(policy *evaluator.Policy) bool {
			yes, ok := allows[policy]
			if !ok {
				yes = s.mentions(policy, action)
				allows[policy] = yes
			}
			return yes
		}) {
			list = append(list, p)
		}
	}
	if s.able == nil {
		s.able = map[string][]*person{}
	}
	s.able[action] = list
	return list
}

// mentions reports whether a statement of the policy allows the action on something.
func (s *state) mentions(p *evaluator.Policy, action string) bool {
	return slices.ContainsFunc(p.Document().Statements, func(st evaluator.Statement) bool {
		return st.Effect == evaluator.Allow && s.classes.About(&st, action)
	})
}

// everywhere reports whether a statement is about all resources.
func everywhere(st *evaluator.Statement) bool {
	return slices.ContainsFunc(st.Resources, func(t evaluator.Text) bool { return t.Value == "*" })
}

// aws is a command of the AWS CLI for IAM.
func aws(words ...string) string { return shell.Command(append([]string{"aws", "iam"}, words...)) }

// on are the words of a command that is about an entity.
func (e *entity) on(before, after string, more ...string) string {
	return aws(append([]string{before + e.kind + after, "--" + e.kind + "-name", e.name}, more...)...)
}

// detach is the command that takes a managed policy from an entity.
func (e *entity) detach(arn string) string { return e.on("detach-", "-policy", "--policy-arn", arn) }

// attach is the command that gives it a managed policy.
func (e *entity) attach(arn string) string { return e.on("attach-", "-policy", "--policy-arn", arn) }

// maxEvidence bounds the list of evidence of a finding.
const maxEvidence = 20

// facts are evidence of a list of the same kind, which is cut if it is long.
func facts(lines []string, what string) (list []Evidence) {
	for i, line := range lines {
		if i == maxEvidence {
			return append(list, fact(fmt.Sprintf("There are %d %s more.", len(lines)-i, what)))
		}
		list = append(list, fact(line))
	}
	return list
}

// shownTrust is a trust policy with ARNs in place of unique IDs, as commands take it.
func (s *state) shownTrust(document string) (string, error) {
	in, err := s.things()
	if err != nil {
		return "", err
	}
	return evaluator.RewritePrincipals(document, func(ref evaluator.PrincipalRef) (string, error) {
		if e := in.byID[ref.Value]; e != nil && e.kind != "root" {
			return e.arn, nil
		}
		return s.foreign(ref.Value)
	})
}

// foreign is the ARN of a user or role of another account that a trust policy names by its
// unique ID; what is not such an ID stays as it is.
func (s *state) foreign(id string) (string, error) {
	if !strings.HasPrefix(id, principal.UserIDPrefix) && !strings.HasPrefix(id, principal.RoleIDPrefix) {
		return id, nil
	}
	for account, err := range persistence.StoredAccounts(s.tx) {
		if err != nil {
			return "", err
		}
		if account == s.o.Account {
			continue
		}
		h, err := authz.HolderByID(s.tx, account, id)
		if err == nil {
			return h.ARN(s.o.Partition), nil
		}
		if !absent(err) {
			return "", err
		}
	}
	return id, nil
}

func absent(err error) bool { return errors.Is(err, persistence.ErrNotFound) }
