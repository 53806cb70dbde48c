package iam

import (
	"encoding/csv"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// credentialColumns are the columns of a credential report (recorded).
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
const credentialColumns = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed," +
	"password_next_rotation,mfa_active," +
	"access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service," +
	"access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service," +
	"cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated"

// The values of a report where there is no value (recorded).
const (
	notApplicable = "N/A"
	neverUsed     = "no_information"
	notSupported  = "not_supported"
)

// credentialReport returns the report in CSV. LF separates the lines, and there is none
// at the end (recorded). The root user comes first, then the users by name.
func credentialReport(tx persistence.Tx, account principal.Account, now time.Time) (string, error) {
	rows := credentialRows{tx: tx, account: account, now: now}
	policy, err := persistence.PasswordPolicies.Get(tx, account.ID)
	if err == nil {
		rows.maxAge = time.Duration(policy.MaxAge) * 24 * time.Hour
	}
	if err := unlessAbsent(err); err != nil {
		return "", err
	}
	var b strings.Builder
	w := csv.NewWriter(&b)
	root, err := rows.root()
	if err != nil {
		return "", err
	}
	table := [][]string{strings.Split(credentialColumns, ","), root}
	for u, err := range persistence.Users.Scan(tx, account.ID, nil, nil) {
		if err != nil {
			return "", err
		}
		row, err := rows.user(u)
		if err != nil {
			return "", err
		}
		table = append(table, row)
	}
	if err := w.WriteAll(table); err != nil {
		return "", err
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// credentialRows makes the rows of a report.
type credentialRows struct {
	tx      persistence.Tx
	account principal.Account
	now     time.Time
	maxAge  time.Duration // of passwords, in days; 0: they do not expire
}

func (c *credentialRows) root() ([]string, error) {
	a, err := persistence.Accounts.Get(c.tx, c.account.ID)
	if err := unlessAbsent(err); err != nil {
		return nil, err
	}
	created := c.now
	if err == nil {
		created = a.CreateDate
	}
	row := []string{
		"<root_account>", c.account.Root(), reportTime(created),
		notSupported, neverUsed, notSupported, notSupported,
	}
	return c.credentials(row, c.account.ID)
}

func (c *credentialRows) user(u *persistence.User) ([]string, error) {
	row := []string{u.Name, userARN(c.account, u), reportTime(u.CreateDate)}
	p, err := persistence.LoginProfiles.Get(c.tx, c.account.ID, u.ID)
	switch {
	case errors.Is(err, persistence.ErrNotFound):
		row = append(row, "false", notApplicable, notApplicable, notApplicable)
	case err != nil:
		return nil, err
	default:
		row = append(row, "true", timeOr(u.PasswordLastUsed, neverUsed), reportTime(p.ChangeDate), c.nextRotation(p))
	}
	return c.credentials(row, u.ID)
}

// nextRotation returns when the password expires.
func (c *credentialRows) nextRotation(p *persistence.LoginProfile) string {
	if c.maxAge == 0 {
		return notApplicable
	}
	return reportTime(p.ChangeDate.Add(c.maxAge))
}

// credentials appends the columns that users and root have in common.
func (c *credentialRows) credentials(row []string, id string) ([]string, error) {
	mfa, err := persistence.MFADevicesByUser.Any(c.tx, c.account.ID, id)
	if err != nil {
		return nil, err
	}
	keys, err := c.keys(id)
	if err != nil {
		return nil, err
	}
	certificates, err := c.certificates(id)
	return slices.Concat(row, []string{strconv.FormatBool(mfa)}, keys, certificates), err
}

// keys are the columns of two access keys, the active one first and the lower
// ID before the higher (recorded).
func (c *credentialRows) keys(id string) ([]string, error) {
	keys, err := accessKeys(c.tx, c.account.ID, id)
	slices.SortFunc(keys, func(a, b *persistence.AccessKey) int {
		if a.Inactive != b.Inactive {
			return order(a.Inactive)
		}
		return strings.Compare(a.ID, b.ID)
	})
	var row []string
	for i := range 2 {
		if i >= len(keys) {
			row = append(row, "false", notApplicable, notApplicable, notApplicable, notApplicable)
			continue
		}
		k := keys[i]
		row = append(row, strconv.FormatBool(!k.Inactive), reportTime(k.CreateDate), timeOr(k.LastUsedDate, notApplicable))
		if k.LastUsedDate.IsZero() {
			row = append(row, notApplicable, notApplicable)
		} else {
			row = append(row, k.LastUsedRegion, k.LastUsedService)
		}
	}
	return row, err
}

// certificates are the columns of two signing certificates, the inactive one
// first, whatever its age (recorded).
func (c *credentialRows) certificates(id string) ([]string, error) {
	var list []*persistence.SigningCertificate
	for cert, err := range persistence.SigningCertificatesByUser.Scan(c.tx, c.account.ID, persistence.Key{id}, nil) {
		if err != nil {
			return nil, err
		}
		list = append(list, cert)
	}
	slices.SortStableFunc(list, func(a, b *persistence.SigningCertificate) int {
		if a.Inactive != b.Inactive {
			return order(b.Inactive)
		}
		return a.UploadDate.Compare(b.UploadDate)
	})
	var row []string
	for i := range 2 {
		if i >= len(list) {
			row = append(row, "false", notApplicable)
			continue
		}
		row = append(row, strconv.FormatBool(!list[i].Inactive), reportTime(list[i].UploadDate))
	}
	return row, nil
}

// order compares by a flag: an element whose flag is set comes last.
func order(last bool) int {
	if last {
		return 1
	}
	return -1
}

func reportTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func timeOr(t time.Time, otherwise string) string {
	if t.IsZero() {
		return otherwise
	}
	return reportTime(t)
}
