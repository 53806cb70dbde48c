package principal

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
)

// Prefixes of unique IDs and access key IDs, from
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes.
const (
	UserIDPrefix         = "AIDA"
	GroupIDPrefix        = "AGPA"
	RoleIDPrefix         = "AROA"
	PolicyIDPrefix       = "ANPA"
	ProfileIDPrefix      = "AIPA"
	CertificateIDPrefix  = "ASCA" // server certificates
	CredentialIDPrefix   = "ACCA" // service-specific credentials
	PublicKeyIDPrefix    = "APKA"
	LongTermKeyPrefix    = "AKIA"
	TemporaryKeyPrefix   = "ASIA"
	uniqueIDRandomLength = 17
	secretLength         = 40
)

// NewUniqueID makes a unique ID: the prefix and 17 characters of A-Z and 2-7.
func NewUniqueID(random io.Reader, prefix string) (string, error) {
	var raw [11]byte // 88 bits; 17 characters carry 85
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return "", fmt.Errorf("principal: unique ID: %w", err)
	}
	return prefix + base32.StdEncoding.EncodeToString(raw[:])[:uniqueIDRandomLength], nil
}

// NewAccessKeyID makes an access key ID of 20 characters that contains the account ID, as AWS's do:
// its 40 bits follow the first bit of the base32 string after the prefix. AccountOfAccessKey reads
// it back.
func NewAccessKeyID(random io.Reader, prefix, accountID string) (string, error) {
	account, err := strconv.ParseUint(accountID, 10, 40)
	if err != nil {
		return "", fmt.Errorf("principal: account ID %q: %w", accountID, err)
	}
	var raw [10]byte
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return "", fmt.Errorf("principal: access key ID: %w", err)
	}
	const first = 1 << 63 // set in every key of today
	head := binary.BigEndian.Uint64(raw[:8])
	head = head&(1<<23-1) | account<<23 | first
	binary.BigEndian.PutUint64(raw[:8], head)
	return prefix + base32.StdEncoding.EncodeToString(raw[:]), nil
}

// AccountOfAccessKey returns the 12-digit account ID inside an access key ID of
// the form that NewAccessKeyID makes, and false for any other string.
func AccountOfAccessKey(id string) (string, bool) {
	if len(id) != 20 {
		return "", false
	}
	raw, err := base32.StdEncoding.DecodeString(id[4:])
	if err != nil {
		return "", false
	}
	account := binary.BigEndian.Uint64(raw[:8]) << 1 >> 24
	if account > 999999999999 {
		return "", false
	}
	return fmt.Sprintf("%012d", account), true
}

// NewSecret makes a secret access key: 40 characters of base64.
func NewSecret(random io.Reader) (string, error) {
	var raw [30]byte
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return "", fmt.Errorf("principal: secret access key: %w", err)
	}
	return base64.StdEncoding.EncodeToString(raw[:])[:secretLength], nil
}

// ValidAccountID reports whether s is a 12-digit account ID.
func ValidAccountID(s string) bool {
	if len(s) != 12 {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
