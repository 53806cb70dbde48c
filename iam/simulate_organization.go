package iam

import (
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/persistence"
)

// maxOrganizationLevels is the depth of an organization with its root and the
// account.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html
const maxOrganizationLevels = 7

// readOrganization reads OrderedOrganizationPolicyInputList: the SCPs of each
// level, from the root down to the account.
func (m *simulation) readOrganization() error {
	if len(m.in.levels) > maxOrganizationLevels {
		return tooManyLevels(maxOrganizationLevels)
	}
	for i, level := range m.in.levels {
		if len(level.ServiceControlPolicyInputList) == 0 {
			return emptyLevel(i + 1)
		}
		policies, err := compileList(level.ServiceControlPolicyInputList, evaluator.SCP, scpInput)
		if err != nil {
			return err
		}
		m.policies.SCP = append(m.policies.SCP, policies)
	}
	return nil
}

// fullAWSAccess is the SCP that AWS attaches everywhere at first.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
const fullAWSAccess = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`

// organizationLevels are the SCPs that limit an account, by level; nil if it is
// in no organization. It is the one place that says so for simulations.
func (m *simulation) organizationLevels(_ persistence.Tx, _ string) ([][]*evaluator.Policy, error) {
	if !m.has(quirkOrganization) {
		return nil, nil
	}
	p, err := evaluator.Compile(fullAWSAccess, evaluator.SCP, evaluator.Origin{ID: "FullAWSAccess", Type: scpInput.kind})
	return [][]*evaluator.Policy{{p}}, err
}
