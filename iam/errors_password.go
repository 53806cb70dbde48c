package iam

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/smithy-go"
)

// Passwords. As in errors.go, the texts are AWS's unless a line says otherwise.

func accessDenied(text string) error {
	return &smithy.GenericAPIError{Code: "AccessDenied", Message: text, Fault: smithy.FaultClient}
}

func noSuchLogin(user string) error {
	return noSuchEntity("Login Profile for User %s cannot be found.", user)
}

// loginExists has a small u where noSuchLogin has a capital one: AWS does so,
// recorded.
func loginExists(user string) error {
	return alreadyExists("Login Profile for user %s already exists.", user)
}

func mustDeleteLogin() error {
	return deleteConflict("Cannot delete entity, must delete login profile first.")
}

func passwordMissing() error {
	return validation("1 validation error detected: Value at 'password' failed to satisfy constraint: Member must not be null") // text not confirmed
}

// passwordGiven is for a root user's session, which never sends a password.
func passwordGiven() error {
	return invalidInput("A password cannot be specified for the root user.") // text not confirmed
}

func passwordViolation(text string) error {
	return &types.PasswordPolicyViolationException{Message: aws.String(text)}
}

// weakPassword says which requirements a password does not meet, and how many of them it
// must meet. The sentence and the texts about letters and symbols are quoted, the others
// not confirmed.
func weakPassword(more int, unmet []string) error {
	return passwordViolation(fmt.Sprintf("Password should meet %d more of the following requirements: %s", more, strings.Join(unmet, ", ")))
}

func tooShort(min int32) string {
	return fmt.Sprintf("Password should have a minimum length of %d", min) // text not confirmed
}

func passwordIsAccountName() error {
	return passwordViolation("Password should not be identical to your AWS account name") // text not confirmed
}

func passwordReused() error {
	return passwordViolation("Policy constraint violation with password reuse prevention during password change.") // text not confirmed
}

// The codes of wrongPassword and samePassword are recorded.
func wrongPassword() error { return accessDenied("The old password was incorrect.") } // text not confirmed

func samePassword() error {
	return accessDenied("The new password cannot be the same as the old password.") // text not confirmed
}

func onlyUsersChangePasswords() error {
	return &types.InvalidUserTypeException{Message: aws.String("Only IAM Users can change their own password.")} // text not confirmed
}

func noPasswordPolicy(account string) error {
	return noSuchEntity("The Password Policy with domain name %s cannot be found.", account)
}

// noPasswordPolicyToDelete is the error of DeleteAccountPasswordPolicy, recorded with the
// name PasswordPolicy.
func noPasswordPolicyToDelete() error {
	return noSuchEntity("The account policy with name PasswordPolicy cannot be found.")
}
