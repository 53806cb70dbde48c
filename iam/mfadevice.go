package iam

import (
	"context"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/internal/mfa"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// EnableMFADevice gives a device to a user who shows two codes of it, one
// after the other.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_EnableMFADevice.html
//
// The device is a virtual one, or a hardware token that nobody has. Users who have a
// device must have signed in with one to enable another for themselves (recorded).
func (s *Service) EnableMFADevice(ctx context.Context, in *iam.EnableMFADeviceInput) (*iam.EnableMFADeviceOutput, error) {
	codes, date := mfaCodes{in.AuthenticationCode1, in.AuthenticationCode2, s.deviceClocks(ctx)}, s.now()
	err := s.store.Update(ctx, func(tx persistence.Tx) error {
		u, err := findUser(tx, account(ctx), aws.ToString(in.UserName))
		if err != nil {
			return err
		}
		if err := checkOwnMFA(ctx, tx, u.ID); err != nil {
			return err
		}
		d, err := s.freeDevice(tx, account(ctx), u, aws.ToString(in.SerialNumber))
		if err != nil {
			return err
		}
		d.UserID, d.EnableDate = u.ID, date
		return putSynced(tx, account(ctx), d, codes)
	})
	return answer(&iam.EnableMFADeviceOutput{}, err)
}

// deviceClocks returns the times for which the codes of a call may be right.
func (s *Service) deviceClocks(ctx context.Context) mfa.Clocks {
	return mfa.Clocks{Time: s.clock(), Real: principal.FromContext(ctx).Request.Received}
}

// mfaCodes are two codes of a device, one after the other, and the times for which they
// may be right.
type mfaCodes struct {
	first, second *string
	clocks        mfa.Clocks
}

// putSynced stores the device, and with it how far its clock is off, as the codes show.
func putSynced(tx persistence.Tx, account string, d *persistence.MFADevice, c mfaCodes) error {
	if !mfa.Sync(d, aws.ToString(c.first), aws.ToString(c.second), c.clocks) {
		return invalidAuthenticationCode()
	}
	return persistence.MFADevices.Put(tx, account, d)
}

// freeDevice finds the device of that serial number, which the user must be able to get.
func (s *Service) freeDevice(tx persistence.Tx, account string, u *persistence.User, serial string) (*persistence.MFADevice, error) {
	d, err := persistence.MFADevices.Get(tx, account, serial)
	if errors.Is(err, persistence.ErrNotFound) {
		d, err = newToken(serial)
	}
	switch {
	case err != nil:
		return nil, err
	case d.UserID == u.ID:
		return nil, mfaDeviceEnabled(u.Name)
	case d.UserID != "":
		return nil, mfaDeviceInUse()
	}
	return d, s.checkMFAQuota(tx, account, u.ID)
}

// checkMFAQuota refuses another device for a user who has the maximum.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
func (s *Service) checkMFAQuota(tx persistence.Tx, account, userID string) error {
	n, err := persistence.MFADevicesByUser.Count(tx, account, userID)
	if err == nil && n >= s.quotas.MFADevicesPerUser {
		return overQuota("MFADevicesPerUser", s.quotas.MFADevicesPerUser) // the name is not confirmed
	}
	return err
}

// newToken makes the record of a hardware token that nobody has enabled. AWS knows which
// tokens were made for it; here every serial number of their form is a token's.
func newToken(serial string) (*persistence.MFADevice, error) {
	seed, ok := mfa.TokenSeed(serial)
	if !ok {
		return nil, noSuchMFADevice(serial)
	}
	return &persistence.MFADevice{Serial: serial, Kind: persistence.HardwareToken, Seed: seed}, nil
}

// checkOwnMFA refuses what a user does to their own MFA devices without having
// signed in with one of them, if they have any. AWS does so whatever their policies
// allow, and before it looks for the device (recorded).
func checkOwnMFA(ctx context.Context, tx persistence.Tx, userID string) error {
	c := principal.FromContext(ctx)
	if c.EntityID != userID || c.Kind != principal.User || c.Session != nil && !c.Session.MFAAt.IsZero() {
		return nil
	}
	has, err := persistence.MFADevicesByUser.Any(tx, c.AccountID, userID)
	if err == nil && has {
		return mustUseMFA()
	}
	return err
}

// DeactivateMFADevice takes a device from a user, by default the caller. A virtual device
// remains, for another user or to be deleted.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeactivateMFADevice.html
func (s *Service) DeactivateMFADevice(ctx context.Context, in *iam.DeactivateMFADeviceInput) (*iam.DeactivateMFADeviceOutput, error) {
	err := s.store.Update(ctx, func(tx persistence.Tx) error {
		owner, err := findKeyOwner(ctx, tx, in.UserName)
		if err != nil {
			return err
		}
		if err := checkOwnMFA(ctx, tx, owner.id); err != nil {
			return err
		}
		d, err := findOwnDevice(tx, account(ctx), owner.id, aws.ToString(in.SerialNumber))
		if err != nil {
			return err
		}
		if d.Kind != persistence.VirtualMFA {
			return persistence.MFADevices.Delete(tx, account(ctx), d.Serial)
		}
		d.UserID = ""
		return persistence.MFADevices.Put(tx, account(ctx), d)
	})
	return answer(&iam.DeactivateMFADeviceOutput{}, err)
}

// ResyncMFADevice finds out from two codes of a user's device, one after the other, how
// far its clock is off.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ResyncMFADevice.html
func (s *Service) ResyncMFADevice(ctx context.Context, in *iam.ResyncMFADeviceInput) (*iam.ResyncMFADeviceOutput, error) {
	codes := mfaCodes{in.AuthenticationCode1, in.AuthenticationCode2, s.deviceClocks(ctx)}
	err := s.store.Update(ctx, func(tx persistence.Tx) error {
		u, err := findUser(tx, account(ctx), aws.ToString(in.UserName))
		if err != nil {
			return err
		}
		d, err := findOwnDevice(tx, account(ctx), u.ID, aws.ToString(in.SerialNumber))
		if err != nil {
			return err
		}
		return putSynced(tx, account(ctx), d, codes)
	})
	return answer(&iam.ResyncMFADeviceOutput{}, err)
}

// findOwnDevice finds a device of the user. A device of another user counts as missing.
func findOwnDevice(tx persistence.Tx, account, userID, serial string) (*persistence.MFADevice, error) {
	d, err := persistence.MFADevices.Get(tx, account, serial)
	if errors.Is(err, persistence.ErrNotFound) || err == nil && d.UserID != userID {
		return nil, foreignMFADevice()
	}
	return d, err
}

// ListMFADevices lists the devices of a user, by default the caller, by serial
// number.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListMFADevices.html
func (s *Service) ListMFADevices(ctx context.Context, in *iam.ListMFADevicesInput) (*iam.ListMFADevicesOutput, error) {
	out := &iam.ListMFADevicesOutput{}
	asked := listing{"ListMFADevices/" + aws.ToString(in.UserName), in.MaxItems, in.Marker, &out.IsTruncated, &out.Marker}
	return answer(out, s.page(ctx, asked, func(tx persistence.Tx, p *page) error {
		owner, err := findKeyOwner(ctx, tx, in.UserName)
		if err != nil {
			return err
		}
		all := persistence.MFADevicesByUser.Scan(tx, account(ctx), persistence.Key{owner.id}, underKey(owner.id, p.after))
		devices, err := fill(p, all, persistence.MFADevices.Key, nil)
		out.MFADevices = make([]types.MFADevice, len(devices))
		for i, d := range devices {
			out.MFADevices[i] = types.MFADevice{UserName: owner.name, SerialNumber: &d.Serial, EnableDate: &d.EnableDate}
		}
		return err
	}))
}

// underKey returns the position in an index under one key; nil, the beginning, stays nil.
func underKey(key string, position persistence.Key) persistence.Key {
	if position == nil {
		return nil
	}
	return append(persistence.Key{key}, position...)
}

// GetMFADevice describes a security key of a user, by default the caller.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetMFADevice.html
//
// Other devices are refused, whether they exist or not.
func (s *Service) GetMFADevice(ctx context.Context, in *iam.GetMFADeviceInput) (*iam.GetMFADeviceOutput, error) {
	serial := aws.ToString(in.SerialNumber)
	if arn, ok := principal.ParseARN(serial); !ok || !strings.HasPrefix(arn.Resource, securityKeyPath) {
		return nil, notSecurityKey()
	}
	out := &iam.GetMFADeviceOutput{SerialNumber: in.SerialNumber}
	err := s.store.View(ctx, func(tx persistence.Tx) error {
		owner, err := findKeyOwner(ctx, tx, in.UserName)
		if err != nil {
			return err
		}
		d, err := findOwnDevice(tx, account(ctx), owner.id, serial)
		if err != nil {
			return err
		}
		out.UserName, out.EnableDate, out.Certifications = owner.name, &d.EnableDate, d.Certifications
		return nil
	})
	return answer(out, err)
}

// mfaDeviceRules are the permissions of the operations above: a device belongs
// to its user.
func mfaDeviceRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(q *authz.Query, in *iam.EnableMFADeviceInput) ([]authz.Need, error) {
			return userNeeds(q, "iam:EnableMFADevice", in.UserName)
		}),
		authz.For(func(q *authz.Query, in *iam.DeactivateMFADeviceInput) ([]authz.Need, error) {
			return userNeeds(q, "iam:DeactivateMFADevice", in.UserName)
		}),
		authz.For(func(q *authz.Query, in *iam.ResyncMFADeviceInput) ([]authz.Need, error) {
			return userNeeds(q, "iam:ResyncMFADevice", in.UserName)
		}),
		authz.For(func(q *authz.Query, in *iam.ListMFADevicesInput) ([]authz.Need, error) {
			return userNeeds(q, "iam:ListMFADevices", in.UserName)
		}),
		authz.For(func(q *authz.Query, in *iam.GetMFADeviceInput) ([]authz.Need, error) {
			return userNeeds(q, "iam:GetMFADevice", in.UserName)
		}),
	}
}
