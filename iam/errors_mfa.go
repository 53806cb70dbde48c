package iam

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/smithy-go"
)

// MFA devices. As in errors.go, the texts are AWS's unless a line says otherwise.

func noSuchMFADevice(serial string) error {
	return noSuchEntity("MFA Device with serial number %s does not exist.", serial)
}

func mfaDeviceExists(string) error { return alreadyExists("MFA device already exists.") }

// mfaDeviceEnabled is for a device that the user has already, mfaDeviceInUse for
// one that somebody else has.
func mfaDeviceEnabled(user string) error {
	return alreadyExists("MFA Device for user %s already exists.", user)
}

func mfaDeviceInUse() error { return alreadyExists("MFA Device is already in use.") }

// foreignMFADevice is for a device that is not the user's, whether or not it exists.
func foreignMFADevice() error { return noSuchEntity("MFA Device invalid for user.") }

func invalidAuthenticationCode() error {
	return &types.InvalidAuthenticationCodeException{Message: aws.String("Authentication code for device is not valid.")}
}

func mustDeactivateMFADevice() error {
	return deleteConflict("MFA VirtualDevice in use. Must deactivate first.")
}

func mustRemoveMFADevices() error {
	return deleteConflict("Cannot delete entity, must remove tokens from principal first.")
}

// noTagsOnMFADevice is for a device that is not virtual.
func noTagsOnMFADevice() error {
	return invalidInput("Tags not supported for MFA devices of this kind") // text not confirmed
}

// notSecurityKey is the error of GetMFADevice for every other device.
func notSecurityKey() error {
	return validation("The MFA device serial number sent in the request is invalid or not supported by this API. " +
		"Currently, only hardware FIDO security keys are supported. Please use the compatible device or API.")
}

func mustUseMFA() error {
	return &smithy.GenericAPIError{
		Code:    "AccessDenied",
		Message: "To complete this action, please ensure that you are authenticated with an MFA device that is enabled for this user.",
		Fault:   smithy.FaultClient,
	}
}

// badSecurityKeyName is ours: AWS has no API to register keys.
func badSecurityKeyName(name string) error {
	return validation("The name %q of the security key must have 1 to 128 letters, digits and the characters +=,.@_-.", name)
}
