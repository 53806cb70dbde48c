package iam

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/internal/mfa"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// CreateVirtualMFADevice makes a device for an authenticator app. Its serial
// number is its ARN, which must be new; its seed and the QR code that the app
// scans are in no other answer.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateVirtualMFADevice.html
func (s *Service) CreateVirtualMFADevice(ctx context.Context,
	in *iam.CreateVirtualMFADeviceInput) (*iam.CreateVirtualMFADeviceOutput, error) {
	tags, err := newTags(in.Tags, exactTagKeys)
	if err != nil {
		return nil, err
	}
	seed, err := mfa.NewSeed(s.random)
	if err != nil {
		return nil, err
	}
	d := &persistence.MFADevice{Serial: virtualDeviceARN(s.in(account(ctx)), in.Path, in.VirtualMFADeviceName), Seed: seed, Tags: tags}
	alias := ""
	err = s.store.Update(ctx, func(tx persistence.Tx) error {
		if alias, err = aliasOrID(tx, account(ctx)); err != nil {
			return err
		}
		if err := insertDevice(tx, account(ctx), d); err != nil {
			return err
		}
		return s.checkVirtualDevices(tx, account(ctx))
	})
	if err != nil {
		return nil, err
	}
	picture, err := mfa.QRCode(mfa.URL(aws.ToString(in.VirtualMFADeviceName), alias, seed))
	if err != nil {
		return nil, err
	}
	return &iam.CreateVirtualMFADeviceOutput{VirtualMFADevice: &types.VirtualMFADevice{
		SerialNumber: &d.Serial, Base32StringSeed: []byte(seed), QRCodePNG: picture, Tags: tagsOut(tags),
	}}, nil
}

// checkVirtualDevices refuses more virtual devices than the account may have: as many as
// users.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
func (s *Service) checkVirtualDevices(tx persistence.Tx, account string) error {
	n, err := persistence.MFADevices.Count(tx, account)
	if err != nil {
		return err
	}
	limit, err := s.limit(tx, account, usersQuota, n)
	if err != nil || n <= limit {
		return err
	}
	n = 0 // devices of all kinds together exceed the limit, so the virtual ones are counted
	for d, err := range persistence.MFADevices.Scan(tx, account, nil, nil) {
		if err != nil {
			return err
		}
		if d.Kind == persistence.VirtualMFA {
			n++
		}
	}
	if n > limit {
		return overQuota("VirtualMFADevicesPerAccount", limit) // the name is not confirmed
	}
	return nil
}

func virtualDeviceARN(account principal.Account, path, name *string) string {
	return account.Entity("mfa", pathOrRoot(path), aws.ToString(name))
}

// aliasOrID returns the name by which an authenticator app shows the account.
func aliasOrID(tx persistence.Tx, account string) (string, error) {
	a, err := persistence.Accounts.Get(tx, account)
	if errors.Is(err, persistence.ErrNotFound) || err == nil && a.Alias == "" {
		return account, nil
	}
	if err != nil {
		return "", err
	}
	return a.Alias, nil
}

func insertDevice(tx persistence.Tx, account string, d *persistence.MFADevice) error {
	if err := orTaken(persistence.MFADevices.Absent(tx, account, d.Serial), mfaDeviceExists, d.Serial); err != nil {
		return err
	}
	return persistence.MFADevices.Put(tx, account, d)
}

// DeleteVirtualMFADevice removes a virtual device that nobody has.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteVirtualMFADevice.html
func (s *Service) DeleteVirtualMFADevice(ctx context.Context,
	in *iam.DeleteVirtualMFADeviceInput) (*iam.DeleteVirtualMFADeviceOutput, error) {
	err := s.store.Update(ctx, func(tx persistence.Tx) error {
		d, err := findVirtualDevice(tx, account(ctx), aws.ToString(in.SerialNumber))
		if err != nil {
			return err
		}
		if d.UserID != "" {
			return mustDeactivateMFADevice()
		}
		return persistence.MFADevices.Delete(tx, account(ctx), d.Serial)
	})
	return answer(&iam.DeleteVirtualMFADeviceOutput{}, err)
}

// findVirtualDevice finds a virtual device, whether or not a user has it. A device of
// another kind counts as missing.
func findVirtualDevice(tx persistence.Tx, account, serial string) (*persistence.MFADevice, error) {
	d, err := persistence.MFADevices.Get(tx, account, serial)
	if errors.Is(err, persistence.ErrNotFound) || err == nil && d.Kind != persistence.VirtualMFA {
		return nil, noSuchMFADevice(serial)
	}
	return d, err
}

// ListVirtualMFADevices lists the virtual devices of the account by serial number: those
// that users have, those that nobody has, or all.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListVirtualMFADevices.html
//
// A row has no tags, and has a user and a date only if a user has the device (recorded).
func (s *Service) ListVirtualMFADevices(ctx context.Context, in *iam.ListVirtualMFADevicesInput) (*iam.ListVirtualMFADevicesOutput, error) {
	out := &iam.ListVirtualMFADevicesOutput{}
	asked := listing{"ListVirtualMFADevices", in.MaxItems, in.Marker, &out.IsTruncated, &out.Marker}
	return answer(out, s.page(ctx, asked, func(tx persistence.Tx, p *page) error {
		all := persistence.MFADevices.Scan(tx, account(ctx), nil, p.after)
		devices, err := fill(p, all, persistence.MFADevices.Key, func(d *persistence.MFADevice) bool {
			return d.Kind == persistence.VirtualMFA && hasStatus(d, in.AssignmentStatus)
		})
		if err != nil {
			return err
		}
		out.VirtualMFADevices = make([]types.VirtualMFADevice, len(devices))
		for i, d := range devices {
			if out.VirtualMFADevices[i], err = virtualDeviceRow(tx, s.in(account(ctx)), d); err != nil {
				return err
			}
		}
		return nil
	}))
}

func hasStatus(d *persistence.MFADevice, status types.AssignmentStatusType) bool {
	switch status {
	case types.AssignmentStatusTypeAssigned:
		return d.UserID != ""
	case types.AssignmentStatusTypeUnassigned:
		return d.UserID == ""
	}
	return true
}

func virtualDeviceRow(tx persistence.Tx, account principal.Account, d *persistence.MFADevice) (types.VirtualMFADevice, error) {
	row := types.VirtualMFADevice{SerialNumber: &d.Serial}
	if d.UserID == "" {
		return row, nil
	}
	u, err := persistence.UsersByID.First(tx, account.ID, d.UserID)
	if err != nil {
		return row, err
	}
	user := userRow(account, u)
	row.User, row.EnableDate = &user, &d.EnableDate
	return row, nil
}

// virtualMFADeviceRules are the permissions of the operations above.
func virtualMFADeviceRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(q *authz.Query, in *iam.CreateVirtualMFADeviceInput) ([]authz.Need, error) {
			arn := virtualDeviceARN(q.Own(), in.Path, in.VirtualMFADeviceName)
			return createNeeds("iam:CreateVirtualMFADevice", "iam:TagMFADevice", arn, in.Tags, nil), nil
		}),
		authz.For(func(q *authz.Query, in *iam.DeleteVirtualMFADeviceInput) ([]authz.Need, error) {
			need, err := mfaDeviceNeed(q, "iam:DeleteVirtualMFADevice", in.SerialNumber)
			return []authz.Need{need}, err
		}),
		authz.For(func(q *authz.Query, in *iam.ListVirtualMFADevicesInput) ([]authz.Need, error) {
			return []authz.Need{listNeed(q, "iam:ListVirtualMFADevices", "mfa", nil)}, nil
		}),
	}
}

// mfaDeviceNeed asks for action on a virtual device, whose ARN is its serial
// number. A denial shows it (seen in denials of DeleteVirtualMFADevice).
func mfaDeviceNeed(q *authz.Query, action string, serial *string) (authz.Need, error) {
	need := authz.Need{Action: action, Resource: aws.ToString(serial)}
	d, err := persistence.MFADevices.Get(q.Tx, q.Account(), aws.ToString(serial))
	if err != nil {
		return need, unlessAbsent(err)
	}
	need.Tags = d.Tags
	return need, nil
}
