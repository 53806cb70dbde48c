package iam

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
)

// SetSecurityTokenServicePreferences says which tokens the global endpoint of
// STS issues: those for the regions that are on by default, or longer ones for
// all regions.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_SetSecurityTokenServicePreferences.html
func (s *Service) SetSecurityTokenServicePreferences(ctx context.Context,
	in *iam.SetSecurityTokenServicePreferencesInput) (*iam.SetSecurityTokenServicePreferencesOutput, error) {
	err := s.updateAccount(ctx, func(_ persistence.Tx, a *persistence.Account) error {
		a.GlobalTokenV2 = in.GlobalEndpointTokenVersion == types.GlobalEndpointTokenVersionV2Token
		return nil
	})
	return answer(&iam.SetSecurityTokenServicePreferencesOutput{}, err)
}

// tokenPreferenceRules are the permissions of the operation above, which has no
// resource.
func tokenPreferenceRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(*authz.Query, *iam.SetSecurityTokenServicePreferencesInput) ([]authz.Need, error) {
			return []authz.Need{{Action: "iam:SetSecurityTokenServicePreferences", Resource: "*"}}, nil
		}),
	}
}
