package seed

import (
	"encoding/base32"
	"maps"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/internal/mfa"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// mfaDevice makes an MFA device, or changes the existing one to what is declared, and
// gives it to its user.
func (w *writer) mfaDevice(d *mfaDevice) error {
	owner, err := w.deviceOwner(d)
	if err != nil {
		return err
	}
	w.on(d.EnableDate)
	record, err := w.findDevice(d, owner)
	if err != nil {
		return err
	}
	if d.Seed.given() {
		if _, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.TrimRight(d.Seed.value, "=")); err != nil {
			return fault(d.Seed.line, "seed must be base32")
		}
		record.Seed = d.Seed.value
	}
	switch {
	case owner == record.UserID:
	case record.UserID != "" && owner != "":
		return fault(d.Line, "MFA device %s is another user's", record.Serial)
	case owner != "":
		record.UserID, record.EnableDate = owner, w.now()
	}
	d.EnableDate.into(&record.EnableDate)
	d.stampCodes(record)
	if err := persistence.MFADevices.Put(w.tx, w.account, record); err != nil || owner == "" {
		return err
	}
	n, err := persistence.MFADevicesByUser.Count(w.tx, w.account, owner)
	if limit := w.Quotas().MFADevicesPerUser; err == nil && n > limit {
		err = fault(d.Line, "a user would have %d MFA devices; a user may have at most %d", n, limit)
	}
	return err
}

// deviceOwner returns the ID of the user that should have a device; empty: nobody.
func (w *writer) deviceOwner(d *mfaDevice) (string, error) {
	if d.Root.value {
		return w.account, nil
	}
	if !d.User.given() {
		return "", nil
	}
	u, err := persistence.Users.Get(w.tx, w.account, d.User.value)
	if absent(err) {
		return "", fault(d.User.line, "there is no user %s in account %s", d.User.value, w.account)
	}
	if err != nil {
		return "", err
	}
	return u.ID, nil
}

// stampCodes sets the declared state of a device's codes.
func (d *mfaDevice) stampCodes(record *persistence.MFADevice) {
	d.LastSync.into(&record.LastSync)
	d.Drift.into(&record.Drift)
	if len(d.Spent) > 0 {
		record.Spent = nil
		for _, n := range d.Spent {
			record.Spent = append(record.Spent, n.value)
		}
	}
	if d.TryWindow.given() {
		record.TryWindow, record.Tries = d.TryWindow.value, int(d.Tries.value)
	}
}

// findDevice finds the record of a device, or makes it.
func (w *writer) findDevice(d *mfaDevice, owner string) (*persistence.MFADevice, error) {
	switch {
	case d.Name.given():
		return w.virtualDevice(d)
	case d.SecurityKey.given():
		return w.securityKey(d, owner)
	}
	serial := d.Serial.value
	record, err := persistence.MFADevices.Get(w.tx, w.account, serial)
	if !absent(err) {
		return record, err
	}
	if owner == "" {
		return nil, fault(d.Serial.line, "an MFA device with a serial number needs user, or root")
	}
	if seed, ok := mfa.TokenSeed(serial); ok {
		return &persistence.MFADevice{Serial: serial, Kind: persistence.HardwareToken, Seed: seed}, nil
	}
	if arn, ok := principal.ParseARN(serial); !ok || !w.own().Partition.Is(arn) || !strings.HasPrefix(arn.Resource, "u2f/") ||
		arn.AccountID != w.account {
		return nil, fault(d.Serial.line,
			"serial %q is neither that of a hardware token, four capital letters and eight digits, nor that of a security key of account %s", serial, w.account)
	}
	return &persistence.MFADevice{Serial: serial, Kind: persistence.SecurityKey, Certifications: d.certifications()}, nil
}

func (d *mfaDevice) certifications() map[string]string {
	if len(d.Certifications) == 0 {
		return nil
	}
	m := map[string]string{}
	for _, c := range d.Certifications {
		m[c.name.value] = c.value.value
	}
	return m
}

func (w *writer) virtualDevice(d *mfaDevice) (*persistence.MFADevice, error) {
	path := d.Path.value
	if !d.Path.given() {
		path = "/"
	}
	serial := w.own().Entity("mfa", path, d.Name.value)
	record, err := persistence.MFADevices.Get(w.tx, w.account, serial)
	if absent(err) {
		_, err = w.CreateVirtualMFADevice(w.ctx, &iam.CreateVirtualMFADeviceInput{
			VirtualMFADeviceName: &d.Name.value, Path: d.Path.pointer(), Tags: tagsOf(d.Tags),
		})
	} else if err == nil {
		err = tag(w.ctx, w.TagMFADevice, &iam.TagMFADeviceInput{SerialNumber: &record.Serial, Tags: tagsOf(d.Tags)}, tagsOf(d.Tags))
	}
	if err != nil {
		return nil, err
	}
	return persistence.MFADevices.Get(w.tx, w.account, serial)
}

// securityKey registers a security key, unless the user has one with the name.
func (w *writer) securityKey(d *mfaDevice, owner string) (*persistence.MFADevice, error) {
	if owner == "" {
		return nil, fault(d.Line, "a security key needs user, or root")
	}
	for record, err := range persistence.MFADevicesByUser.Scan(w.tx, w.account, persistence.Key{owner}, nil) {
		if err != nil {
			return nil, err
		}
		if record.Kind != persistence.SecurityKey {
			continue
		}
		last := principal.Name(record.Serial)
		if i := strings.LastIndexByte(last, '-'); i > 0 && last[:i] == d.SecurityKey.value &&
			maps.Equal(record.Certifications, d.certifications()) {
			return record, nil
		}
	}
	serial, err := w.RegisterSecurityKey(w.ctx, iamsvc.SecurityKey{
		Account: w.account, UserName: d.User.value, Name: d.SecurityKey.value, Certifications: d.certifications(),
	})
	if err != nil {
		return nil, err
	}
	return persistence.MFADevices.Get(w.tx, w.account, serial)
}
