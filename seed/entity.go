package seed

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// batch applies files in one transaction.
type batch struct {
	options Options
	tx      persistence.Tx
	service *iamsvc.Service
	at      time.Time       // the time of the service's clock
	ids     map[string]bool // the declared unique IDs
}

func newBatch(o Options, tx persistence.Tx, imported bool) *batch {
	b := &batch{options: o, tx: tx, at: o.Now(), ids: map[string]bool{}}
	quotas := o.Quotas.WithoutAccountQuotas()
	if imported {
		quotas = unlimited
	}
	b.service = iamsvc.New(iamsvc.Options{
		Store: inside{tx}, Partition: o.Partition, Now: func() time.Time { return b.at }, Random: o.Random, Quotas: quotas,
	})
	return b
}

// writer makes what an account declares, as its root user would.
type writer struct {
	*batch
	*iamsvc.Service
	ctx      context.Context
	declared *account
	account  string
	imported bool           // see file
	needed   map[string]int // the values that quotas need, for those that the store does not count, by name
}

func (b *batch) writer(ctx context.Context, f *file, a *account) *writer {
	root := b.options.Partition.In(a.ID.value).RootUser()
	return &writer{
		batch: b, Service: b.service, declared: a, account: a.ID.value, imported: f.imported, needed: map[string]int{},
		ctx: principal.NewContext(ctx, &principal.Caller{Principal: root}),
	}
}

// own returns the account in its partition.
func (w *writer) own() principal.Account {
	return w.options.Partition.In(w.account)
}

// otherPartition returns the fault of something in another partition than the server's.
func otherPartition(of text, what string, server principal.Partition) error {
	if _, err := principal.ParsePartition(of.value); err != nil {
		return fault(of.line, "the partition of %s is unknown: %v", what, err)
	}
	return fault(of.line, "%s is of the partition %s, and the server is in %s; use --partition %s for it", what, of.value, server, of.value)
}

// on sets the clock of the service to a declared date, which new things then get, and at
// which certificates must be valid.
func (b *batch) on(i instant) {
	b.at = b.options.Now()
	if i.given() {
		b.at = i.value
	}
}

func (b *batch) now() time.Time { return b.at.UTC().Truncate(time.Second) }

// warn reports something that was left out or kept as it is.
func (b *batch) warn(line int, format string, args ...any) {
	if b.options.Warn != nil {
		f := fault(line, format, args...).(*Fault)
		b.options.Warn(f)
	}
}

// claim refuses a unique ID that is declared twice or belongs to something else.
func (b *batch) claim(id text, taken func() (bool, error)) error {
	if !id.given() {
		return nil
	}
	if b.ids[id.value] {
		return fault(id.line, "id %s is declared twice", id.value)
	}
	b.ids[id.value] = true
	has, err := taken()
	if err == nil && has {
		err = fault(id.line, "id %s is taken by something else", id.value)
	}
	return err
}

// otherID returns the fault of an entity that exists with another unique ID, which cannot
// change.
func otherID(id text, what, name, has string) error {
	return fault(id.line, "%s %s exists with the ID %s, and the ID of a %s cannot change; leave id out, or begin with an empty state",
		what, name, has, what)
}

// entities makes everything except what names users and roles of other accounts: policies
// before the identities that have them, groups before their members.
func (w *writer) entities() error {
	if err := w.openAccount(); err != nil {
		return err
	}
	a := w.declared
	return firstError(
		func() error { return w.settings() },
		func() error { return each(w, a.Policies, "policy", (*policy).title, w.policy) },
		func() error { return each(w, a.Groups, "group", (*group).title, w.group) },
		func() error { return each(w, a.Users, "user", (*user).title, w.user) },
		func() error { return each(w, a.Roles, "role", (*role).title, w.role) },
		func() error {
			return each(w, a.InstanceProfiles, "instance profile", (*instanceProfile).title, w.instanceProfile)
		},
		func() error { return each(w, a.OIDCProviders, "OIDC provider", (*oidcProvider).title, w.oidcProvider) },
		func() error { return each(w, a.SAMLProviders, "SAML provider", (*samlProvider).title, w.samlProvider) },
		func() error {
			return each(w, a.ServerCertificates, "server certificate", (*serverCertificate).title, w.serverCertificate)
		},
		func() error { return each(w, a.MFADevices, "MFA device", (*mfaDevice).title, w.mfaDevice) },
		func() error {
			return each(w, a.DelegationTemplates, "delegation template", (*delegationTemplate).title, w.delegationTemplate)
		},
		func() error {
			return each(w, a.ResourcePolicies, "resource policy", (*resourcePolicy).title, w.resourcePolicy)
		},
		func() error { return w.finishSettings() },
	)
}

// firstError runs the steps until one fails.
func firstError(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// each makes what a list declares. Faults without a line get the line of the name.
func each[T any](w *writer, list []T, what string, title func(*T) text, write func(*T) error) error {
	for i := range list {
		w.on(instant{})
		err := write(&list[i])
		name := title(&list[i])
		if err := refused(name.line, what+" "+name.value, err); err != nil {
			return err
		}
	}
	return nil
}

func (x *identity) title() text           { return x.Name }
func (p *policy) title() text             { return p.Name }
func (p *oidcProvider) title() text       { return p.URL }
func (p *samlProvider) title() text       { return p.Name }
func (c *serverCertificate) title() text  { return c.Name }
func (t *delegationTemplate) title() text { return t.Name }

func (r *role) title() text {
	if r.Name.given() {
		return r.Name
	}
	return text{r.Service.value, r.Line}
}

func (d *mfaDevice) title() text {
	return text{d.Name.value + d.Serial.value + d.SecurityKey.value, d.Line}
}

// openAccount makes the account's record if it does not exist.
func (w *writer) openAccount() error { return openAccount(w.options, w.tx, w.account) }

func openAccount(o Options, tx persistence.Tx, account string) error {
	known, err := persistence.Accounts.Has(tx, account)
	if err != nil || known {
		return err
	}
	return persistence.Accounts.Put(tx, account, &persistence.Account{
		ID: account, Partition: o.Partition.Mark(), CreateDate: o.Now().UTC().Truncate(time.Second),
	})
}

func tagsOf(list []named) []types.Tag {
	var tags []types.Tag
	for _, t := range list {
		tags = append(tags, types.Tag{Key: aws.String(t.name.value), Value: aws.String(t.value.value)})
	}
	return tags
}

// at gives the fault of a document the document's line.
func at(document text, err error) error { return refused(document.line, "document", err) }

// policyARN returns the ARN of the policy that a string names: by its ARN, or by the name
// of a policy of the account or of AWS.
func (w *writer) policyARN(t text) (*string, error) {
	if arn, ok := principal.ParseARN(t.value); ok {
		if !w.own().Partition.Is(arn) {
			return nil, otherPartition(text{arn.Partition, t.line}, "policy "+t.value, w.own().Partition)
		}
		return &t.value, nil
	}
	arn, err := findPolicyARN(w.tx, w.own(), t.value)
	if err == nil && arn == "" {
		err = guessed(fault(t.line, "policy %q is neither an ARN nor the name of a policy of account %s or of AWS", t.value, w.account),
			t.value, w.policyNames())
	}
	return &arn, err
}

// findPolicyARN returns the ARN of the policy of the account, or of AWS, that has the
// name; empty if there is none.
func findPolicyARN(tx persistence.Tx, account principal.Account, name string) (string, error) {
	own, err := persistence.Policies.Get(tx, account.ID, name)
	if err == nil {
		return own.ARN, nil
	}
	if !errors.Is(err, persistence.ErrNotFound) {
		return "", err
	}
	arn, _ := iamsvc.ManagedARN(account.Partition, name)
	return arn, nil
}

// tag adds the tags, if there are any, to something that exists.
func tag[In, Out any](ctx context.Context, operation func(context.Context, *In) (*Out, error), in *In, tags []types.Tag) error {
	if len(tags) == 0 {
		return nil
	}
	_, err := operation(ctx, in)
	return err
}

func boolean(f flag) *bool {
	if !f.given() {
		return nil
	}
	return aws.Bool(f.value)
}

// absent reports whether something does not exist.
func absent(err error) bool { return errors.Is(err, persistence.ErrNotFound) }
