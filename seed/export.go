package seed

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/persistence"
)

// LeftOut are the tables that an export leaves out, with the reasons. Everything
// else that a store holds comes back when the export is applied.
var LeftOut = map[string]string{
	"access":            "who called which action last, from which the reports on access are made",
	"access-job":        "reports on access that were ordered",
	"organization-job":  "reports on access that were ordered",
	"credential-report": "the last credential report",
	"deletion-task":     "deletions of service-linked roles, which have happened",
}

// ExportOptions says what is exported. Store is required.
type ExportOptions struct {
	Store persistence.Store

	// Accounts are the IDs of those that are exported; none: all, and the
	// organizations.
	Accounts []string

	// Secrets writes secrets too: of access keys and credentials, hashes of
	// passwords, seeds of MFA devices, private keys, and the keys that open
	// session tokens. Without them the file makes credentials of the same names
	// whose secrets nobody knows.
	Secrets bool
}

// Export writes the state as a file that Apply brings back: with secrets the
// same state, IDs and dates included. Of equal states it makes equal files.
func Export(ctx context.Context, o ExportOptions) ([]byte, error) {
	var f *file
	err := o.Store.View(ctx, func(tx persistence.Tx) (err error) {
		f, err = (&exporter{ctx, tx}).file(o.Accounts)
		return err
	})
	if err != nil {
		return nil, err
	}
	body, err := encoder{o.Secrets}.text(f)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString("# The state of Understudy; apply it with serve --seed, or understudy import.\n")
	b.WriteString("# Left out: reports, what they are made from, and decisions.\n")
	if !o.Secrets {
		b.WriteString("# Left out as well, since secrets were not asked for (--secrets): secrets of access keys and service-specific\n" +
			"# credentials, passwords, seeds of MFA devices, private keys of SAML providers with assertionEncryptionMode, keys\n" +
			"# of outbound federation and of the local identity provider, exchange tokens, and the keys of session tokens. Nobody knows what stands in their place.\n")
	}
	b.Write(body)
	return b.Bytes(), nil
}

// exporter reads the state into the form.
type exporter struct {
	ctx context.Context
	tx  persistence.Tx
}

func (e *exporter) file(only []string) (*file, error) {
	f := &file{}
	for id, err := range persistence.StoredAccounts(e.tx) {
		if err != nil {
			return nil, err
		}
		if len(only) > 0 && !slices.Contains(only, id) {
			continue
		}
		a, err := (&accountExporter{e.ctx, e.tx, id}).account()
		if err != nil {
			return nil, err
		}
		f.Accounts = append(f.Accounts, *a)
		if len(only) > 0 {
			continue
		}
		o, err := persistence.Organizations.Get(e.tx, id)
		if absent(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if f.Organization, err = e.organization(id, o); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// accountExporter reads one account.
type accountExporter struct {
	ctx context.Context
	tx  persistence.Tx
	id  string
}

// Texts, times and the like that are given unless they are empty.

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

// givenPath leaves out the path that everything has if none is given.
func givenPath(path string) text {
	if path == "/" {
		return text{}
	}
	return given(path)
}

// policyName is how the file names a policy: shortly, if that is understood.
func (e *accountExporter) policyName(arn string) (text, error) {
	if arn == "" {
		return text{}, nil
	}
	name := arn[strings.LastIndexByte(arn, '/')+1:]
	found, err := findPolicyARN(e.tx, e.id, name)
	if found == arn {
		return text{name, 1}, err
	}
	return text{arn, 1}, err
}

// account reads the settings of the account, and what it holds.
func (e *accountExporter) account() (*account, error) {
	a := &account{ID: text{e.id, 1}}
	return a, firstError(
		func() error { return e.settings(a) },
		func() (err error) { a.Root, err = e.root(); return err },
		func() (err error) {
			a.Policies, err = export(persistence.Policies.Scan(e.tx, e.id, nil, nil), e.policy)
			return err
		},
		func() (err error) {
			a.Groups, err = export(persistence.Groups.Scan(e.tx, e.id, nil, nil), e.group)
			return err
		},
		func() (err error) {
			a.Users, err = export(persistence.Users.Scan(e.tx, e.id, nil, nil), e.user)
			return err
		},
		func() (err error) {
			a.Roles, err = export(persistence.Roles.Scan(e.tx, e.id, nil, nil), e.role)
			return err
		},
		func() (err error) {
			a.InstanceProfiles, err = export(persistence.InstanceProfiles.Scan(e.tx, e.id, nil, nil), e.instanceProfile)
			return err
		},
		func() (err error) {
			a.OIDCProviders, err = export(persistence.OIDCProviders.Scan(e.tx, e.id, nil, nil), e.oidcProvider)
			return err
		},
		func() (err error) {
			a.SAMLProviders, err = export(persistence.SAMLProviders.Scan(e.tx, e.id, nil, nil), e.samlProvider)
			return err
		},
		func() (err error) {
			a.ServerCertificates, err = export(persistence.ServerCertificates.Scan(e.tx, e.id, nil, nil), e.serverCertificate)
			return err
		},
		func() (err error) {
			a.MFADevices, err = export(persistence.MFADevices.Scan(e.tx, e.id, nil, nil), e.mfaDevice)
			return err
		},
		func() (err error) {
			a.DelegationTemplates, err = export(persistence.DelegationTemplates.Scan(e.tx, e.id, nil, nil), e.delegationTemplate)
			return err
		},
		func() (err error) {
			a.DelegationRequests, err = export(persistence.DelegationRequests.Scan(e.tx, e.id, nil, nil), e.delegationRequest)
			return err
		},
		func() (err error) { a.SpentAliases, err = e.spentAliases(); return err },
	)
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

// shownTrust is a trust policy as the file has it.
func (e *accountExporter) shownTrust(stored string) (content, error) {
	shown, err := iam.ShownTrust(e.tx, e.id, stored)
	return givenContent(shown), err
}
