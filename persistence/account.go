package persistence

import (
	"iter"
	"strings"
	"time"
)

// Account is an AWS account.
type Account struct {
	ID         string    `cbor:"1,keyasint"`
	CreateDate time.Time `cbor:"2,keyasint"`
	Alias      string    `cbor:"3,keyasint,omitempty"`

	// SealingKey encrypts the session tokens of the account: 32 random bytes.
	SealingKey []byte `cbor:"4,keyasint,omitempty"`

	// GlobalTokenV2 says that the global endpoint of STS issues tokens that are
	// valid in every region, not only in those that are on by default.
	GlobalTokenV2 bool `cbor:"5,keyasint,omitempty"`

	// OutboundFederation says that STS issues tokens for other services, and
	// OutboundIssuer in whose name: a URL, kept when the feature is turned off.
	OutboundFederation bool   `cbor:"20,keyasint,omitempty"`
	OutboundIssuer     string `cbor:"21,keyasint,omitempty"`

	// RoleManager is the account property RoleManager/Enabled.
	RoleManager bool `cbor:"22,keyasint,omitempty"`

	// Quotas holds the quotas that are higher for this account than the server's, by
	// their names in AWS's errors.
	Quotas map[string]int `cbor:"23,keyasint,omitempty"`

	// Partition is the partition of the server that made the record; "" is aws.
	Partition string `cbor:"24,keyasint,omitempty"`
}

// Accounts holds the one Account record of each account, under no key parts.
var Accounts = newTable("account", func(*Account) Key { return nil })

// AllAccounts yields the IDs of the accounts that have a record, in order.
func AllAccounts(tx Tx) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for id, err := range StoredAccounts(tx) {
			known := false
			if err == nil {
				known, err = Accounts.Has(tx, id)
			}
			if (err != nil || known) && !yield(id, err) {
				return
			}
		}
	}
}

// AccountRecords yields the records of the accounts, in the order of their IDs.
func AccountRecords(tx Tx) iter.Seq2[*Account, error] {
	return func(yield func(*Account, error) bool) {
		for id, err := range AllAccounts(tx) {
			var a *Account
			if err == nil {
				a, err = Accounts.Get(tx, id)
			}
			if !yield(a, err) {
				return
			}
		}
	}
}

// StoredAccounts yields the IDs of the accounts that hold anything, with or
// without a record, in order.
func StoredAccounts(tx Tx) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		var after []byte
		for {
			id, err := nextAccount(tx, after)
			if err != nil {
				yield("", err)
				return
			}
			if id == "" || !yield(id, nil) {
				return
			}
			after = []byte(id + "\x01") // after every key of the account
		}
	}
}

func nextAccount(tx Tx, after []byte) (string, error) {
	for item, err := range tx.Scan(nil, after) {
		if err != nil {
			return "", err
		}
		id, _, _ := strings.Cut(string(item.Key), "\x00")
		return id, nil
	}
	return "", nil
}
