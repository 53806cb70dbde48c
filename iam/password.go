package iam

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"github.com/understudy-iam/understudy/persistence"
)

// Passwords are hashed with Argon2id, with the smallest parameters that OWASP recommends:
// some milliseconds and 7 MiB for a hash.
// https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id
const (
	saltSize   = 16
	hashPasses = 5
	hashMemory = 7 << 10 // KiB
	hashSize   = 32
)

func hashPassword(password string, salt []byte) []byte {
	return argon2.IDKey([]byte(password), salt, hashPasses, hashMemory, 1, hashSize)
}

func sameHash(a, b []byte) bool { return subtle.ConstantTimeCompare(a, b) == 1 }

func (s *Service) newSalt() ([]byte, error) {
	salt := make([]byte, saltSize)
	if _, err := io.ReadFull(s.random, salt); err != nil {
		return nil, fmt.Errorf("iam: salt: %w", err)
	}
	return salt, nil
}

// keptPasswords is how many passwords a login profile remembers: AWS's largest
// PasswordReusePrevention.
const keptPasswords = 24

// The password policy of an account that has none of its own.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html#default-policy-details
const (
	defaultPasswordLength = 8
	defaultPasswordKinds  = 3 // of four
)

// passwordSymbols are the characters that count as symbols.
const passwordSymbols = "!@#$%^&*()_+-=[]{}|'"

// A requirement is a kind of character that a password should have.
type requirement struct {
	text    string // AWS's
	in      func(rune) bool
	demands func(*persistence.PasswordPolicy) bool
}

var requirements = []requirement{
	{"Password should have at least one uppercase letter", between('A', 'Z'),
		func(p *persistence.PasswordPolicy) bool { return p.RequireUppercase }},
	{"Password should have at least one lowercase letter", between('a', 'z'),
		func(p *persistence.PasswordPolicy) bool { return p.RequireLowercase }},
	{"Password should have at least one number", between('0', '9'), func(p *persistence.PasswordPolicy) bool { return p.RequireNumbers }},
	{"Password should have at least one symbol", func(r rune) bool { return strings.ContainsRune(passwordSymbols, r) },
		func(p *persistence.PasswordPolicy) bool { return p.RequireSymbols }},
}

func between(first, last rune) func(rune) bool {
	return func(r rune) bool { return first <= r && r <= last }
}

// unmet returns those of the demanded requirements that the password does not meet.
func unmet(password string, demanded func(requirement) bool) []string {
	var list []string
	for _, r := range requirements {
		if demanded(r) && !strings.ContainsFunc(password, r.in) {
			list = append(list, r.text)
		}
	}
	return list
}

// checkPassword refuses a password that the account's policy, or AWS's default policy,
// does not admit.
func checkPassword(tx persistence.Tx, account, password string) error {
	policy, err := persistence.PasswordPolicies.Get(tx, account)
	if errors.Is(err, persistence.ErrNotFound) {
		return checkDefaultPassword(tx, account, password)
	}
	if err != nil {
		return err
	}
	missing := unmet(password, func(r requirement) bool { return r.demands(policy) })
	return refuseWeak(password, policy.MinimumLength, len(missing), missing)
}

func checkDefaultPassword(tx persistence.Tx, account, password string) error {
	missing := unmet(password, func(requirement) bool { return true })
	more := max(0, defaultPasswordKinds-(len(requirements)-len(missing)))
	if more == 0 {
		missing = nil
	}
	if err := refuseWeak(password, defaultPasswordLength, more, missing); err != nil {
		return err
	}
	a, err := persistence.Accounts.Get(tx, account)
	if err != nil && !errors.Is(err, persistence.ErrNotFound) {
		return err
	}
	if err == nil && a.Alias == password {
		return passwordIsAccountName()
	}
	return nil
}

// refuseWeak refuses a password that is too short or needs more of the missing
// requirements.
func refuseWeak(password string, length int32, more int, missing []string) error {
	if utf8.RuneCountInString(password) < int(length) {
		more, missing = more+1, slices.Insert(missing, 0, tooShort(length))
	}
	if more == 0 {
		return nil
	}
	return weakPassword(more, missing)
}

// setPassword makes the password with the hash the current one, unless the account's
// policy forbids using it again, which binds administrators too.
func setPassword(tx persistence.Tx, account string, p *persistence.LoginProfile, hash []byte, now time.Time) error {
	policy, err := persistence.PasswordPolicies.Get(tx, account)
	if err != nil && !errors.Is(err, persistence.ErrNotFound) {
		return err
	}
	if err == nil {
		last := p.Hashes[:min(len(p.Hashes), int(policy.Reuse))]
		if slices.ContainsFunc(last, func(old []byte) bool { return sameHash(old, hash) }) {
			return passwordReused()
		}
	}
	p.Hashes = slices.Insert(p.Hashes, 0, hash)
	p.Hashes = p.Hashes[:min(len(p.Hashes), keptPasswords)]
	p.ChangeDate = now
	return nil
}
