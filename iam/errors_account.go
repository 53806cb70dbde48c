package iam

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// Features of accounts and organizations. As in errors.go, the texts are AWS's
// unless a line says otherwise.

func outboundEnabled(account string) error {
	return &types.FeatureEnabledException{Message: aws.String("Outbound identity federation is already enabled for account " + account)}
}

func outboundDisabled(account string) error {
	return &types.FeatureDisabledException{Message: aws.String("Outbound identity federation is disabled for account " + account)}
}

func malformedProperty(key string) error {
	return invalidInput("Property key must be in format Namespace/PropertyName: " + key)
}

func mixedNamespaces() error {
	return invalidInput("All properties must belong to the same namespace")
}

func unknownNamespace(namespace string) error {
	return invalidInput("Unsupported namespace: " + namespace)
}

func missingEnabled() error {
	return invalidInput("RoleManager namespace requires Enabled property")
}

func badEnabled() error { return invalidInput("Enabled must be 'true' or 'false'") }

func noOrganization(account string) error {
	return &types.OrganizationNotFoundException{
		Message: aws.String("The organization of input account " + account + " cannot be found."), // text not confirmed
	}
}

func noAllFeatures(account string) error {
	return &types.OrganizationNotInAllFeaturesModeException{
		Message: aws.String("All features are not enabled by organization of input account " + account + "."), // text not confirmed
	}
}

func noTrustedAccess(account string) error {
	return &types.ServiceAccessNotEnabledException{
		Message: aws.String("Trusted Access for IAM not enabled by organization of input account " + account + "."),
	}
}

func notAdministrator(account string) error {
	return &types.AccountNotManagementOrDelegatedAdministratorException{
		Message: aws.String("Account " + account + " is not the management account or a delegated administrator."), // text not confirmed
	}
}

func notManagement(account string) error {
	return &types.CallerIsNotManagementAccountException{
		Message: aws.String("Account " + account + " is not the management account of the organization."), // text not confirmed
	}
}
