package iam

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/smithy-go"
)

// Reports. The texts are recorded unless a line says otherwise.

func foreignDetailsMarker() error { return validation("Marker and Filter do not match") }

// The errors of the credential report carry no message (recorded).

func noCredentialReport() error { return &types.CredentialReportNotPresentException{} }

func credentialReportRuns() error { return &types.CredentialReportNotReadyException{} }

func credentialReportExpired() error { return &types.CredentialReportExpiredException{} }

func noSuchJob(id string) error { return noSuchEntity("Job %s does not exist.", id) }

func noSuchARN(arn string) error { return noSuchEntity("ARN %s does not exist.", arn) }

// foreignJobMarker refuses the marker of another job.
func foreignJobMarker() error {
	return validation("The marker passed in the request was invalid.")
}

// foreignEntity refuses a report on something of another account, whoever asks.
func foreignEntity(caller, arn string) error {
	return &smithy.GenericAPIError{
		Code:    "AccessDenied",
		Message: fmt.Sprintf("User: %s is not authorized to perform the operation on %s", caller, arn),
		Fault:   smithy.FaultClient,
	}
}

// unreportedEntity is for an ARN of IAM that is not a user, group, role or policy.
func unreportedEntity(arn string) error {
	return invalidInput("Invalid Entity Arn: " + arn + " is not supported.")
}

// noEntityInARN is the same error as ListPoliciesGrantingServiceAccess words it.
func noEntityInARN(arn string) error {
	return invalidInput("Could not extract entity from ARN : " + arn)
}

// unsupportedNamespace has AWS's spelling.
func unsupportedNamespace(namespace string) error {
	return invalidInput("Service namepace " + namespace + " is either invalid or unsupported.")
}

func unsupportedNamespaces(list []string) error {
	return invalidInput("Invalid service namespace: [" + strings.Join(list, ", ") + "]")
}

func organizationReportRuns() error {
	return &types.ReportGenerationLimitExceededException{} // text not confirmed
}

// notManagementAccount refuses a report to any account but the management account.
func notManagementAccount(caller, path string) error { return foreignEntity(caller, path) } // text not confirmed

func noSuchOrganizationPath(path string) error {
	return invalidInput("Invalid entity path: " + path) // text not confirmed
}

func noSuchOrganizationPolicy(id string) error {
	return invalidInput("Invalid organizations policy id: " + id) // text not confirmed
}
