package audit

import (
	"fmt"
	"time"

	"github.com/understudy-iam/understudy/persistence"
)

func rootChecks() []Check {
	return []Check{
		{
			ID: "root-access-key", Severity: Critical, Title: "The root user has an access key",
			Why:        "No policy limits the root user: whoever gets the key has the whole account.",
			References: []string{"CIS 6.0 2.3", "FSBP IAM.4", "Prowler iam_no_root_access_key"}, run: rootAccessKey,
		},
		{
			ID: "root-hardware-mfa", Severity: Medium, Title: "The root user's MFA device is not hardware",
			Why:        "The secret of an app can be copied with the phone or its backup; that of a security key cannot.",
			References: []string{"CIS 6.0 2.5", "FSBP IAM.6", "Prowler iam_root_hardware_mfa_enabled"}, run: rootHardware,
		},
		{
			ID: "root-mfa", Severity: Critical, Title: "The root user has no MFA device",
			Why:        "A password that is guessed or found is enough to have the whole account.",
			References: []string{"CIS 6.0 2.4", "FSBP IAM.9", "Prowler iam_root_mfa_enabled"}, run: rootMFA,
		},
		{
			ID: "root-used", Severity: Medium, Title: fmt.Sprintf("The root user was used in the last %d days", recentDays),
			Why:        "No policy limits the root user, so that a mistake can harm everything; administrators of their own can be limited.",
			References: []string{"CIS 6.0 2.6", "Prowler iam_avoid_root_usage"}, run: rootUsed,
		},
	}
}

// recentDays is for how long the use of the root user is reported.
const recentDays = 30

func rootAccessKey(s *state, c *Check) error {
	in, err := s.things()
	if err != nil {
		return err
	}
	for _, k := range in.root.keys {
		s.find(c, Finding{
			Principal: in.root.arn, Resource: k.ID, Evidence: []Evidence{fact(s.aboutKey(k))},
			Fix:    []string{aws("delete-access-key", "--access-key-id", k.ID)},
			Advice: "The root user itself has to run the command.",
		})
	}
	return nil
}

// rootHasPassword reports whether somebody can sign in as the root user.
func (s *state) rootHasPassword() (bool, error) {
	p, err := persistence.RootPasswords.Get(s.tx, s.o.Account)
	if absent(err) {
		return true, nil
	}
	return err == nil && !p.Deleted, err
}

func rootMFA(s *state, c *Check) error {
	in, err := s.things()
	if err != nil || len(in.root.devices) > 0 {
		return err
	}
	if has, err := s.rootHasPassword(); err != nil || !has && len(in.root.active()) == 0 {
		return err
	}
	s.find(c, Finding{
		Principal: in.root.arn, Evidence: []Evidence{fact("No MFA device is enabled for the root user.")},
		Advice: "Sign in as the root user and enable a security key under Security credentials.",
	})
	return nil
}

func rootHardware(s *state, c *Check) error {
	in, err := s.things()
	if err != nil || len(in.root.devices) == 0 || in.root.hasHardware() {
		return err
	}
	s.find(c, Finding{
		Principal: in.root.arn, Resource: in.root.devices[0].Serial,
		Evidence: []Evidence{fact(in.root.devices[0].Serial + " is a virtual device.")},
		Advice:   "Sign in as the root user and enable a security key under Security credentials; then remove the virtual device.",
	})
	return nil
}

func rootUsed(s *state, c *Check) error {
	last, what := time.Time{}, ""
	if !s.o.UsesUnknown {
		err := each(persistence.Accesses.Scan(s.tx, s.o.Account, persistence.Key{s.o.Account}, nil), func(a *persistence.Access) {
			if a.Time.After(last) {
				last, what = a.Time, a.Service+":"+a.Action
			}
		})
		if err != nil {
			return err
		}
	}
	for _, r := range s.o.Calls {
		if r.UserIdentity.Type == "Root" && r.UserIdentity.AccountID == s.o.Account && r.EventTime.After(last) {
			last, what = r.EventTime, r.Service()+":"+r.EventName
		}
	}
	if last.IsZero() || s.days(last) > recentDays {
		return nil
	}
	s.find(c, Finding{
		Principal: s.own.Root(), Evidence: []Evidence{fact(fmt.Sprintf("It called %s on %s.", what, day(last)))},
		Advice: "Make roles for what the root user is used for, and keep its password for what only it can do.",
	})
	return nil
}

// days is how many whole days ago something was.
func (s *state) days(t time.Time) int { return int(s.o.Now.Sub(t) / (24 * time.Hour)) }

// day is a date for people.
func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// aboutKey is what is known of an access key.
func (s *state) aboutKey(k *persistence.AccessKey) string {
	status := "active"
	if k.Inactive {
		status = "inactive"
	}
	text := fmt.Sprintf("Access key %s is %s and %d days old", k.ID, status, s.days(k.CreateDate))
	switch {
	case s.o.UsesUnknown:
		return text + "."
	case k.LastUsedDate.IsZero():
		return text + "; it was never used."
	}
	return fmt.Sprintf("%s; it was last used on %s.", text, day(k.LastUsedDate))
}
