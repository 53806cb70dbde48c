package seed

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// writer writes what an account declares, as its root user would.
type writer struct {
	*iamsvc.Service
	options  Options
	tx       persistence.Tx
	ctx      context.Context
	declared *account
	account  string
}

func newWriter(o Options, tx persistence.Tx, service *iamsvc.Service, a *account) *writer {
	root := principal.Principal{
		Kind: principal.Root, AccountID: a.id.value, ARN: principal.IAM(a.id.value, "root"), UserID: a.id.value,
	}
	return &writer{
		Service: service, options: o, tx: tx, declared: a, account: a.id.value,
		ctx: principal.NewContext(context.Background(), &principal.Caller{Principal: root}),
	}
}

// entities writes everything but trust policies: policies before those who have
// them, groups before their members.
func (w *writer) entities() error {
	if err := openAccount(w.options, w.tx, w.account); err != nil {
		return err
	}
	if err := w.alias(); err != nil {
		return err
	}
	for i := range w.declared.policies {
		p := &w.declared.policies[i]
		if err := refused(p.name.line, "policy "+p.name.value, w.policy(p)); err != nil {
			return err
		}
	}
	for _, list := range [][]identity{w.declared.groups, w.declared.users, w.declared.roles} {
		for i := range list {
			x := &list[i]
			if err := refused(x.name.line, x.kind+" "+x.name.value, w.identity(x)); err != nil {
				return err
			}
		}
	}
	return nil
}

// openAccount makes the account's record if there is none.
func openAccount(o Options, tx persistence.Tx, account string) error {
	known, err := persistence.Accounts.Has(tx, account)
	if err != nil || known {
		return err
	}
	return persistence.Accounts.Put(tx, account, &persistence.Account{ID: account, CreateDate: o.Now().UTC().Truncate(time.Second)})
}

func (w *writer) alias() error {
	a := w.declared.alias
	if !a.given() {
		return nil
	}
	record, err := persistence.Accounts.Get(w.tx, w.account)
	if err != nil || record.Alias == a.value {
		return err
	}
	_, err = w.CreateAccountAlias(w.ctx, &iam.CreateAccountAliasInput{AccountAlias: &a.value})
	return refused(a.line, "alias "+a.value, err)
}

func tagsOf(list []named) []types.Tag {
	var tags []types.Tag
	for _, t := range list {
		tags = append(tags, types.Tag{Key: aws.String(t.name.value), Value: aws.String(t.value.value)})
	}
	return tags
}

// policy makes a managed policy, or gives the one that exists the document.
func (w *writer) policy(p *policy) error {
	record, err := persistence.Policies.Get(w.tx, w.account, persistence.Fold(p.name.value))
	if errors.Is(err, persistence.ErrNotFound) {
		_, err = w.CreatePolicy(w.ctx, &iam.CreatePolicyInput{
			PolicyName: &p.name.value, Path: p.path.pointer(), Description: p.description.pointer(),
			PolicyDocument: &p.document.value, Tags: tagsOf(p.tags),
		})
		return at(p.document, err)
	}
	if err != nil {
		return err
	}
	if p.path.given() && p.path.value != record.Path {
		return fault(p.path.line, "policy %s exists with the path %s, and the path of a policy cannot change", record.Name, record.Path)
	}
	if len(p.tags) > 0 {
		if _, err := w.TagPolicy(w.ctx, &iam.TagPolicyInput{PolicyArn: &record.ARN, Tags: tagsOf(p.tags)}); err != nil {
			return err
		}
	}
	current, err := persistence.PolicyVersions.Get(w.tx, w.account, record.ID, persistence.VersionKey(record.DefaultVersion))
	if err != nil || current.Document == p.document.value {
		return err
	}
	return at(p.document, w.newVersion(record, &p.document.value))
}

// at puts a refusal of a document on the document's line.
func at(document text, err error) error { return refused(document.line, "document", err) }

// newVersion makes the document the default version; the oldest makes room.
func (w *writer) newVersion(p *persistence.Policy, document *string) error {
	count, oldest := 0, 0
	for v, err := range persistence.PolicyVersions.Scan(w.tx, w.account, persistence.Key{p.ID}, nil) {
		if err != nil {
			return err
		}
		count++
		if oldest == 0 && v.Number != p.DefaultVersion {
			oldest = v.Number
		}
	}
	if count >= w.Quotas().VersionsPerPolicy {
		if _, err := w.DeletePolicyVersion(w.ctx, &iam.DeletePolicyVersionInput{PolicyArn: &p.ARN, VersionId: versionID(oldest)}); err != nil {
			return err
		}
	}
	_, err := w.CreatePolicyVersion(w.ctx, &iam.CreatePolicyVersionInput{PolicyArn: &p.ARN, PolicyDocument: document, SetAsDefault: true})
	return err
}

// policyARN is the ARN of the policy that a text names: an ARN, the name of one
// of the account's own, or of AWS's.
func (w *writer) policyARN(t text) (*string, error) {
	if _, ok := principal.ParseARN(t.value); ok {
		return &t.value, nil
	}
	own, err := persistence.Policies.Get(w.tx, w.account, persistence.Fold(t.value))
	if err == nil {
		return &own.ARN, nil
	}
	if !errors.Is(err, persistence.ErrNotFound) {
		return nil, err
	}
	for _, path := range []string{"", "job-function/", "service-role/"} {
		arn := "arn:aws:iam::aws:policy/" + path + t.value
		if _, ok := iamsvc.ManagedDocument(arn); ok {
			return &arn, nil
		}
	}
	return nil, fault(t.line, "policy %q is neither an ARN nor the name of a policy of account %s or of AWS", t.value, w.account)
}
