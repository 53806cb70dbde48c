package iam

import (
	"fmt"
	"strings"

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

func noSuchRole(name string) error {
	return noSuchEntity("The role with name %s cannot be found.", name)
}

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

// Policy documents and tags.

func malformedPolicyDocument(text string) smithy.APIError {
	return &types.MalformedPolicyDocumentException{Message: aws.String(text)}
}

// emptyTagList is for the operations on users and roles; AWS's text ends in a
// blank.
func emptyTagList() error { return invalidInput("Error occurred while validating input. ") }

// emptyTagMap is for the operations on everything else: recorded for server
// certificates.
func emptyTagMap() error { return invalidInput("The provided tag map must not be null/empty.") }

// emptyTagKeys is recorded for server certificates too.
func emptyTagKeys() error { return invalidInput("The provided tag keys must not be null/empty.") }

// blankTagKey is for a key of white space only; index counts from 1.
func blankTagKey(index int) error {
	return validation("1 validation error detected: Value at 'tags.%d.member.key' failed to satisfy constraint: "+
		`Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+`, index) // text not confirmed
}

func noTagsOnManagedPolicy() error {
	return invalidInput("Tags not supported for policies in this domain")
}

// Groups, access keys and inline policies.

func groupExists(name string) error { return alreadyExists("Group with name %s already exists.", name) }

func noSuchAccessKey(id string) error {
	return noSuchEntity("The Access Key with id %s cannot be found.", id)
}

// accessKeyHidden is GetAccessKeyLastUsed's error for a key that the account does not
// have: a denial without the colon and the reason that other denials have.
func accessKeyHidden(caller, id string) error {
	return &smithy.GenericAPIError{
		Code:    "AccessDenied",
		Message: fmt.Sprintf("User: %s is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key %s", caller, id),
		Fault:   smithy.FaultClient,
	}
}

func noSuchInlinePolicy(noun, name string) error {
	return noSuchEntity("The %s policy with name %s cannot be found.", noun, name)
}

// inlinePoliciesTooLarge is for all inline policies of a user, group or role together.
func inlinePoliciesTooLarge(limit int, noun, name string) error {
	return limitExceeded("Maximum policy size of %d bytes exceeded for %s %s", limit, noun, name)
}

// Managed policies, attachments, boundaries and roles.

// malformedARN refuses a string that is not an ARN at all. The text is that of 2026; in
// 2025 AttachRolePolicy was recorded with "Invalid ARN:  Could not be parsed!".
func malformedARN(arn string) error { return validation("ARN %s is not valid.", arn) }

// notPolicyARN refuses an ARN that is not a managed policy's. For providers and role
// templates, which have the same error in AWS's model, the text is not confirmed.
func notPolicyARN(arn string) error { return wrongKindOfARN(arn) }

func wrongKindOfARN(arn string) error {
	return invalidInput(fmt.Sprintf("ARN %s is not valid.", arn))
}

func foreignPartition() error { return validation("Invalid ARN partition") }

func foreignService() error { return validation("Invalid service in ARN") }

// noSuchScope is for a permissions boundary, which AWS calls a scope.
func noSuchScope(arn string) error {
	return noSuchEntity("Scope ARN: %s does not exist or is not attachable.", arn)
}

// notOwned refuses a change of a policy that another account, or AWS, owns.
func notOwned(what string) error {
	return &smithy.GenericAPIError{
		Code: "AccessDenied", Message: "Cannot " + what + " outside your own account.", Fault: smithy.FaultClient,
	}
}

func policyExists(name string) error {
	return alreadyExists("A policy called %s already exists. Duplicate names are not allowed.", name)
}

// noSuchPolicy is for a missing policy. AWS has two texts, and which one it sends depends
// on the operation.
func noSuchPolicy(arn string) error { return noSuchEntity("Policy %s was not found.", arn) }

func notAttachable(arn string) error {
	return noSuchEntity("Policy %s does not exist or is not attachable.", arn)
}

func noSuchPolicyVersion(arn, version string) error {
	return noSuchEntity("Policy %s version %s does not exist or is not attachable.", arn, version)
}

func tooManyVersions(limit int) error {
	return limitExceeded("A managed policy can have up to %d versions. "+
		"Before you create a new version, you must delete an existing version.", limit)
}

// policyAttached is also for a policy that is a permissions boundary, as in a
// report to gruntwork-io/cloud-nuke (issue 972).
func policyAttached() error { return deleteConflict("Cannot delete a policy attached to entities.") }

func policyHasVersions() error {
	return deleteConflict("This policy has more than one version. Before you delete a policy, " +
		"you must delete the policy's versions. The default version is deleted with the policy.")
}

func versionIsDefault() error {
	return deleteConflict("Cannot delete the default version of a policy.")
}

func reservedPolicy(text string) error {
	return &types.PolicyNotAttachableException{Message: aws.String(text)}
}

// reservedPolicyOn refuses a policy that only AWS can attach. The text is
// recorded for users; for groups and roles it is not confirmed.
func reservedPolicyOn(noun string) error {
	return reservedPolicy("Cannot attach AWS reserved policy to an IAM " + noun + ".")
}

func servicePolicyOnRole() error {
	return reservedPolicy("Cannot attach a Service Role Policy to a Customer Role.")
}

func roleExists(name string) error { return alreadyExists("Role with name %s already exists.", name) }

func protectedRole(name string) error {
	return unmodifiable("Cannot perform the operation on the protected role '%s' - this role is only modifiable by AWS", name)
}

func serviceLinkedRoleDuration(name string) error {
	return unmodifiable("%s is an AWS service linked role, max session duration cannot be changed.", name)
}

func unmodifiable(format string, args ...any) error {
	return &types.UnmodifiableEntityException{Message: aws.String(fmt.Sprintf(format, args...))}
}

// serviceRolePath refuses a path that only AWS may use, quoted in
// tilfin/aws-iam-policy-tool (pull request 9).
func serviceRolePath() error {
	return invalidInput("Path prefix '/aws-service-role/' can only be used for AWS Service linked Roles")
}

// Simulation and context keys.

func noActionName() error { return invalidInput("The action is invalid since it is missing names") }

func badResourceARN(arn string) error {
	return invalidInput("ResourceNames are not in a valid ARN format: " + arn + ".")
}

// mixedActions ends in a blank.
func mixedActions(known, unknown []string) error {
	return invalidInput(fmt.Sprintf("Invalid Input Actions: [%s] and [%s] require different authorization information. ",
		strings.Join(known, ","), strings.Join(unknown, ",")))
}

// noSuchHandling is recorded for SimulateCustomPolicy.
func noSuchHandling(operation, action string) error {
	return invalidInput("Invalid input resource handling options. Action does not support resource handling options: " + action +
		". Please refer to the documentation for more details: https://docs.aws.amazon.com/IAM/latest/APIReference/API_" +
		operation + ".html")
}

// invalidPolicyItem is recorded for PolicyInputList; the titles of other lists
// are not confirmed.
func invalidPolicyItem(title string, item int) error {
	return invalidInput(fmt.Sprintf("%s item %d has invalid content", title, item))
}

func invalidResourcePolicy() error {
	return invalidInput("Resource policy has invalid content") // text not confirmed
}

func tooManyBoundaries() error {
	return invalidInput("The list of Permissions Boundary policies cannot exceed 1 items.")
}

func emptyLevel(index int) error {
	return invalidInput(fmt.Sprintf("Organization policy at index %d must contain at least one service control policy", index))
}

func tooManyLevels(limit int) error {
	return invalidInput(fmt.Sprintf("The list of Organization policies cannot exceed %d items.", limit)) // text not confirmed
}

// The next three are ours: AWS's bounds are not documented.

func tooManyContextKeys(n, limit int) error {
	return invalidInput(fmt.Sprintf("The simulation has %d context entries. Up to %d can be simulated. Send only those that the policies ask for.", n, limit))
}

func contextTooLarge(n, limit int) error {
	return invalidInput(fmt.Sprintf("The names and values of the context entries have %d characters. Up to %d can be simulated. "+
		"Send fewer or shorter values.", n, limit))
}

func tooManyValues(key string, n, limit int) error {
	return invalidInput(fmt.Sprintf("The context key %s has %d values. Up to %d can be simulated, as each is compared with each value of a policy. "+
		"Send fewer values.", key, n, limit))
}

func simulationTooLarge(limit int) error {
	return invalidInput(fmt.Sprintf("The answer would hold more than %d decisions, statements and keys. Send fewer actions or resources, or a smaller MaxItems.", limit))
}

func noContextKeyName() error { return invalidInput("ContextKeyName cannot be null or empty.") }

func noContextKeyType(key string) error {
	return invalidInput("Context key " + key + " has invalid type null.")
}

func noContextValues(key string) error {
	return invalidInput("Context values for context key " + key + " cannot be null or empty.")
}

func manyContextValues(kind string, n int) error {
	return invalidInput(fmt.Sprintf("Context key %s expected a single value, but received %d.", kind, n))
}

func badContextValue(key, format string) error {
	return invalidInput("Invalid context value for key " + key + ": expected " + format + ".")
}

func duplicateContextKey(key string) error {
	return invalidInput("Duplicate context key: " + key + ".")
}

func invalidSimulationMarker() error { return invalidInput("Invalid marker for pagination.") }

func invalidSourceARN(arn string) error {
	return invalidInput("Invalid ARN provided in the request: " + arn)
}

func foreignSource(caller, owner string) error {
	return invalidInput("Invalid Policy Source Arn: caller's account " + caller +
		" does not have access to policies in account " + owner + ".")
}

func noSuchSource() error { return noSuchEntity("Unable to retrieve specified IAM entity.") }

func unclearEntity(arn string) error {
	return invalidInput("Invalid Entity Arn: " + arn + " does not clearly define entity type and name.")
}

func noSimulatedCaller() error {
	return invalidInput("Invalid caller - Caller cannot be null or empty.")
}

func notSimulatedCaller() error {
	return invalidInput("Invalid caller - Caller must be an IAM user, role or group in this context.")
}

func notOwner(owner string) error {
	return invalidInput("'" + owner + "' is not a valid as a Resource Owner.")
}

func badExcludedARN(arn string) error {
	return invalidInput("Invalid policy ARN exclusion: " + arn) // text not confirmed
}

// badExcludedInline is also for an owner whose name is only an asterisk.
func badExcludedInline() error {
	return invalidInput("Invalid inline policy exclusion: policyName, attachmentType, and attachmentName are required")
}

// policyEvaluation is for a stored policy that cannot be read.
func policyEvaluation(err error) error {
	return &types.PolicyEvaluationException{Message: aws.String(err.Error())} // text not confirmed
}

// Account aliases.

func aliasExists(alias string) error {
	return alreadyExists("The account alias %s already exists.", alias)
}

func noSuchAlias(alias string) error {
	return noSuchEntity("The account alias %s cannot be found.", alias) // text not confirmed
}

func aliasIsAccountID(alias string) error {
	return validation("The account alias %s cannot be a 12-digit number.", alias) // text not confirmed
}
