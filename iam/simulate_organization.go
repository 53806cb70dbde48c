package iam

import (
	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
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

// fullAWSAccess is the SCP that AWS attaches everywhere by default.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
const fullAWSAccess = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`

// organize adds the SCPs that limit the source to the policies, as enforcement does. RCPs
// are not simulated, as in AWS.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html
func (m *simulation) organize(h *authz.Holder) error {
	err := m.service.authz.Limit(m.tx, h, &m.policies)
	if err != nil || m.policies.SCP != nil || !m.has(quirkOrganization) {
		return err
	}
	p, err := evaluator.Compile(fullAWSAccess, evaluator.SCP, evaluator.Origin{ID: "FullAWSAccess", Type: scpInput.kind})
	m.policies.SCP = [][]*evaluator.Policy{{p}}
	return err
}
