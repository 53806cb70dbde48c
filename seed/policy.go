package seed

import (
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/persistence"
)

func versionID(number int) *string {
	id := "v" + strconv.Itoa(number)
	return &id
}

// number returns the number of the version; 0 if its ID is not valid.
func (v *version) number() int {
	digits, ok := strings.CutPrefix(v.ID.value, "v")
	n, err := strconv.Atoi(digits)
	if !ok || err != nil || n > 999_999_999 || *versionID(n) != v.ID.value {
		return 0
	}
	return n
}

// policy makes a managed policy, or gives the existing one the declared document or
// versions.
func (w *writer) policy(p *policy) error {
	record, err := persistence.Policies.Get(w.tx, w.account, p.Name.value)
	made := absent(err)
	switch {
	case made:
		record, err = w.newPolicy(p)
	case err == nil:
		err = w.changePolicy(p, record)
	}
	if err != nil {
		return err
	}
	if len(p.Versions) > 0 {
		if err := w.versions(p, record); err != nil {
			return err
		}
	}
	return w.stampPolicy(p, made)
}

// newPolicy makes a policy with its document or its first version.
func (w *writer) newPolicy(p *policy) (*persistence.Policy, error) {
	document := p.Document.text
	if len(p.Versions) > 0 {
		document = p.Versions[0].Document.text
	}
	w.on(p.CreateDate)
	_, err := w.CreatePolicy(w.ctx, &iam.CreatePolicyInput{
		PolicyName: &p.Name.value, Path: p.Path.pointer(), Description: p.Description.pointer(),
		PolicyDocument: &document.value, Tags: tagsOf(p.Tags),
	})
	if err != nil {
		return nil, at(document, err)
	}
	return persistence.Policies.Get(w.tx, w.account, p.Name.value)
}

func (w *writer) changePolicy(p *policy, record *persistence.Policy) error {
	if p.Path.given() && p.Path.value != record.Path {
		return fault(p.Path.line, "policy %s exists with the path %s, and the path of a policy cannot change", record.Name, record.Path)
	}
	tags := tagsOf(p.Tags)
	if err := tag(w.ctx, w.TagPolicy, &iam.TagPolicyInput{PolicyArn: &record.ARN, Tags: tags}, tags); err != nil {
		return err
	}
	if !p.Document.given() {
		return nil
	}
	current, err := persistence.PolicyVersions.Get(w.tx, w.account, record.ID, persistence.VersionKey(record.DefaultVersion))
	if err != nil || current.Document == p.Document.value {
		return err
	}
	return at(p.Document.text, w.newVersion(record, &p.Document.value))
}

// newVersion makes the document the default version. If there are too many versions, the oldest is deleted.
func (w *writer) newVersion(p *persistence.Policy, document *string) error {
	versions, err := w.storedVersions(p.ID)
	if err != nil {
		return err
	}
	if len(versions) >= w.Quotas().VersionsPerPolicy {
		oldest := slices.IndexFunc(versions, func(v *persistence.PolicyVersion) bool { return v.Number != p.DefaultVersion })
		in := &iam.DeletePolicyVersionInput{PolicyArn: &p.ARN, VersionId: versionID(versions[oldest].Number)}
		if _, err := w.DeletePolicyVersion(w.ctx, in); err != nil {
			return err
		}
	}
	_, err = w.CreatePolicyVersion(w.ctx, &iam.CreatePolicyVersionInput{PolicyArn: &p.ARN, PolicyDocument: document, SetAsDefault: true})
	return err
}

func (w *writer) storedVersions(policyID string) ([]*persistence.PolicyVersion, error) {
	return collect(persistence.PolicyVersions.Scan(w.tx, w.account, persistence.Key{policyID}, nil))
}

// versions replaces the versions of a policy by the declared ones. All are made anew,
// numbered as AWS does, and then get their declared numbers.
func (w *writer) versions(p *policy, record *persistence.Policy) error {
	stored, err := w.storedVersions(record.ID)
	if err != nil || sameVersions(p, record, stored) {
		return err
	}
	last := record.LastVersion
	for _, v := range stored {
		if err := persistence.PolicyVersions.Delete(w.tx, w.account, v.PolicyID, persistence.VersionKey(v.Number)); err != nil {
			return err
		}
	}
	for i := range p.Versions {
		v := &p.Versions[i]
		w.on(v.CreateDate)
		in := &iam.CreatePolicyVersionInput{PolicyArn: &record.ARN, PolicyDocument: &v.Document.value, SetAsDefault: v.Default.value}
		if _, err := w.CreatePolicyVersion(w.ctx, in); err != nil {
			return at(v.Document.text, err)
		}
	}
	return w.numberVersions(p, last)
}

func sameVersions(p *policy, record *persistence.Policy, stored []*persistence.PolicyVersion) bool {
	return slices.EqualFunc(p.Versions, stored, func(v version, s *persistence.PolicyVersion) bool {
		return v.number() == s.Number && v.Document.value == s.Document && v.Default.value == (s.Number == record.DefaultVersion) &&
			(!v.CreateDate.given() || v.CreateDate.value.Equal(s.CreateDate))
	})
}

// numberVersions gives the versions, which are in the order of the file, the numbers of
// the file. last is the highest number before that.
func (w *writer) numberVersions(p *policy, last int) error {
	record, err := persistence.Policies.Get(w.tx, w.account, p.Name.value)
	if err != nil {
		return err
	}
	stored, err := w.storedVersions(record.ID)
	if err != nil {
		return err
	}
	record.LastVersion = last
	err = w.rekeyVersions(stored, func(i int, v *persistence.PolicyVersion) {
		v.Number = p.Versions[i].number()
		if p.Versions[i].Default.value {
			record.DefaultVersion = v.Number
		}
		record.LastVersion = max(record.LastVersion, v.Number)
	})
	if err != nil {
		return err
	}
	return persistence.Policies.Put(w.tx, w.account, record)
}

// stampPolicy gives a policy the declared ID, dates and last version.
func (w *writer) stampPolicy(p *policy, made bool) error {
	record, err := persistence.Policies.Get(w.tx, w.account, p.Name.value)
	if err != nil {
		return err
	}
	if p.ID.given() && p.ID.value != record.ID {
		if !made {
			return otherID(p.ID, "policy", record.Name, record.ID)
		}
		if err := w.claim(p.ID, func() (bool, error) { return persistence.PolicyVersions.Any(w.tx, w.account, p.ID.value) }); err != nil {
			return err
		}
		if err := w.movePolicy(record, p.ID.value); err != nil {
			return err
		}
	}
	p.CreateDate.into(&record.CreateDate)
	p.UpdateDate.into(&record.UpdateDate)
	if p.LastVersion.given() {
		record.LastVersion = max(record.LastVersion, int(p.LastVersion.value))
	}
	return persistence.Policies.Put(w.tx, w.account, record)
}

// movePolicy gives a policy, with its versions, another ID.
func (w *writer) movePolicy(record *persistence.Policy, id string) error {
	stored, err := w.storedVersions(record.ID)
	if err != nil {
		return err
	}
	record.ID = id
	return w.rekeyVersions(stored, func(_ int, v *persistence.PolicyVersion) { v.PolicyID = id })
}

// rekeyVersions changes the policy ID and the numbers in the keys of versions.
func (w *writer) rekeyVersions(stored []*persistence.PolicyVersion, change func(i int, v *persistence.PolicyVersion)) error {
	for _, v := range stored {
		if err := persistence.PolicyVersions.Delete(w.tx, w.account, v.PolicyID, persistence.VersionKey(v.Number)); err != nil {
			return err
		}
	}
	for i, v := range stored {
		change(i, v)
		if err := persistence.PolicyVersions.Put(w.tx, w.account, v); err != nil {
			return err
		}
	}
	return nil
}
