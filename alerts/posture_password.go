package alerts

import (
	"errors"
	"fmt"
	"strings"

	"github.com/understudy-iam/understudy/persistence"
)

// passwordBook remembers the password policies of accounts. An account without one has
// AWS's default.
type passwordBook struct {
	policies map[string]*persistence.PasswordPolicy // by account
}

func (*passwordBook) kind() string { return passwordWeakened }

func (b *passwordBook) renew(tx persistence.Tx, _ *PostureOptions) error {
	b.policies = map[string]*persistence.PasswordPolicy{}
	for account, err := range persistence.StoredAccounts(tx) {
		if err == nil {
			err = b.read(tx, account)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// read remembers the policy of an account, if it has one of its own.
func (b *passwordBook) read(tx persistence.Tx, account string) error {
	p, err := persistence.PasswordPolicies.Get(tx, account)
	switch {
	case errors.Is(err, persistence.ErrNotFound):
		return nil
	case err != nil:
		return err
	}
	b.policies[account] = p
	return nil
}

// passwordParameters are those of UpdateAccountPasswordPolicy that can weaken a policy.
type passwordParameters struct {
	MinimumLength    *int32 `json:"minimumPasswordLength"`
	RequireSymbols   bool   `json:"requireSymbols"`
	RequireNumbers   bool   `json:"requireNumbers"`
	RequireUppercase bool   `json:"requireUppercaseCharacters"`
	RequireLowercase bool   `json:"requireLowercaseCharacters"`
	MaxAge           int32  `json:"maxPasswordAge"`
	Reuse            int32  `json:"passwordReusePrevention"`
}

func (p *passwordParameters) policy() *persistence.PasswordPolicy {
	policy := &persistence.PasswordPolicy{
		MinimumLength: persistence.MinimumPasswordLength, RequireSymbols: p.RequireSymbols, RequireNumbers: p.RequireNumbers,
		RequireUppercase: p.RequireUppercase, RequireLowercase: p.RequireLowercase, MaxAge: p.MaxAge, Reuse: p.Reuse,
	}
	if p.MinimumLength != nil {
		policy.MinimumLength = *p.MinimumLength
	}
	return policy
}

func (*passwordBook) concerns(c *call) bool {
	return c.made("UpdateAccountPasswordPolicy", "DeleteAccountPasswordPolicy")
}

func (b *passwordBook) after(_ persistence.Tx, _ *PostureOptions, c *call) (string, error) {
	before, now := b.policies[c.account.ID], (*persistence.PasswordPolicy)(nil)
	if c.made("UpdateAccountPasswordPolicy") {
		now = c.request.policy()
	}
	b.policies[c.account.ID] = now
	if weaker := weakened(before, now); len(weaker) > 0 {
		return fmt.Sprintf("the password policy of account %s asks for less than before: %s", c.account.ID, strings.Join(weaker, ", ")), nil
	}
	return "", nil
}

// The default password policy, which holds where an account has none of its own: a
// length, and characters of some kinds of the four.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html
const (
	defaultPasswordLength = 8
	defaultPasswordKinds  = 3
)

// weakened says in which ways a password policy asks for less than another one; nil is
// the default.
func weakened(before, now *persistence.PasswordPolicy) []string {
	var list []string
	less := func(what string, before, now int32) {
		if now < before {
			list = append(list, fmt.Sprintf("%s %d instead of %d", what, now, before))
		}
	}
	dropped := func(what string, before, now bool) {
		if before && !now {
			list = append(list, what+" are not required")
		}
	}
	switch {
	case before == nil && now.MinimumLength > defaultPasswordLength:
		// the first policy of an account chooses which characters, and makes up for kinds by length
	case before == nil || now == nil:
		less("kinds of characters", kindsOf(before), kindsOf(now))
	default:
		dropped("symbols", before.RequireSymbols, now.RequireSymbols)
		dropped("numbers", before.RequireNumbers, now.RequireNumbers)
		dropped("capital letters", before.RequireUppercase, now.RequireUppercase)
		dropped("small letters", before.RequireLowercase, now.RequireLowercase)
	}
	before, now = orDefaultPolicy(before), orDefaultPolicy(now)
	less("a length of", before.MinimumLength, now.MinimumLength)
	less("earlier passwords that cannot be used again:", before.Reuse, now.Reuse)
	if before.MaxAge > 0 && (now.MaxAge == 0 || now.MaxAge > before.MaxAge) {
		list = append(list, fmt.Sprintf("passwords expire after %s instead of %s", days(now.MaxAge), days(before.MaxAge)))
	}
	return list
}

func days(n int32) string {
	if n == 0 {
		return "no time"
	}
	return fmt.Sprintf("%d days", n)
}

func orDefaultPolicy(p *persistence.PasswordPolicy) *persistence.PasswordPolicy {
	if p == nil {
		return &persistence.PasswordPolicy{MinimumLength: defaultPasswordLength}
	}
	return p
}

// kindsOf is of how many kinds of characters a password must have some.
func kindsOf(p *persistence.PasswordPolicy) (n int32) {
	if p == nil {
		return defaultPasswordKinds
	}
	for _, required := range []bool{p.RequireSymbols, p.RequireNumbers, p.RequireUppercase, p.RequireLowercase} {
		if required {
			n++
		}
	}
	return n
}
