package seed

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"slices"
	"time"

	"github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// LeftOut are the tables that an export leaves out, with the reasons. Everything else in
// a store is restored when the export is applied.
var LeftOut = map[string]string{
	"access":            "who called which action last, from which the reports on access are made",
	"access-job":        "reports on access that were ordered",
	"organization-job":  "reports on access that were ordered",
	"credential-report": "the last credential report",
	"deletion-task":     "deletions of service-linked roles, which have happened",
}

// ExportOptions says what Export writes. Store is required.
type ExportOptions struct {
	Store persistence.Store

	Partition principal.Partition // of the accounts; "" is principal.AWS

	// Accounts are the IDs of the accounts to export; none: all accounts, and the
	// organizations.
	Accounts []string

	// Secrets writes secrets too: those of access keys and credentials, hashes of
	// passwords, seeds of MFA devices, private keys, and the keys that open session
	// tokens. Without them, applying the file makes credentials of the same names with
	// random secrets.
	Secrets bool
}

// Export writes the state as a file that Apply restores: with secrets, the same state,
// IDs and dates included. Equal states make equal files. It writes while it reads, so
// that a large state needs no more memory than a small one. After an error, what it has
// written is incomplete and cannot be used.
func Export(ctx context.Context, w io.Writer, o ExportOptions) error {
	head := exportHead(o.Secrets)
	if mark := o.Partition.Mark(); mark != "" {
		head += "partition: " + mark + "\n"
	}
	if _, err := io.WriteString(w, head); err != nil {
		return err
	}
	return o.Store.View(ctx, func(tx persistence.Tx) error {
		return (&exporter{ctx: ctx, tx: tx, partition: o.Partition, out: w, encoder: encoder{o.Secrets}}).file(o.Accounts)
	})
}

func exportHead(secrets bool) string {
	head := "# The state of Understudy; apply it with serve --seed, or understudy import.\n" +
		"# Left out: reports, what they are made from, and decisions.\n"
	if secrets {
		return head
	}
	return head + "# Left out as well, since secrets were not asked for (--secrets): secrets of\n" +
		"# access keys and service-specific credentials, passwords, seeds of MFA devices,\n" +
		"# private keys of SAML providers with assertionEncryptionMode, keys of outbound\n" +
		"# federation and of the local identity provider, exchange tokens, and the keys of\n" +
		"# session tokens. New ones are made in their place, which nobody knows.\n"
}

// exporter reads the state into the form, part by part, and writes it.
type exporter struct {
	ctx     context.Context
	tx      persistence.Tx
	out     io.Writer
	encoder encoder

	partition principal.Partition
	begun     bool // an account has been written
}

// file writes all accounts and the organizations, or only some accounts.
func (e *exporter) file(only []string) error {
	var organized *organization
	for id, err := range persistence.StoredAccounts(e.tx) {
		if err != nil {
			return err
		}
		if len(only) > 0 && !slices.Contains(only, id) {
			continue
		}
		if err := (&accountExporter{exporter: e, id: id}).account(); err != nil {
			return err
		}
		if len(only) > 0 {
			continue
		}
		o, err := persistence.Organizations.Get(e.tx, id)
		if absent(err) {
			continue
		}
		if err != nil {
			return err
		}
		if organized, err = e.organization(id, o); err != nil {
			return err
		}
	}
	if organized == nil {
		return nil
	}
	return e.write(&file{Organization: organized}, 0)
}

// write writes a part of the file, without the lines at its beginning that have been
// written already.
func (e *exporter) write(part *file, written int) error {
	text, err := e.encoder.text(part)
	if err != nil {
		return err
	}
	for range written {
		_, text, _ = bytes.Cut(text, []byte("\n"))
	}
	_, err = e.out.Write(text)
	return err
}

// accountExporter reads one account.
type accountExporter struct {
	*exporter
	id string
}

// own returns the account in its partition.
func (e *accountExporter) own() principal.Account {
	return e.partition.In(e.id)
}

// Strings, times and the like, which are left out if they are empty.

func given(value string) text {
	if value == "" {
		return text{}
	}
	return text{value, 1}
}

func givenContent(value string) content { return content{given(value)} }

func givenTime(t time.Time) instant {
	if t.IsZero() {
		return instant{}
	}
	return instant{t.UTC(), 1}
}

func givenFlag(value bool) flag {
	if !value {
		return flag{}
	}
	return flag{true, 1}
}

func givenNumber(value int64) number64 {
	if value == 0 {
		return number64{}
	}
	return number64{value, 1}
}

func givenBlob(value []byte) blob {
	if len(value) == 0 {
		return blob{}
	}
	return blob{value, 1}
}

func givenTexts(values []string) []text {
	var list []text
	for _, v := range values {
		list = append(list, text{v, 1})
	}
	return list
}

func givenTags(tags []persistence.Tag) texts {
	var list texts
	for _, t := range tags {
		list = append(list, named{text{t.Key, 1}, text{t.Value, 1}})
	}
	return list
}

func givenLists(values map[string][]string) textLists {
	var list textLists
	for name, v := range values {
		list = append(list, namedList{text{name, 1}, givenTexts(v)})
	}
	slices.SortFunc(list, func(a, b namedList) int { return cmp.Compare(a.name.value, b.name.value) })
	return list
}

func givenStatus(inactive bool) text {
	if inactive {
		return text{"Inactive", 1}
	}
	return text{}
}

// givenPath leaves out the default path.
func givenPath(path string) text {
	if path == "/" {
		return text{}
	}
	return given(path)
}

// policyName returns the name of a policy in the file: the short one, if that is not ambiguous.
func (e *accountExporter) policyName(arn string) (text, error) {
	if arn == "" {
		return text{}, nil
	}
	name := principal.Name(arn)
	found, err := findPolicyARN(e.tx, e.own(), name)
	if found == arn {
		return text{name, 1}, err
	}
	return text{arn, 1}, err
}

// account writes the settings of the account, and everything in it.
func (e *accountExporter) account() error {
	return firstError(
		e.head,
		func() error {
			return list(e, persistence.Policies, e.policy, func(a *account, l []policy) { a.Policies = l })
		},
		func() error {
			return list(e, persistence.Groups, e.group, func(a *account, l []group) { a.Groups = l })
		},
		func() error {
			return list(e, persistence.Users, e.user, func(a *account, l []user) { a.Users = l })
		},
		func() error {
			return list(e, persistence.Roles, e.role, func(a *account, l []role) { a.Roles = l })
		},
		func() error {
			return list(e, persistence.InstanceProfiles, e.instanceProfile,
				func(a *account, l []instanceProfile) { a.InstanceProfiles = l })
		},
		func() error {
			return list(e, persistence.OIDCProviders, e.oidcProvider, func(a *account, l []oidcProvider) { a.OIDCProviders = l })
		},
		func() error {
			return list(e, persistence.SAMLProviders, e.samlProvider, func(a *account, l []samlProvider) { a.SAMLProviders = l })
		},
		func() error {
			return list(e, persistence.ServerCertificates, e.serverCertificate,
				func(a *account, l []serverCertificate) { a.ServerCertificates = l })
		},
		func() error {
			return list(e, persistence.MFADevices, e.mfaDevice, func(a *account, l []mfaDevice) { a.MFADevices = l })
		},
		func() error {
			return list(e, persistence.DelegationTemplates, e.delegationTemplate,
				func(a *account, l []delegationTemplate) { a.DelegationTemplates = l })
		},
		func() error {
			return list(e, persistence.DelegationRequests.Table, e.delegationRequest,
				func(a *account, l []delegationRequest) { a.DelegationRequests = l })
		},
		func() error {
			return list(e, persistence.ResourcePolicies, e.resourcePolicy, func(a *account, l []resourcePolicy) { a.ResourcePolicies = l })
		},
		func() error {
			spent, err := e.spentAliases()
			if err != nil || len(spent) == 0 {
				return err
			}
			return e.part(&account{SpentAliases: spent}, linesOfAccount)
		},
	)
}

// The lines at the beginning of a part of an account: "accounts:", the account's ID, and
// the name of a list.
const (
	linesOfAccounts = 1
	linesOfAccount  = 2
	linesOfList     = 3
)

// head writes the members of an account that are not lists.
func (e *accountExporter) head() error {
	a := &account{}
	err := firstError(
		func() error { return e.settings(a) },
		func() (err error) { a.Root, err = e.root(); return err },
	)
	if err != nil {
		return err
	}
	written := 0
	if e.begun {
		written = linesOfAccounts
	}
	e.begun = true
	return e.part(a, written)
}

// part writes members of the account.
func (e *accountExporter) part(a *account, written int) error {
	a.ID = text{e.id, 1}
	return e.write(&file{Accounts: []account{*a}}, written)
}

// exportedAtOnce is the number of elements of a list that are in memory at once.
const exportedAtOnce = 50

// list writes the form of all records of a table.
func list[R, F any](e *accountExporter, table *persistence.Table[R], form func(*R) (F, error), set func(*account, []F)) error {
	var some []F
	written := linesOfAccount
	flush := func() error {
		if len(some) == 0 {
			return nil
		}
		a := &account{}
		set(a, some)
		err := e.part(a, written)
		some, written = some[:0], linesOfList
		return err
	}
	for r, err := range table.Scan(e.tx, e.id, nil, nil) {
		if err != nil {
			return err
		}
		f, err := form(r)
		if err != nil {
			return err
		}
		if some = append(some, f); len(some) < exportedAtOnce {
			continue
		}
		if err := flush(); err != nil {
			return err
		}
	}
	return flush()
}

// export makes the form of all records of a scan.
func export[R, F any](scan func(func(*R, error) bool), form func(*R) (F, error)) ([]F, error) {
	var list []F
	for r, err := range scan {
		if err != nil {
			return nil, err
		}
		f, err := form(r)
		if err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	return list, nil
}

// trustsUnknown is true if a trust policy names principals that do not exist, and left
// out otherwise.
func (e *accountExporter) trustsUnknown(stored string) (flag, error) {
	unknown, err := iam.TrustsUnknown(e.tx, e.own(), stored)
	if !unknown {
		return flag{}, err
	}
	return flag{true, 1}, err
}

// shownTrust returns a trust policy as the file has it.
func (e *accountExporter) shownTrust(stored string) (content, error) {
	shown, err := iam.ShownTrust(e.tx, e.own(), stored)
	return givenContent(shown), err
}
