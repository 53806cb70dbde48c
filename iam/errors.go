package iam

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/smithy-go"
)

// The texts are AWS's, recorded or quoted from live answers unless a line says
// otherwise.

func validation(format string, args ...any) error {
	return &smithy.GenericAPIError{Code: "ValidationError", Message: fmt.Sprintf(format, args...), Fault: smithy.FaultClient}
}

func noSuchEntity(format string, args ...any) error {
	return &types.NoSuchEntityException{Message: aws.String(fmt.Sprintf(format, args...))}
}

func alreadyExists(format string, args ...any) error {
	return &types.EntityAlreadyExistsException{Message: aws.String(fmt.Sprintf(format, args...))}
}

func deleteConflict(text string) error {
	return &types.DeleteConflictException{Message: aws.String(text)}
}

func limitExceeded(format string, args ...any) error {
	return &types.LimitExceededException{Message: aws.String(fmt.Sprintf(format, args...))}
}

func invalidInput(text string) error {
	return &types.InvalidInputException{Message: aws.String(text)}
}

func overQuota(name string, limit int) error {
	return limitExceeded("Cannot exceed quota for %s: %d", name, limit)
}

func mustSpecifyUserName() error {
	return validation("Must specify userName when calling with non-User credentials")
}

func invalidMarker() error { return validation("Invalid Marker.") }

func noSuchUser(name string) error {
	return noSuchEntity("The user with name %s cannot be found.", name)
}

func userExists(name string) error { return alreadyExists("User with name %s already exists.", name) }

func noSuchGroup(name string) error {
	return noSuchEntity("The group with name %s cannot be found.", name)
}

func noSuchRole(name string) error { return noSuchEntity("The role with name %s cannot be found.", name) }

func mustDetachPolicies() error {
	return deleteConflict("Cannot delete entity, must detach all policies first.")
}

func mustDeletePolicies() error {
	return deleteConflict("Cannot delete entity, must delete policies first.")
}

func mustRemoveFromGroup() error {
	return deleteConflict("Cannot delete entity, must remove users from group first.")
}

func mustDeleteAccessKeys() error {
	return deleteConflict("Cannot delete entity, must delete access keys first.")
}

func reservedTagKey() error {
	return invalidInput("Tag keys beginning with aws: are reserved for system use.")
}

func duplicateTagKeys(caseInsensitive bool) error {
	if caseInsensitive {
		return invalidInput("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
	}
	return invalidInput("Duplicate tag keys found.")
}

func tooManyTags() error { return limitExceeded("The number of tags has reached the maximum limit.") }

// Managed policies, attachments, boundaries and roles.

// malformedARN refuses a text that is no ARN at all.
func malformedARN(arn string) error { return validation("ARN %s is not valid.", arn) }

// notPolicyARN refuses the ARN of something else than a managed policy.
func notPolicyARN(arn string) error {
	return invalidInput(fmt.Sprintf("ARN %s is not valid.", arn))
}

func foreignPartition() error { return validation("Invalid ARN partition") }

func foreignService() error { return validation("Invalid service in ARN") }

// noSuchScope is for a permissions boundary, which AWS calls a scope.
func noSuchScope(arn string) error {
	return noSuchEntity("Scope ARN: %s does not exist or is not attachable.", arn)
}
