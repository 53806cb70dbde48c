package iam

import (
	"context"
	"encoding/base32"
	"fmt"
	"io"
	"regexp"

	"github.com/understudy-iam/understudy/persistence"
)

// securityKeyPath begins the resource part of the ARNs of security keys.
const securityKeyPath = "u2f/"

// A SecurityKey is a FIDO key or passkey that somebody registers as their MFA
// device.
type SecurityKey struct {
	Account  string
	UserName string // empty for the root user
	Name     string // the name that its owner gives it

	// Certifications are the FIDO Alliance's certifications of the model: FIDO,
	// FIPS-140-2, FIPS-140-3, each with a level such as L1.
	Certifications map[string]string
}

// securityKeyName matches valid names of keys. The name becomes a part of the key's ARN.
var securityKeyName = regexp.MustCompile(`^[\w+=,.@-]{1,128}$`)

// RegisterSecurityKey gives a security key to a user and returns its serial
// number. It is not an operation of AWS's API: people register keys in AWS's console,
// with a browser. Afterwards the operations on MFA devices know it.
func (s *Service) RegisterSecurityKey(ctx context.Context, k SecurityKey) (serial string, err error) {
	if !securityKeyName.MatchString(k.Name) {
		return "", badSecurityKeyName(k.Name)
	}
	id, err := s.newSecurityKeyID()
	if err != nil {
		return "", err
	}
	date := s.now()
	err = s.store.Update(ctx, func(tx persistence.Tx) error {
		path, userID := "root-account", k.Account
		if k.UserName != "" {
			u, err := findUser(tx, k.Account, k.UserName)
			if err != nil {
				return err
			}
			path, userID = "user/"+u.Name, u.ID
		}
		if err := s.checkMFAQuota(tx, k.Account, userID); err != nil {
			return err
		}
		serial = s.in(k.Account).IAM(securityKeyPath + path + "/" + k.Name + "-" + id)
		return insertDevice(tx, k.Account, &persistence.MFADevice{
			Serial: serial, Kind: persistence.SecurityKey, UserID: userID, EnableDate: date, Certifications: k.Certifications,
		})
	})
	if err != nil {
		return "", err
	}
	return serial, nil
}

// newSecurityKeyID makes the 26 characters at the end of the ARN of a key.
func (s *Service) newSecurityKeyID() (string, error) {
	var raw [17]byte
	if _, err := io.ReadFull(s.random, raw[:]); err != nil {
		return "", fmt.Errorf("iam: ID of a security key: %w", err)
	}
	return base32.StdEncoding.EncodeToString(raw[:])[:26], nil
}
