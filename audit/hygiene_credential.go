package audit

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/understudy-iam/understudy/persistence"
)

const (
	maxKeyAge  = 90 // days
	maxUnused  = 45 // days, of keys and passwords
	makingTime = time.Minute
)

func credentialChecks() []Check {
	return []Check{
		{
			ID: "console-mfa", Severity: High, Title: "A user has a password and no MFA device",
			Why:        "A password that is guessed or found is enough to sign in as the user.",
			References: []string{"CIS 6.0 2.9", "FSBP IAM.5", "FSBP IAM.19", "Prowler iam_user_mfa_enabled_console_access"},
			run:        eachUser(consoleMFA),
		},
		{
			ID: "hardware-mfa-user", Severity: Info, Title: "A user who has a password has no hardware MFA device",
			Why:        "The secret of an app can be copied with the phone or its backup; that of a security key cannot.",
			References: []string{"Prowler iam_user_hardware_mfa_enabled"}, run: eachUser(userHardware),
		},
		{
			ID: "initial-key", Severity: Low, Title: "An access key was made with its user and never used",
			Why:        "A key that nobody needs can only be stolen.",
			References: []string{"CIS 6.0 2.10", "Prowler iam_user_no_setup_initial_access_key"}, run: usesKnown(eachUser(initialKey)),
		},
		{
			ID: "key-age-90", Severity: Medium, Title: fmt.Sprintf("An active access key is older than %d days", maxKeyAge),
			Why:        "The longer a key is in use, the more places it has been copied to.",
			References: []string{"CIS 6.0 2.13", "FSBP IAM.3", "Prowler iam_rotate_access_key_90_days"}, run: eachUser(keyAge),
		},
		{
			ID: "long-lived-key-use", Severity: Info, Title: "An access key of a user is used for a service beyond IAM and STS",
			Why:        "Temporary credentials of a role do the same, and are of no use to a thief some hours later.",
			References: []string{"Prowler iam_user_with_temporary_credentials"}, run: usesKnown(eachUser(longLived)),
		},
		{
			ID: "two-keys", Severity: Low, Title: "A user has two active access keys",
			Why:        "The second key is for the days of a rotation; after them it can only be stolen.",
			References: []string{"CIS 6.0 2.12", "Prowler iam_user_two_active_access_key"}, run: eachUser(twoKeys),
		},
		{
			ID: "unused-45", Severity: Medium, Title: fmt.Sprintf("A password or access key has not been used for %d days", maxUnused),
			Why: "Nobody would notice that somebody else uses it.", References: []string{
				"CIS 6.0 2.11", "FSBP IAM.8", "FSBP IAM.22", "Prowler iam_user_accesskey_unused", "Prowler iam_user_console_access_unused",
			}, run: usesKnown(eachUser(unused)),
		},
	}
}

// eachUser makes a check that looks at one user at a time.
func eachUser(look func(*state, *Check, *entity)) func(*state, *Check) error {
	return func(s *state, c *Check) error {
		in, err := s.things()
		if err != nil {
			return err
		}
		for _, u := range in.users {
			look(s, c, u)
		}
		return nil
	}
}

// usesKnown makes a check that needs to know when something was last used.
func usesKnown(run func(*state, *Check) error) func(*state, *Check) error {
	return func(s *state, c *Check) error {
		if s.o.UsesUnknown {
			s.uncheck("When keys, passwords and roles were last used is not known: " +
				"a credential report, or the server that has the account, would tell.")
			return nil
		}
		return run(s, c)
	}
}

// uncheck notes once what could not be looked at.
func (s *state) uncheck(why string) {
	if !slices.Contains(s.report.Unchecked, why) {
		s.report.Unchecked = append(s.report.Unchecked, why)
	}
}

func consoleMFA(s *state, c *Check, u *entity) {
	if u.login == nil || len(u.devices) > 0 {
		return
	}
	s.find(c, Finding{
		Principal: u.arn, Evidence: []Evidence{fact("The user has a password since " + day(u.login.CreateDate) + " and no MFA device.")},
		Advice: "Let the user enable an MFA device. Or, if the user needs no console, run aws iam delete-login-profile.",
	})
}

func userHardware(s *state, c *Check, u *entity) {
	if u.login == nil || len(u.devices) == 0 || u.hasHardware() {
		return
	}
	s.find(c, Finding{
		Principal: u.arn, Resource: u.devices[0].Serial, Evidence: []Evidence{fact(u.devices[0].Serial + " is a virtual device.")},
		Advice: "Let the user enable a security key, and then remove the virtual device.",
	})
}

func (e *entity) deactivate(key string) string {
	return aws("update-access-key", "--user-name", e.name, "--access-key-id", key, "--status", "Inactive")
}

func initialKey(s *state, c *Check, u *entity) {
	for _, k := range u.active() {
		if u.login == nil || !k.LastUsedDate.IsZero() || k.CreateDate.Sub(u.user.CreateDate).Abs() > makingTime {
			continue
		}
		s.find(c, Finding{
			Principal: u.arn, Resource: k.ID, Evidence: []Evidence{fact(s.aboutKey(k))},
			Fix: []string{aws("delete-access-key", "--user-name", u.name, "--access-key-id", k.ID)},
		})
	}
}

func keyAge(s *state, c *Check, u *entity) {
	for _, k := range u.active() {
		if s.o.Now.Sub(k.CreateDate) <= maxKeyAge*24*time.Hour {
			continue
		}
		f := Finding{
			Principal: u.arn, Resource: k.ID, Evidence: []Evidence{fact(s.aboutKey(k))}, Fix: []string{u.deactivate(k.ID)},
			Advice: "See that nothing uses the key any more before you run the command.",
		}
		if len(u.keys) == 1 {
			f.Fix = []string{aws("create-access-key", "--user-name", u.name), u.deactivate(k.ID)}
			f.Advice = "Put the new key wherever the old one is used before you run the second command."
		}
		s.find(c, f)
	}
}

func longLived(s *state, c *Check, u *entity) {
	for _, k := range u.active() {
		if service := strings.ToLower(k.LastUsedService); k.LastUsedDate.IsZero() || service == "iam" || service == "sts" || service == "" {
			continue
		}
		s.find(c, Finding{
			Principal: u.arn, Resource: k.ID,
			Evidence: []Evidence{fact(fmt.Sprintf("Access key %s was last used for %s, on %s.", k.ID, k.LastUsedService, day(k.LastUsedDate)))},
			Advice:   "Make a role with what the key is used for, and let the user assume it, or whatever uses the key have the role.",
		})
	}
}

func twoKeys(s *state, c *Check, u *entity) {
	keys := u.active()
	if len(keys) < 2 {
		return
	}
	// the one that is used, or else the younger one, stays
	slices.SortStableFunc(keys, func(a, b *persistence.AccessKey) int {
		if x := a.LastUsedDate.Compare(b.LastUsedDate); x != 0 {
			return x
		}
		return a.CreateDate.Compare(b.CreateDate)
	})
	f := Finding{
		Principal: u.arn, Fix: []string{u.deactivate(keys[0].ID)},
		Advice: "See that nothing uses the key any more before you run the command.",
	}
	for _, k := range keys {
		f.Evidence = append(f.Evidence, fact(s.aboutKey(k)))
	}
	s.find(c, f)
}

func unused(s *state, c *Check, u *entity) {
	for _, k := range u.active() {
		if s.isUnused(k.LastUsedDate, k.CreateDate) {
			s.find(c, Finding{
				Principal: u.arn, Resource: k.ID, Evidence: []Evidence{fact(s.aboutKey(k))}, Fix: []string{u.deactivate(k.ID)},
				Title: fmt.Sprintf("An access key has not been used for %d days", maxUnused),
			})
		}
	}
	if u.login == nil || !s.isUnused(u.user.PasswordLastUsed, u.login.ChangeDate) {
		return
	}
	text := "Nobody has signed in with the password since it was set on " + day(u.login.ChangeDate) + "."
	if last := u.user.PasswordLastUsed; last.After(u.login.ChangeDate) {
		text = "The password was last used on " + day(last) + "."
	}
	s.find(c, Finding{
		Principal: u.arn, Evidence: []Evidence{fact(text)}, Fix: []string{aws("delete-login-profile", "--user-name", u.name)},
		Title: fmt.Sprintf("A password has not been used for %d days", maxUnused),
	})
}

// isUnused reports whether something that was made was used too long ago.
func (s *state) isUnused(used, made time.Time) bool {
	if used.Before(made) {
		used = made
	}
	return s.o.Now.Sub(used) > maxUnused*24*time.Hour
}
