package iam

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/principal"
)

// A contextValue is a context entry after reading.
type contextValue struct {
	name   string
	values []string // as operators see them
	multi  bool
}

// An entryType reads the values of a type of context entries. text returns the string
// that operators compare; if it is nil, any value is accepted as it is.
type entryType struct {
	text   func(string) (string, bool)
	format string // the end of the error
}

// entryTypes are the types without their List forms. A value that is not a boolean counts
// as false later (recorded).
var entryTypes = map[string]entryType{
	"string":  {},
	"boolean": {},
	"numeric": {evaluator.NumberText, "numeric format"},
	"date":    {evaluator.DateText, "DateTime format"},
	"ip":      {checked(evaluator.IsAddress), "IP address"},
	"binary":  {checked(evaluator.IsBase64), "base-64 encoded binary format"},
}

// checked is for types whose values are checked but count as they were written (recorded:
// an address keeps its zeros).
func checked(valid func(string) bool) func(string) (string, bool) {
	return func(s string) (string, bool) { return s, valid(s) }
}

// readContext reads ContextEntries.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ContextEntry.html
func (m *simulation) readContext() error {
	if err := checkContextSize(m.in.context); err != nil {
		return err
	}
	seen := map[string]bool{}
	for i := range m.in.context {
		v, err := readContextEntry(&m.in.context[i])
		if err != nil {
			return err
		}
		key := strings.ToLower(v.name)
		if seen[key] {
			return duplicateContextKey(v.name)
		}
		seen[key] = true
		m.entries = append(m.entries, v)
	}
	return nil
}

func readContextEntry(e *types.ContextEntry) (contextValue, error) {
	v := contextValue{name: aws.ToString(e.ContextKeyName)}
	if v.name == "" {
		return v, noContextKeyName()
	}
	base, multi := strings.CutSuffix(string(e.ContextKeyType), "List")
	kind, ok := entryTypes[base]
	switch {
	case !ok:
		return v, noContextKeyType(v.name)
	case len(e.ContextKeyValues) == 0:
		return v, noContextValues(v.name)
	case !multi && len(e.ContextKeyValues) > 1:
		return v, manyContextValues(base, len(e.ContextKeyValues))
	}
	v.multi = multi
	for _, text := range e.ContextKeyValues {
		if kind.text != nil {
			if text, ok = kind.text(text); !ok {
				return v, badContextValue(v.name, kind.format)
			}
		}
		v.values = append(v.values, text)
	}
	return v, nil
}

// stubPrincipal is aws:userid of a simulation without a caller (recorded).
const stubPrincipal = "STUB_PRINCIPAL_FOR_POLICY_SIMULATOR"

// fillContext puts the keys of one request into ctx: those that the simulator supplies,
// then the context entries, which replace them whatever their case.
func (m *simulation) fillContext(ctx *evaluator.Context, r *simulatedRequest, p *evaluator.Policies) error {
	var err error
	if m.has(quirkStubPrincipal) {
		err = m.stubContext(ctx)
	} else {
		err = m.strictContext(ctx, r, p)
	}
	if err != nil {
		return err
	}
	for _, v := range m.entries {
		if v.multi {
			ctx.SetMulti(v.name, v.values...)
		} else {
			ctx.Set(v.name, v.values[0])
		}
	}
	return nil
}

// stubContext supplies the keys that AWS's simulator supplies (quirkStubPrincipal).
func (m *simulation) stubContext(ctx *evaluator.Context) error {
	ctx.SetDefault("aws:PrincipalAccount", m.actor.account)
	if !m.actor.known {
		ctx.SetDefault("aws:userid", stubPrincipal)
		return nil
	}
	ctx.SetDefault("aws:userid", m.actor.ref.arn)
	ctx.SetDefault("aws:PrincipalArn", m.actor.ref.arn)
	if m.actor.ref.kind == userKind {
		ctx.SetDefault("aws:username", m.actor.ref.name)
	}
	if kind, ok := simulatedTypes[m.actor.ref.kind]; ok {
		ctx.SetDefault("aws:PrincipalType", kind.Type())
	}
	o, err := m.service.authz.Organization(m.tx, m.actor.account)
	if err != nil || o == nil {
		return err
	}
	ctx.SetDefault("aws:PrincipalOrgID", o.ID)
	ctx.SetMulti("aws:PrincipalOrgPaths", o.Path)
	return nil
}

// simulatedTypes are the values of aws:PrincipalType that follow from the ARN of a caller.
// That the simulator supplies this key, and those of the caller's organization, is documented
// but not recorded.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html
var simulatedTypes = map[*identityKind]principal.Kind{userKind: principal.User, roleKind: principal.AssumedRole}
