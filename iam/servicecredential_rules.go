package iam

import (
	"errors"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
)

// The condition keys of service-specific credentials. The name of the service is in lower
// case, even if it is passed in another case (recorded).
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
const (
	credentialServiceKey = "iam:ServiceSpecificCredentialServiceName"
	credentialAgeKey     = "iam:ServiceSpecificCredentialAgeDays"
)

// serviceCredentialRules are the permissions of the operations on
// service-specific credentials, which belong to their users.
func serviceCredentialRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(q *authz.Query, in *iam.CreateServiceSpecificCredentialInput) ([]authz.Need, error) {
			need, err := identityNeed(q, userKind, "iam:CreateServiceSpecificCredential", aws.ToString(in.UserName))
			need.Keys = append(need.Keys, authz.String(credentialServiceKey, strings.ToLower(aws.ToString(in.ServiceName))))
			if in.CredentialAgeDays != nil {
				need.Keys = append(need.Keys, authz.String(credentialAgeKey, strconv.Itoa(int(*in.CredentialAgeDays))))
			}
			return []authz.Need{need}, err
		}),
		authz.For(func(q *authz.Query, in *iam.ListServiceSpecificCredentialsInput) ([]authz.Need, error) {
			const action = "iam:ListServiceSpecificCredentials"
			if in.UserName == nil && aws.ToBool(in.AllUsers) {
				return []authz.Need{{Action: action, Resource: q.Own().IAM("user/*")}}, nil
			}
			return userNeeds(q, action, in.UserName)
		}),
		authz.For(func(q *authz.Query, in *iam.UpdateServiceSpecificCredentialInput) ([]authz.Need, error) {
			return serviceCredentialNeeds(q, "iam:UpdateServiceSpecificCredential", in.UserName, in.ServiceSpecificCredentialId)
		}),
		authz.For(func(q *authz.Query, in *iam.ResetServiceSpecificCredentialInput) ([]authz.Need, error) {
			return serviceCredentialNeeds(q, "iam:ResetServiceSpecificCredential", in.UserName, in.ServiceSpecificCredentialId)
		}),
		authz.For(func(q *authz.Query, in *iam.DeleteServiceSpecificCredentialInput) ([]authz.Need, error) {
			return serviceCredentialNeeds(q, "iam:DeleteServiceSpecificCredential", in.UserName, in.ServiceSpecificCredentialId)
		}),
	}
}

// serviceCredentialNeeds asks for action on the user, with the service of the credential
// if the credential exists.
func serviceCredentialNeeds(q *authz.Query, action string, userName, id *string) ([]authz.Need, error) {
	need, err := userNeed(q, action, userName)
	if err != nil {
		return nil, err
	}
	c, err := persistence.ServiceCredentials.Get(q.Tx, q.Account(), aws.ToString(id))
	if err == nil {
		need.Keys = append(need.Keys, authz.String(credentialServiceKey, c.Service))
	}
	if errors.Is(err, persistence.ErrNotFound) {
		err = nil
	}
	return []authz.Need{need}, err
}
