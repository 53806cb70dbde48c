package seed

import (
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/gateway/services"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// resourcePolicy is the policy of a resource of another service. It counts if the
// upstream has no policy for the resource.
type resourcePolicy struct {
	Line     int
	Resource text    `seed:"resource,required"` // the ARN of a bucket, a queue, a topic, ...
	Document content `seed:"document,required"`
}

func (resourcePolicy) noun() string   { return "a resource policy" }
func (p resourcePolicy) keys() []text { return []text{p.Resource} }
func (p *resourcePolicy) title() text { return p.Resource }

// maxResource is the maximum number of characters of a resource's ARN. AWS has no common
// limit; this is the limit of ARNs in IAM's API.
const maxResource = 2048

func (p *resourcePolicy) check(m *mapping) {
	m.bounded(p.Resource, maxResource)
	holder := services.DeclaredHolder(p.Resource.value)
	if holder == "" {
		m.fail(fault(p.Resource.line, "resource %q is not one whose policy counts; give the ARN of %s", p.Resource.value,
			alternatives(services.PolicyHolders())))
	}
	p.Resource.value = holder
}

// resourcePolicy sets the policy of a resource of the account.
func (w *writer) resourcePolicy(p *resourcePolicy) error {
	arn, _ := principal.ParseARN(p.Resource.value) // check has checked its form
	if !w.own().Partition.Is(arn) {
		return otherPartition(text{arn.Partition, p.Resource.line}, "resource "+p.Resource.value, w.own().Partition)
	}
	if arn.AccountID != "" && arn.AccountID != w.account {
		return fault(p.Resource.line, "resource %s belongs to account %s, not to %s; declare its policy in the account that owns it",
			p.Resource.value, arn.AccountID, w.account)
	}
	_, owner, err := persistence.FindResourcePolicy(w.tx, arn.AccountID, p.Resource.value)
	if err != nil && !absent(err) {
		return err
	}
	if err == nil && owner != w.account {
		return fault(p.Resource.line, "resource %s is declared in account %s too; keep it in the account that owns it",
			p.Resource.value, owner)
	}
	if err := w.validResourcePolicy(arn.Service, p.Document.value); err != nil {
		return ofDocument(fault(p.Document.line, "document: %s", err), err)
	}
	return persistence.ResourcePolicies.Put(w.tx, w.account,
		&persistence.ResourcePolicy{Resource: p.Resource.value, Document: p.Document.value})
}

// validResourcePolicy checks the policy of a resource of the service: its form, and that
// it has only actions of this service. The error is an *evaluator.MalformedError.
func (w *writer) validResourcePolicy(service, document string) error {
	if err := (evaluator.Validation{Partition: w.own().Partition.String()}).Validate(document, evaluator.Resource); err != nil {
		return err
	}
	parsed, err := evaluator.Parse(document)
	if err != nil {
		return err
	}
	for i := range parsed.Statements {
		s := &parsed.Statements[i]
		for _, action := range append(s.Actions[:len(s.Actions):len(s.Actions)], s.NotActions...) {
			prefix, _, _ := strings.Cut(action.Value, ":")
			if prefix != "*" && !strings.EqualFold(prefix, service) {
				return &evaluator.MalformedError{
					Message: "the action " + action.Value + " is not one of " + service +
						", and the policy of such a resource may have no other",
					At: action.At, Source: document,
				}
			}
		}
	}
	return nil
}

func (e *accountExporter) resourcePolicy(p *persistence.ResourcePolicy) (resourcePolicy, error) {
	return resourcePolicy{Resource: given(p.Resource), Document: givenContent(p.Document)}, nil
}
