package iam

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/catalog"
	"github.com/understudy-iam/understudy/principal"
)

// A simulatedAction is an action of ActionNames, with its entry in AWS's reference.
type simulatedAction struct {
	name  string // as it was written
	entry catalog.Action
	known bool
}

// fullName returns the action as AWS's reference spells it.
func (a *simulatedAction) fullName() string {
	if a.known {
		return a.entry.Service + ":" + a.entry.Name
	}
	return a.name
}

// needsTrust reports whether enforcement consults a role's trust policy.
func (a *simulatedAction) needsTrust() bool {
	switch strings.ToLower(a.name) {
	case "sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity", "sts:tagsession", "sts:setsourceidentity":
		return true
	}
	return false
}

// assumes reports whether the action is one of sts:Assume*.
func (a *simulatedAction) assumes() bool {
	return strings.HasPrefix(strings.ToLower(a.name), "sts:assume")
}

// readActions reads ActionNames. A name needs only a colon: unknown services and actions,
// wildcards and blanks are simulated (recorded).
func (m *simulation) readActions() error {
	for _, name := range m.in.actions {
		if !strings.Contains(name, ":") {
			return noActionName()
		}
		entry, known := catalog.FindAction(name)
		m.actions = append(m.actions, simulatedAction{name, entry, known})
	}
	return nil
}

// readResources reads ResourceArns and the members that depend on it.
func (m *simulation) readResources() error {
	for _, r := range m.in.resources {
		if !simulatedARN(r) {
			return badResourceARN(r)
		}
	}
	if !m.named() {
		return nil // ResourceHandlingOption and mixed actions do not matter (recorded)
	}
	if err := m.checkMixed(); err != nil {
		return err
	}
	return m.checkHandling()
}

// simulatedARN reports whether the simulator accepts the string as a resource: "*", or an
// ARN with any partition, service and resource that are not empty (recorded).
func simulatedARN(s string) bool {
	a, ok := principal.ParseARN(s)
	return s == "*" || ok && a.Partition != "" && a.Service != "" && a.Resource != ""
}

// named reports whether the request names a resource; "*" names none.
func (m *simulation) named() bool {
	return slices.ContainsFunc(m.in.resources, func(r string) bool { return r != "*" })
}

// resources returns those on which each action is simulated.
func (m *simulation) resources() []string {
	if !m.named() {
		return []string{"*"}
	}
	return m.in.resources
}

// checkMixed refuses known and unknown actions together (recorded).
func (m *simulation) checkMixed() error {
	var known, unknown []string
	for _, a := range m.actions {
		if a.known {
			known = append(known, a.name)
		} else {
			unknown = append(unknown, a.name)
		}
	}
	if len(known) > 0 && len(unknown) > 0 {
		return mixedActions(known, unknown)
	}
	return nil
}

// checkHandling refuses a ResourceHandlingOption that is not a scenario of an action. The
// request need not have all resources of the scenario (recorded, against
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html).
func (m *simulation) checkHandling() error {
	option := aws.ToString(m.in.option)
	if option == "" {
		return nil
	}
	for _, a := range m.actions {
		if !slices.ContainsFunc(a.entry.Scenarios, func(s catalog.Scenario) bool { return s.Name == option }) {
			return noSuchHandling(m.in.operation, a.name)
		}
	}
	return nil
}

// foreign reports whether the action cannot act on the resource
// (quirkForeignType). The Region and the account of an ARN may be any string (recorded).
func (a *simulatedAction) foreign(resource string) bool {
	if !a.known || resource == "*" || a.entry.Accepts(resource) {
		return false
	}
	arn, _ := principal.ParseARN(resource)
	arn.Region, arn.AccountID = "", ""
	return !a.entry.Accepts(arn.String())
}

// resourceName returns EvalResourceName for an action as a whole: the resource if there
// is one, a template of the service's ARNs if there are several, and "*" for an unknown
// action on several (recorded).
func (m *simulation) resourceName(a *simulatedAction) string {
	list := m.resources()
	if len(list) == 1 {
		return list[0]
	}
	if !a.known {
		return "*"
	}
	partition := m.service.partition.String()
	if arn, ok := principal.ParseARN(list[0]); ok {
		partition = arn.Partition
	}
	service, ok := catalog.Find(a.entry.Service)
	if !ok {
		return "*"
	}
	return service.Template(partition)
}

// readOwner reads ResourceOwner, the ARN of an account's root or of an IAM resource in
// it; an account ID alone is refused (recorded).
func (m *simulation) readOwner() error {
	if m.in.resourceOwner == nil {
		return nil
	}
	owner := *m.in.resourceOwner
	arn, ok := principal.ParseARN(owner)
	if !ok || arn.Service != "iam" || !principal.ValidAccountID(arn.AccountID) {
		return notOwner(owner)
	}
	m.owner = arn.AccountID
	return nil
}

// resourcePolicyOrigin names the ResourcePolicy in answers.
var resourcePolicyOrigin = evaluator.Origin{ID: "ResourcePolicy", Type: "Resource Policy"}

// readResourcePolicy compiles ResourcePolicy, once as the policy of a resource and once
// as a trust policy. With it, every resource of the request and of the policy must be an
// ARN, not "*" (recorded).
func (m *simulation) readResourcePolicy() (err error) {
	if m.in.resourcePolicy == nil {
		return nil
	}
	if m.resource, err = evaluator.Compile(*m.in.resourcePolicy, evaluator.Resource, resourcePolicyOrigin); err != nil {
		return invalidResourcePolicy()
	}
	if m.trust, err = m.resource.Document().Compile(evaluator.Trust, resourcePolicyOrigin); err != nil {
		return invalidResourcePolicy()
	}
	if slices.Contains(m.resources(), "*") {
		return unclearEntity("*")
	}
	for _, s := range m.resource.Document().Statements {
		for _, r := range slices.Concat(s.Resources, s.NotResources) {
			if r.Value == "*" || !simulatedARN(r.Value) {
				return badResourceARN(r.Value)
			}
		}
	}
	return nil
}

// ownerOf returns the account that owns the resource, from its ARN or else from
// ResourceOwner; empty if it is the actor's.
func (m *simulation) ownerOf(resource string) string {
	if arn, ok := principal.ParseARN(resource); ok && principal.ValidAccountID(arn.AccountID) {
		return arn.AccountID
	}
	return m.owner
}
