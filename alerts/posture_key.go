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

// keptDeleted bounds how many deleted keys are remembered.
const keptDeleted = 10_000

// disabledBook remembers access keys that are inactive or were deleted, and finds calls
// that are signed with them.
type disabledBook struct {
	inactive map[string]bool
	deleted  map[string]bool
	order    []string // of the deleted ones, the first first
}

func (*disabledBook) kind() string { return disabledCredential }

func (b *disabledBook) renew(tx persistence.Tx, _ *PostureOptions) error {
	b.inactive = map[string]bool{}
	for account, err := range persistence.StoredAccounts(tx) {
		if err != nil {
			return err
		}
		for k, err := range persistence.AccessKeys.Scan(tx, account, nil, nil) {
			if err != nil {
				return err
			}
			if k.Inactive {
				b.inactive[k.ID] = true
			}
		}
	}
	return nil
}

func (b *disabledBook) concerns(c *call) bool {
	return c.made("UpdateAccessKey", "DeleteAccessKey") || c.record.UserIdentity.Type == "Unknown"
}

func (b *disabledBook) after(_ persistence.Tx, _ *PostureOptions, c *call) (string, error) {
	id := c.request.AccessKeyID
	switch {
	case c.made("UpdateAccessKey"):
		if delete(b.inactive, id); c.request.Status != "Active" {
			b.add(&b.inactive, id)
		}
	case c.made("DeleteAccessKey"):
		delete(b.inactive, id)
		b.forget(id)
	default:
		return b.used(c.record.UserIdentity.AccessKeyID), nil
	}
	return "", nil
}

func (b *disabledBook) add(to *map[string]bool, id string) {
	if *to == nil {
		*to = map[string]bool{}
	}
	(*to)[id] = true
}

// forget remembers a key that was deleted, and none but the last.
func (b *disabledBook) forget(id string) {
	b.add(&b.deleted, id)
	if b.order = append(b.order, id); len(b.order) > keptDeleted {
		delete(b.deleted, b.order[0])
		b.order = b.order[1:]
	}
}

func (b *disabledBook) used(id string) string {
	switch {
	case b.inactive[id]:
		return fmt.Sprintf("the access key %s is inactive, and was used", id)
	case b.deleted[id]:
		return fmt.Sprintf("the access key %s was deleted, and was used", id)
	}
	return ""
}
