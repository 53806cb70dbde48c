package persistence

import "time"

// An MFAKind is a kind of MFA device.
type MFAKind uint8

// The kinds of MFA devices.
const (
	VirtualMFA    MFAKind = iota // an authenticator app; its serial number is an ARN, mfa/PATH/NAME
	HardwareToken                // a token with a display; its record exists while it is enabled
	SecurityKey                  // a FIDO key; its serial number is an ARN, u2f/user/NAME/KEY
)

// MFADevice is an MFA device with what is known of its codes.
type MFADevice struct {
	Serial     string    `cbor:"1,keyasint"`
	Kind       MFAKind   `cbor:"2,keyasint,omitempty"`
	Seed       string    `cbor:"3,keyasint,omitempty"` // base32, in clear: codes are checked with it
	UserID     string    `cbor:"4,keyasint,omitempty"` // of its owner: AIDA..., or the account ID for root; empty if it has none
	EnableDate time.Time `cbor:"5,keyasint,omitzero"`
	Tags       []Tag     `cbor:"6,keyasint,omitempty"`

	// Certifications are those of a security key: FIDO, FIPS-140-2, FIPS-140-3.
	Certifications map[string]string `cbor:"7,keyasint,omitempty"`

	// Steps count intervals of 30 seconds since 1970.
	LastSync int64   `cbor:"8,keyasint,omitempty"`  // the step of the last code that enabled or resynchronised it
	Drift    int64   `cbor:"9,keyasint,omitempty"`  // how many steps its clock is ahead
	Spent    []int64 `cbor:"10,keyasint,omitempty"` // the steps whose codes were used, in order

	TryWindow int64 `cbor:"11,keyasint,omitempty"` // the three minutes in which codes were last tried, counted since 1970
	Tries     int   `cbor:"12,keyasint,omitempty"` // how many were tried in them
}

// MFADevices holds the MFA devices, by serial number, which is case-sensitive.
var MFADevices = newTable("mfa", func(d *MFADevice) Key { return Key{d.Serial} }).withCount()

// MFADevicesByUser finds the devices that are enabled, by the ID of their user.
var MFADevicesByUser = newIndex(MFADevices, "user", func(d *MFADevice) []Key {
	if d.UserID == "" {
		return nil
	}
	return []Key{{d.UserID}}
})
