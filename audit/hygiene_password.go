package audit

import (
	"fmt"
	"strings"

	"github.com/understudy-iam/understudy/persistence"
)

// What passwords are to be like.
const (
	wantedLength = 14
	wantedReuse  = 24
	wantedAge    = 90 // days
)

func passwordChecks() []Check {
	return []Check{
		{
			ID: "password-classes", Severity: Low, Title: "Passwords need not have letters of both cases, digits and symbols",
			Why: "Passwords of one kind of characters are guessed sooner.", References: []string{
				"FSBP IAM.7", "Prowler iam_password_policy_lowercase", "Prowler iam_password_policy_number",
				"Prowler iam_password_policy_symbol", "Prowler iam_password_policy_uppercase",
			}, run: passwords(lacksClasses),
		},
		{
			ID: "password-expiry", Severity: Info, Title: fmt.Sprintf("Passwords do not expire within %d days", wantedAge),
			Why:        "A password that somebody else knows works until its owner changes it.",
			References: []string{"FSBP IAM.17", "Prowler iam_password_policy_expires_passwords_within_90_days_or_less"},
			run:        passwords(lacksExpiry),
		},
		{
			ID: "password-length", Severity: Medium, Title: fmt.Sprintf("Passwords may be shorter than %d characters", wantedLength),
			Why:        "Short passwords are guessed.",
			References: []string{"CIS 6.0 2.7", "FSBP IAM.7", "FSBP IAM.15", "Prowler iam_password_policy_minimum_length_14"},
			run:        passwords(lacksLength),
		},
		{
			ID: "password-reuse", Severity: Low, Title: fmt.Sprintf("Fewer than %d passwords are remembered", wantedReuse),
			Why:        "Whoever knows an old password of somebody may get in with it again.",
			References: []string{"CIS 6.0 2.8", "FSBP IAM.16", "Prowler iam_password_policy_reuse_24"}, run: passwords(lacksReuse),
		},
	}
}

// withoutPolicy are the rules of an account that has no password policy.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html#default-policy-details
const withoutPolicy = "The account has no password policy: passwords have at least 8 characters of three kinds, and never expire."

// passwords makes a check of the password policy; lacks says what is wrong with it, or nothing.
func passwords(lacks func(*persistence.PasswordPolicy) string) func(*state, *Check) error {
	return func(s *state, c *Check) error {
		p, err := persistence.PasswordPolicies.Get(s.tx, s.o.Account)
		if err != nil && !absent(err) {
			return err
		}
		why := withoutPolicy
		if err == nil {
			why = lacks(p)
		} else {
			p = &persistence.PasswordPolicy{AllowChange: true}
		}
		if why != "" {
			s.find(c, Finding{
				Principal: s.own.Root(), Evidence: []Evidence{fact(why)}, Fix: []string{strict(p)},
				Advice: "The command meets all checks of the password policy at once, as it replaces the policy.",
			})
		}
		return nil
	}
}

func lacksLength(p *persistence.PasswordPolicy) string {
	if p.MinimumLength >= wantedLength {
		return ""
	}
	return fmt.Sprintf("The minimum length is %d.", p.MinimumLength)
}

func lacksReuse(p *persistence.PasswordPolicy) string {
	if p.Reuse >= wantedReuse {
		return ""
	}
	return fmt.Sprintf("%d passwords are remembered.", p.Reuse)
}

func lacksClasses(p *persistence.PasswordPolicy) string {
	var lacking []string
	for _, c := range []struct {
		required bool
		name     string
	}{
		{p.RequireUppercase, "upper-case letters"}, {p.RequireLowercase, "lower-case letters"},
		{p.RequireNumbers, "digits"}, {p.RequireSymbols, "symbols"},
	} {
		if !c.required {
			lacking = append(lacking, c.name)
		}
	}
	if lacking == nil {
		return ""
	}
	return "Passwords without " + strings.Join(lacking, ", ") + " are allowed."
}

func lacksExpiry(p *persistence.PasswordPolicy) string {
	switch {
	case p.MaxAge == 0:
		return "Passwords never expire."
	case p.MaxAge > wantedAge:
		return fmt.Sprintf("Passwords expire after %d days.", p.MaxAge)
	}
	return ""
}

// strict is the command that sets a policy in which nothing is lacking, and in which what
// was stricter stays.
func strict(p *persistence.PasswordPolicy) string {
	age := int32(wantedAge)
	if p.MaxAge > 0 {
		age = min(age, p.MaxAge)
	}
	words := []string{
		"update-account-password-policy", "--minimum-password-length", fmt.Sprint(max(p.MinimumLength, wantedLength)),
		"--password-reuse-prevention", fmt.Sprint(max(p.Reuse, wantedReuse)), "--max-password-age", fmt.Sprint(age),
		"--require-symbols", "--require-numbers", "--require-uppercase-characters", "--require-lowercase-characters",
	}
	if p.AllowChange {
		words = append(words, "--allow-users-to-change-password")
	}
	if p.HardExpiry != nil && *p.HardExpiry {
		words = append(words, "--hard-expiry")
	}
	return aws(words...)
}
