package iam

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// Role templates. As in errors.go, the texts are AWS's unless a line says
// otherwise.

// noSuchRoleTemplate is the error as GetRoleTemplateVersion words it, and
// noTemplateToAcquire as AcquireRole does.
func noSuchRoleTemplate(arn string) error {
	return noSuchEntity("Role Template %s cannot be found.", arn)
}

func noTemplateToAcquire(arn string) error {
	return noSuchEntity("Role template not found in repository: %s", arn)
}

func unrenderable(reason string) error {
	return invalidInput("Failed to render template: " + reason)
}

func unknownParameter(name string) error { return unrenderable("Unrecognized parameter: " + name) }

func notOneValue(name string, n int) error {
	return validation("%s replacement value must contain exactly one value, got %d", name, n)
}

// badAcquiredName is for a name that no role can have.
func badAcquiredName() error {
	return validation("The specified value for roleName is invalid. " +
		"It must contain only alphanumeric characters and/or the following: +=,.@_-") // text not confirmed
}

func roleModified(name string) error {
	return &types.RoleModifiedException{
		Message: aws.String("Role " + name + " has been modified since it was created and is no longer managed."),
	}
}

func acquiredOtherwise() error {
	return &types.NameConflictException{Message: aws.String("A role with this name exists but was created with different parameters. " +
		"Pass a unique roleName to create a new role.")}
}

func notAcquired() error {
	return &types.NameConflictException{Message: aws.String("A role with this name already exists in the account but was not created from this template. " +
		"Choose a different role name, or remove the existing role if it is no longer needed.")}
}
