package iam

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// A DelegationTemplate is a policy template that a product provider registers: a policy
// with @{parameters}, from which each delegation request makes a policy.
type DelegationTemplate struct {
	Account   string // of the provider
	Requestor string // the provider's friendly name, at most 30 characters
	Name      string
	Policy    string
}

// delegationTemplateName matches valid names of templates. The name ends the template's ARN.
var delegationTemplateName = regexp.MustCompile(`^[\w+=,.@-]{1,128}$`)

// maxRequestorName is how long the name of a provider may be.
const maxRequestorName = 30

// RegisterDelegationTemplate stores a template, in place of one of the same name, and
// returns its ARN. It is not an operation of AWS's API: AWS registers templates when it
// admits a provider. The form of the ARN is ours.
func (s *Service) RegisterDelegationTemplate(ctx context.Context, t DelegationTemplate) (arn string, err error) {
	switch _, err := readTemplate(t.Policy); {
	case !delegationTemplateName.MatchString(t.Name):
		return "", badDelegationTemplate("its name must have 1 to 128 letters, digits and the characters +=,.@_-")
	case t.Requestor == "" || len(t.Requestor) > maxRequestorName:
		return "", badDelegationTemplate("the requestor's name must have 1 to 30 characters")
	case !utf8.ValidString(t.Requestor + t.Policy):
		return "", badDelegationTemplate("its policy and the requestor's name must be UTF-8")
	case err != nil:
		return "", badDelegationTemplate("its policy is not a JSON object")
	}
	arn = s.in("").IAM("delegation-template/" + t.Account + "/" + t.Name)
	owner := principal.NewContext(ctx, &principal.Caller{Principal: principal.Principal{AccountID: t.Account}})
	err = s.updateAccount(owner, func(tx persistence.Tx, _ *persistence.Account) error {
		return s.keepDelegationTemplate(tx, t.Account, &persistence.DelegationTemplate{
			ARN: arn, Document: t.Policy, Requestor: t.Requestor,
		})
	})
	return arn, err
}

// maxDelegationPolicy is how many characters a rendered policy may have.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/temporary-delegation-policy-templates.html
const maxDelegationPolicy = 2048

// renderDelegation returns the policy that a request makes from its template.
func (s *Service) renderDelegation(document string, parameters []persistence.DelegationParameter) (string, error) {
	values := templateValues{}
	for _, p := range parameters {
		if _, twice := values[p.Name]; twice {
			return "", duplicateParameter(p.Name)
		}
		if !p.List && len(p.Values) != 1 {
			return "", notOneValue(p.Name, len(p.Values))
		}
		values[p.Name] = templateValue{p.List, p.Values}
	}
	for _, p := range parameters {
		if !strings.Contains(document, "@{"+p.Name+"}") && !strings.Contains(document, `"`+p.Name+`"`) &&
			!strings.Contains(document, `"!`+p.Name+`"`) {
			return "", unknownParameter(p.Name)
		}
	}
	policy, err := values.render(document)
	if err != nil {
		return "", unrenderable(err.Error())
	}
	var malformed *evaluator.MalformedError
	rules := evaluator.Validation{Partition: s.partition.String(), Managed: true}
	switch err := rules.Validate(policy, evaluator.Identity); {
	case errors.As(err, &malformed):
		return "", unusableDelegationPolicy(malformed.Message)
	case err != nil:
		return "", err
	case len(policy) > maxDelegationPolicy:
		return "", delegationPolicyTooLarge(maxDelegationPolicy)
	}
	return policy, nil
}

func delegationParameters(list []types.PolicyParameter) []persistence.DelegationParameter {
	var out []persistence.DelegationParameter
	for _, p := range list {
		out = append(out, persistence.DelegationParameter{
			Name: aws.ToString(p.Name), List: p.Type == types.PolicyParameterTypeEnumStringList, Values: p.Values,
		})
	}
	return out
}

// restrictions returns the permissions boundaries that a policy demands of roles that are
// made with it: the values of the condition key iam:PermissionsBoundary.
func restrictions(policy string) []string {
	var arns []string
	for _, s := range policyStatements(policy) {
		conditions, _ := s.member("Condition").(jsonObject)
		for _, operator := range conditions {
			keys, _ := operator.value.(jsonObject)
			for _, key := range keys {
				if strings.EqualFold(key.name, "iam:PermissionsBoundary") {
					arns = append(arns, textsOf(key.value)...)
				}
			}
		}
	}
	return distinctTexts(arns)
}

// policyStatements returns the statements of a rendered policy, and none if it is not a policy.
func policyStatements(policy string) []jsonObject {
	root, err := readTemplate(policy)
	if err != nil {
		return nil
	}
	list, ok := root.member("Statement").([]any)
	if !ok {
		list = []any{root.member("Statement")}
	}
	var out []jsonObject
	for _, item := range list {
		if o, ok := item.(jsonObject); ok {
			out = append(out, o)
		}
	}
	return out
}

// textsOf returns the strings of a member that is a string or a list of strings.
func textsOf(value any) []string {
	switch value := value.(type) {
	case string:
		return []string{value}
	case []any:
		var list []string
		for _, item := range value {
			if text, ok := item.(string); ok {
				list = append(list, text)
			}
		}
		return list
	}
	return nil
}
