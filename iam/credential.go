package iam

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/persistence"
)

// SSH public keys, signing certificates and service-specific credentials share what
// follows.

// isInactive reads a status that is to be set: Active or Inactive.
func isInactive(status types.StatusType) (bool, error) {
	if status != types.StatusTypeActive && status != types.StatusTypeInactive {
		return false, notCredentialStatus(status)
	}
	return status == types.StatusTypeInactive, nil
}

func credentialStatus(inactive bool) types.StatusType {
	if inactive {
		return types.StatusTypeInactive
	}
	return types.StatusTypeActive
}

// datePosition returns the position of a credential in a list, the oldest first.
func datePosition(date time.Time, id string) persistence.Key {
	return persistence.Key{date.UTC().Format("20060102150405"), id}
}
