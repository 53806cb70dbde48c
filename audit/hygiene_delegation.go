package audit

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
)

func delegationChecks() []Check {
	return []Check{
		{
			ID: "boundary-missing", Severity: High, Title: "It may make users or roles and give them policies, without a permissions boundary",
			Why: "What it makes can have rights that it has not itself.", run: boundaryMissing,
		},
	}
}

// making are the calls that make somebody, and those that give it rights.
var making = []struct {
	create string
	give   []string
}{
	{"iam:CreateRole", []string{"iam:AttachRolePolicy", "iam:PutRolePolicy"}},
	{"iam:CreateUser", []string{"iam:AttachUserPolicy", "iam:PutUserPolicy"}},
}

func boundaryMissing(s *state, c *Check) error {
	for _, m := range making {
		for _, p := range s.candidates(m.create) {
			admin, err := s.isAdministrator(p)
			if err != nil {
				return err
			}
			if admin || isLinked(p) {
				continue
			}
			if err := s.reportMaker(c, p, m.create, m.give); err != nil {
				return err
			}
		}
	}
	return nil
}

// mostTried is how many resources of a principal's statements are asked about.
const mostTried = 50

func (s *state) reportMaker(c *Check, p *person, create string, give []string) error {
	if err := s.inquiry.About(p.standing); err != nil {
		return err
	}
	for _, resource := range s.named(p, create) {
		ok, err := s.inquiry.May(&authz.Need{Action: create, Resource: resource})
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		evidence := s.allowing()
		for _, action := range give {
			ok, err := s.inquiry.May(&authz.Need{Action: action, Resource: resource})
			if err != nil {
				return err
			}
			if !ok {
				continue
			}
			fix, err := bound(p)
			if err != nil {
				return err
			}
			s.find(c, Finding{
				Principal: p.arn(), Title: fmt.Sprintf("It may call %s and %s without a permissions boundary", create, action),
				Evidence: append(evidence, s.allowing()...), Fix: fix,
				Advice: "Then allow the calls with a condition on iam:PermissionsBoundary that names the boundary to be given.",
			})
			return nil
		}
	}
	return nil
}

// named are the resources on which the statements of somebody may allow the action: "*", and
// those that they name.
func (s *state) named(p *person, action string) []string {
	list := []string{"*"}
	for _, policy := range p.standing.Identity() {
		for i := range policy.Document().Statements {
			st := &policy.Document().Statements[i]
			if st.Effect != evaluator.Allow || !s.classes.About(st, action) {
				continue
			}
			for _, t := range st.Resources {
				if len(list) < mostTried && !slices.Contains(list, t.Value) && !strings.Contains(t.Value, "${") {
					list = append(list, t.Value)
				}
			}
		}
	}
	return list
}

// bound is the command that denies to make somebody without a boundary, and to take it away.
func bound(p *person) ([]string, error) {
	document, err := json.Marshal(map[string]any{"Version": evaluator.Version2012, "Statement": []map[string]any{
		{
			"Sid": "NobodyWithoutBoundary", "Effect": "Deny", "Action": []string{"iam:CreateRole", "iam:CreateUser"}, "Resource": "*",
			"Condition": map[string]any{"Null": map[string]string{"iam:PermissionsBoundary": "true"}},
		},
		{
			"Sid": "BoundariesStay", "Effect": "Deny", "Resource": "*",
			"Action": []string{"iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary"},
		},
	}})
	if err != nil {
		return nil, err
	}
	h := p.standing.Holder()
	return []string{aws("put-"+h.Kind+"-policy", "--"+h.Kind+"-name", h.Name, "--policy-name", "audit-boundary-missing",
		"--policy-document", string(document))}, nil
}
