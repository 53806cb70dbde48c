// Package seed fills a store from a YAML file with everything that can be
// created, and writes what a store holds as such a file.
//
// It guarantees that
//   - a file is applied whole or not at all, in one transaction. A file with a
//     fault changes nothing, and the error names file, line and reason;
//   - what a file declares passes the same checks as the calls of IAM's API that
//     would make it. Quotas that AWS raises for an account, such as that of roles,
//     are raised to what the file makes, in the account's record and with a warning;
//     others, such as that of a user's access keys, bound the file;
//   - a file is declarative: what is missing is made, what exists is changed to what
//     the file says, and what the file does not mention stays as it is. So applying
//     a file again changes nothing, and a file can be edited and applied to a data
//     directory.
//
// # The file
//
//	accounts:
//	  - id: "111122223333"
//	    alias: shop
//	    policies:
//	      - name: ReadUsers
//	        document: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: "iam:Get*", Resource: "*"}]}
//	    groups:
//	      - {name: devs, policies: [ReadUsers, ReadOnlyAccess]}
//	    users:
//	      - name: ana
//	        groups: [devs]
//	        tags: {team: red}
//	        boundary: arn:aws:iam::aws:policy/PowerUserAccess
//	        inline: {own: '{"Version":"2012-10-17","Statement":[]}'}
//	        accessKeys: [{secret: local-secret}]
//	    roles:
//	      - {name: deploy, trust: {...}, maxSessionDuration: 7200}
//	organization:
//	  management: "999900001111"
//	  featureSet: ALL                      # or CONSOLIDATED_BILLING
//	  trustedAccess: true                  # of IAM
//	  administrators: ["111122223333"]     # of IAM, besides the management account
//	  rootFeatures: [RootSessions, RootCredentialsManagement]
//	  policies:
//	    - {name: NoUsers, type: SCP, document: {...}}
//	  root:
//	    units:
//	      - {name: Work, policies: [NoUsers], accounts: ["111122223333"]}
//
// A document is a mapping or a string that holds JSON. A policy is named by its ARN, or by name
// if it is one of the account or of AWS. FullAWSAccess is attached to the root, to every unit
// and to every account, as in AWS, unless fullAWSAccess is false there. An organization has all
// features and trusted access of IAM unless the file says otherwise. The ID of an access key may
// be left out: it is then derived from account, user and position, and always the same.
//
// form.go has all members. An account may have settings (passwordPolicy,
// globalEndpointTokenVersion, roleManager, outboundFederation, root), policies with versions,
// instanceProfiles, oidcProviders, samlProviders, serverCertificates, mfaDevices,
// delegationTemplates, delegationRequests and resourcePolicies; a user loginProfile, accessKeys
// with status, sshPublicKeys, signingCertificates and serviceSpecificCredentials; a role service
// and suffix (service-linked), or template. Everything that has a unique ID or a date may declare
// them: id, createDate. Documents, certificates and metadata may be {file: NAME}, relative to the
// file that has it. Any path is allowed, since a file is trusted like a program. Text that is sent
// to a server refers only to files that are sent with it.
//
// A new credential without a secret gets a random one, and an existing credential keeps
// its own.
//
// # A real account
//
// The output of `aws iam get-account-authorization-details` is a file too: the objects of
// one or several pages, with documents as objects or percent-encoded. No quota applies to
// it. In trust policies, principals that do not exist stay as they are, with a warning;
// unique IDs of deleted principals stay without a warning. With the member
// unknownPrincipals of a role, such principals stay without a warning in other files too.
// Attached policies and groups that do not exist are left out, with a warning; a
// permissions boundary that does not exist is a fault, since leaving it out would allow
// more.
//
// # Caveats
//
// Nothing is removed that an earlier version of the file declared, except from
// the organization, which the file declares whole. The path of a role and of a
// policy cannot change, as in AWS. Secrets in the file are not encrypted.
package seed

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"path/filepath"
	"time"

	"github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/internal/textfile"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// Options says how files are applied. Store is required; every other zero value works.
type Options struct {
	Store     persistence.Store
	Partition principal.Partition // of the accounts; "" is principal.AWS
	Now       func() time.Time    // nil: time.Now
	Random    io.Reader           // of IDs; nil: crypto/rand
	Quotas    iam.Quotas          // of accounts without their own; zero fields: AWS's defaults

	// Open reads the files to which the text given to Apply refers; nil: it must not
	// refer to any.
	Open func(name string) ([]byte, error)

	// Warn is called for everything in a file that is left out or kept as it is; nil:
	// nothing is called. It may be called twice for the same thing.
	Warn func(*Fault)

	// Written is called, after the files have been applied, with the place of each
	// document that is at only one place in them; nil: nothing is called.
	Written func(document string, w *Written)

	// Report is called with the changes, after they have been made; nil: nothing is called.
	Report func(*Report)

	Dry  bool // with Report: change nothing and only report what would change
	Diff bool // with Report: report the difference too, which needs two exports

	// Clean removes everything from the store first, in the same transaction.
	Clean bool
}

// ApplyFile applies the file with the name, like ApplyFiles.
func ApplyFile(ctx context.Context, o Options, name string) error {
	return ApplyFiles(ctx, o, []string{name})
}

// ApplyFiles applies the files with the names, one after the other, in one
// transaction. Files that they refer to are read, wherever they are: relative to
// the file that refers to them.
func ApplyFiles(ctx context.Context, o Options, names []string) error {
	var files []*file
	for _, name := range names {
		f, err := readFile(name)
		if err != nil {
			return err
		}
		files = append(files, f)
	}
	return o.update(ctx, files)
}

func readFile(name string) (*file, error) {
	raw, err := textfile.Read(name, textfile.Seed)
	if err != nil {
		return nil, &Fault{File: name, Reason: textfile.RootCause(err).Error()}
	}
	return readText(name, raw, func(other string) ([]byte, error) { return textfile.Read(Beside(name, other), textfile.Seed) })
}

// Beside returns the path of a file to which a seed with the name refers as other.
func Beside(name, other string) string {
	if filepath.IsAbs(other) {
		return other
	}
	return filepath.Join(filepath.Dir(name), other)
}

// readText reads the text of the file with the name.
func readText(name string, raw []byte, open func(string) ([]byte, error)) (*file, error) {
	f, err := read(raw, open)
	if err != nil {
		return nil, inFile(name, err)
	}
	f.named(name)
	return f, nil
}

// Apply applies the text of a file; name is the file's name in errors. The error is a
// *Fault if the file is wrong. The text must not refer to other files unless
// Options.Open reads them.
func Apply(ctx context.Context, o Options, name string, text []byte) error {
	f, err := readText(name, text, o.Open)
	if err != nil {
		return err
	}
	return o.update(ctx, []*file{f})
}

// update applies the files in a transaction. The function may run again, and then makes
// other IDs, since nobody has seen anything of the earlier run.
func (o Options) update(ctx context.Context, files []*file) error {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	write := func(tx persistence.Tx) error { return o.write(ctx, tx, files) }
	if o.Report == nil {
		err := o.Store.Update(ctx, write)
		if err == nil {
			o.tell(files)
		}
		return err
	}
	var report *Report
	err := o.Store.Update(ctx, func(tx persistence.Tx) (err error) {
		if report, err = o.reported(ctx, tx, write); err == nil && o.Dry {
			err = errDry
		}
		return err
	})
	if err != nil && !errors.Is(err, errDry) {
		return err
	}
	o.tell(files)
	o.Report(report)
	return nil
}

func (o Options) write(ctx context.Context, tx persistence.Tx, files []*file) error {
	if o.Clean {
		if err := persistence.Replace(tx, nil); err != nil {
			return err
		}
	}
	for _, f := range files {
		if err := apply(ctx, o, tx, f); err != nil {
			return f.located(err)
		}
	}
	return nil
}

// apply writes what the file declares into the transaction. Trust policies and delegation
// requests come last, since they name users and roles of any account.
func apply(ctx context.Context, o Options, tx persistence.Tx, f *file) error {
	if warn := o.Warn; warn != nil {
		o.Warn = func(x *Fault) {
			x.File = f.name
			warn(x)
		}
	}
	if f.Partition.given() && f.Partition.value != o.Partition.String() {
		return otherPartition(f.Partition, "the file", o.Partition)
	}
	b := newBatch(o, tx, f.imported)
	if len(f.Accounts) == 0 && f.Organization == nil {
		b.warn(0, "the file declares nothing; it may have accounts and organization")
	}
	var writers []*writer
	for i := range f.Accounts {
		w := b.writer(ctx, f, &f.Accounts[i])
		writers = append(writers, w)
		if err := w.entities(); err != nil {
			return err
		}
	}
	for _, w := range writers {
		w.on(instant{})
		if err := w.trusts(); err != nil {
			return err
		}
		if err := w.delegations(); err != nil {
			return err
		}
		if err := w.raiseQuotas(); err != nil {
			return err
		}
	}
	if f.Organization == nil {
		return nil
	}
	return (&organizer{options: o, tx: tx, file: f.Organization}).apply()
}

// inside is a store that runs every transaction in the current one, so that what the
// operations of IAM write is committed together or not at all.
type inside struct{ tx persistence.Tx }

// View runs f in the transaction.
func (s inside) View(ctx context.Context, f func(persistence.Tx) error) error {
	return s.Update(ctx, f)
}

// Update runs f in the transaction. If f fails, everything is dropped, since any error
// ends the whole transaction.
func (s inside) Update(ctx context.Context, f func(persistence.Tx) error) error {
	if err := persistence.Done(ctx); err != nil {
		return err
	}
	return f(s.tx)
}

// Close does nothing, since the caller owns the transaction.
func (s inside) Close() error { return nil }

// Files returns the contents of the files to which a file refers, by the names that it
// uses: those that Options.Open must return when the file is applied.
func Files(name string, text []byte) (map[string][]byte, error) {
	files := map[string][]byte{}
	_, err := readText(name, text, func(other string) ([]byte, error) {
		raw, err := textfile.Read(Beside(name, other), textfile.Seed)
		if err == nil {
			files[other] = raw
		}
		return raw, err
	})
	return files, err
}
