package iam

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

const (
	// roleManager is the one namespace of account properties, and enabled the one
	// property in it.
	roleManager        = "RoleManager"
	roleManagerEnabled = roleManager + "/Enabled"

	roleManagerService = "role-manager.iam.amazonaws.com"
	roleManagerRole    = "AWSServiceRoleForIAMRoleManager"
	roleManagerPolicy  = "aws-service-role/AWSIAMRoleManagerServiceRolePolicy" // path and name
)

// GetAccountProperties returns the properties of the account. There is one, and every
// account has it (recorded).
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountProperties.html
func (s *Service) GetAccountProperties(ctx context.Context, _ *iam.GetAccountPropertiesInput) (*iam.GetAccountPropertiesOutput, error) {
	out := &iam.GetAccountPropertiesOutput{}
	err := s.store.View(ctx, func(tx persistence.Tx) error {
		a, err := persistence.Accounts.Get(tx, account(ctx))
		if err != nil && !errors.Is(err, persistence.ErrNotFound) {
			return err
		}
		out.Properties = map[string]string{roleManagerEnabled: strconv.FormatBool(err == nil && a.RoleManager)}
		return nil
	})
	return answer(out, err)
}

// PutAccountProperties sets properties of the account, all of one namespace. Properties
// that the namespace does not have are ignored if the one that it has is sent too
// (recorded).
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutAccountProperties.html
//
// Enabling role manager creates its service-linked role, which stays when role manager is
// disabled.
func (s *Service) PutAccountProperties(ctx context.Context, in *iam.PutAccountPropertiesInput) (*iam.PutAccountPropertiesOutput, error) {
	enable, err := readProperties(in.Properties)
	if err != nil {
		return nil, err
	}
	r, err := s.newRole(roleManagerRole, principal.ServiceRoles+roleManagerService+"/")
	if err != nil {
		return nil, err
	}
	r.TrustPolicy = roleManagerTrust
	err = s.updateAccount(ctx, func(tx persistence.Tx, a *persistence.Account) error {
		a.RoleManager = enable
		if !enable {
			return nil
		}
		there, err := persistence.Roles.Has(tx, a.ID, roleManagerRole)
		if err != nil || there {
			return err
		}
		return insertServiceLinkedRole(tx, a.ID, r, s.partition.AWSPolicy(roleManagerPolicy))
	})
	return answer(&iam.PutAccountPropertiesOutput{}, err)
}

const roleManagerTrust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"` + roleManagerService +
	`"},"Action":"sts:AssumeRole"}]}`

// readProperties says whether role manager is to be enabled. A name with more than one
// slash is split at the first one (recorded).
func readProperties(properties map[string]string) (enable bool, err error) {
	namespace := ""
	for _, key := range slices.Sorted(maps.Keys(properties)) {
		before, after, ok := strings.Cut(key, "/")
		switch {
		case !ok, before == "", after == "":
			return false, malformedProperty(key)
		case namespace != "" && namespace != before:
			return false, mixedNamespaces()
		}
		namespace = before
	}
	value, there := properties[roleManagerEnabled]
	switch {
	case namespace != roleManager:
		return false, unknownNamespace(namespace)
	case !there:
		return false, missingEnabled()
	case value != "true" && value != "false":
		return false, badEnabled()
	}
	return value == "true", nil
}

// accountPropertyRules are the permissions of the operations above. To enable role
// manager, the caller needs permission to create its role too.
func accountPropertyRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(*authz.Query, *iam.GetAccountPropertiesInput) ([]authz.Need, error) {
			return []authz.Need{{
				Action: "iam:GetAccountProperties", Resource: "*",
				Keys: []authz.Key{authz.Strings("iam:AccountPropertyNamespaces", roleManager)},
			}}, nil
		}),
		authz.For(func(q *authz.Query, in *iam.PutAccountPropertiesInput) ([]authz.Need, error) {
			enable, err := readProperties(in.Properties)
			if err != nil {
				return nil, err
			}
			needs := []authz.Need{{
				Action: "iam:PutAccountProperties", Resource: "*",
				Keys: []authz.Key{authz.Strings("iam:AccountPropertyNamespaces", roleManager)},
			}}
			if enable {
				needs = append(needs, authz.Need{
					Action:   "iam:CreateServiceLinkedRole",
					Resource: q.Own().Entity("role", principal.ServiceRoles+roleManagerService+"/", roleManagerRole),
					Keys:     []authz.Key{authz.String("iam:AWSServiceName", roleManagerService)},
				})
			}
			return needs, nil
		}),
	}
}
