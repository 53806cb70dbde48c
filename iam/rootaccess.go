package iam

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
)

// EnableOrganizationsRootCredentialsManagement lets the management account and the
// delegated administrators manage the root credentials of the member accounts.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_EnableOrganizationsRootCredentialsManagement.html
//
// Only the management account may call it. IAM must have trusted access to the
// organization, and the organization must have all features.
func (s *Service) EnableOrganizationsRootCredentialsManagement(ctx context.Context,
	_ *iam.EnableOrganizationsRootCredentialsManagementInput) (*iam.EnableOrganizationsRootCredentialsManagementOutput, error) {
	id, features, err := s.setRootFeature(ctx, types.FeatureTypeRootCredentialsManagement, true)
	return answer(&iam.EnableOrganizationsRootCredentialsManagementOutput{OrganizationId: id, EnabledFeatures: features}, err)
}

// EnableOrganizationsRootSessions lets the management account and the delegated
// administrators start root sessions in the member accounts, with AssumeRoot.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_EnableOrganizationsRootSessions.html
func (s *Service) EnableOrganizationsRootSessions(ctx context.Context,
	_ *iam.EnableOrganizationsRootSessionsInput) (*iam.EnableOrganizationsRootSessionsOutput, error) {
	id, features, err := s.setRootFeature(ctx, types.FeatureTypeRootSessions, true)
	return answer(&iam.EnableOrganizationsRootSessionsOutput{OrganizationId: id, EnabledFeatures: features}, err)
}

// DisableOrganizationsRootCredentialsManagement ends the management of the member
// accounts' root credentials.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DisableOrganizationsRootCredentialsManagement.html
func (s *Service) DisableOrganizationsRootCredentialsManagement(ctx context.Context,
	_ *iam.DisableOrganizationsRootCredentialsManagementInput) (*iam.DisableOrganizationsRootCredentialsManagementOutput, error) {
	id, features, err := s.setRootFeature(ctx, types.FeatureTypeRootCredentialsManagement, false)
	return answer(&iam.DisableOrganizationsRootCredentialsManagementOutput{OrganizationId: id, EnabledFeatures: features}, err)
}

// DisableOrganizationsRootSessions ends root sessions in the member accounts.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DisableOrganizationsRootSessions.html
func (s *Service) DisableOrganizationsRootSessions(ctx context.Context,
	_ *iam.DisableOrganizationsRootSessionsInput) (*iam.DisableOrganizationsRootSessionsOutput, error) {
	id, features, err := s.setRootFeature(ctx, types.FeatureTypeRootSessions, false)
	return answer(&iam.DisableOrganizationsRootSessionsOutput{OrganizationId: id, EnabledFeatures: features}, err)
}

// ListOrganizationsFeatures lists the features of centralized root access that
// are enabled.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListOrganizationsFeatures.html
func (s *Service) ListOrganizationsFeatures(ctx context.Context,
	_ *iam.ListOrganizationsFeaturesInput) (*iam.ListOrganizationsFeaturesOutput, error) {
	out := &iam.ListOrganizationsFeaturesOutput{}
	err := s.store.View(ctx, func(tx persistence.Tx) error {
		o, _, err := administered(tx, account(ctx))
		if err != nil {
			return err
		}
		out.OrganizationId, out.EnabledFeatures = &o.ID, featuresOut(o)
		return nil
	})
	return answer(out, err)
}

// setRootFeature enables or disables a feature. If it is so already, nothing changes.
func (s *Service) setRootFeature(ctx context.Context, f types.FeatureType,
	enable bool) (id *string, features []types.FeatureType, err error) {
	err = s.store.Update(ctx, func(tx persistence.Tx) error {
		o, management, err := administered(tx, account(ctx))
		if err != nil {
			return err
		}
		if enable && management != account(ctx) {
			return notManagement(account(ctx))
		}
		o.RootFeatures = slices.DeleteFunc(o.RootFeatures, func(name string) bool { return name == string(f) })
		if enable {
			o.RootFeatures = append(o.RootFeatures, string(f))
			slices.Sort(o.RootFeatures)
		}
		id, features = &o.ID, featuresOut(o)
		return persistence.Organizations.Put(tx, management, o)
	})
	return id, features, err
}

// administered returns the organization in which the account administers IAM, and its
// management account.
func administered(tx persistence.Tx, account string) (*persistence.Organization, string, error) {
	o, m, err := persistence.OrganizationOf(tx, account)
	switch {
	case err != nil:
		return nil, "", err
	case o == nil:
		return nil, "", noOrganization(account)
	case o.BillingOnly:
		return nil, "", noAllFeatures(account)
	case o.NoTrustedAccess:
		return nil, "", noTrustedAccess(account)
	case account != m.Management && !slices.Contains(o.Administrators, account):
		return nil, "", notAdministrator(account)
	}
	return o, m.Management, nil
}

func featuresOut(o *persistence.Organization) []types.FeatureType {
	list := make([]types.FeatureType, len(o.RootFeatures))
	for i, name := range o.RootFeatures {
		list[i] = types.FeatureType(name)
	}
	return list
}

// rootAccessRules are the permissions of the operations above, which have no
// resource.
func rootAccessRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(*authz.Query, *iam.EnableOrganizationsRootCredentialsManagementInput) ([]authz.Need, error) {
			return []authz.Need{{Action: "iam:EnableOrganizationsRootCredentialsManagement", Resource: "*"}}, nil
		}),
		authz.For(func(*authz.Query, *iam.EnableOrganizationsRootSessionsInput) ([]authz.Need, error) {
			return []authz.Need{{Action: "iam:EnableOrganizationsRootSessions", Resource: "*"}}, nil
		}),
		authz.For(func(*authz.Query, *iam.DisableOrganizationsRootCredentialsManagementInput) ([]authz.Need, error) {
			return []authz.Need{{Action: "iam:DisableOrganizationsRootCredentialsManagement", Resource: "*"}}, nil
		}),
		authz.For(func(*authz.Query, *iam.DisableOrganizationsRootSessionsInput) ([]authz.Need, error) {
			return []authz.Need{{Action: "iam:DisableOrganizationsRootSessions", Resource: "*"}}, nil
		}),
		authz.For(func(*authz.Query, *iam.ListOrganizationsFeaturesInput) ([]authz.Need, error) {
			return []authz.Need{{Action: "iam:ListOrganizationsFeatures", Resource: "*"}}, nil
		}),
	}
}
