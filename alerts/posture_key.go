package alerts

import (
	"fmt"
	"strings"

	"github.com/understudy-iam/understudy/persistence"
)

// keyBook finds credentials that somebody makes for somebody else. It compares two
// members of an event, which a pattern cannot.
type keyBook struct{}

func (keyBook) kind() string { return keyForAnother }

func (keyBook) renew(persistence.Tx, *PostureOptions) error { return nil }

// keyMade are the operations after which somebody has a key that nobody had before. The
// reset of a credential answers with a new password.
var keyMade = []string{
	"CreateAccessKey", "CreateServiceSpecificCredential", "ResetServiceSpecificCredential", "UploadSSHPublicKey", "UploadSigningCertificate",
}

// passwordSet are the operations after which somebody has a password that the caller knows.
var passwordSet = []string{"CreateLoginProfile", "UpdateLoginProfile"}

func (keyBook) concerns(c *call) bool {
	return c.made(keyMade...) || c.made(passwordSet...)
}

func (keyBook) after(_ persistence.Tx, _ *PostureOptions, c *call) (string, error) {
	owner, caller := c.request.UserName, c.record.UserIdentity.UserName
	if owner == "" || strings.EqualFold(owner, caller) {
		return "", nil
	}
	if c.made(passwordSet...) {
		return fmt.Sprintf("the user %s has a password that somebody else has set", owner), nil
	}
	return fmt.Sprintf("the user %s has a key that somebody else has made", owner), nil
}
