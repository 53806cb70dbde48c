package iam

import (
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/catalog"
	"github.com/understudy-iam/understudy/persistence"
)

// A heldPolicy is a policy that a user, group or role has, or that a report is about,
// with its origin and its document.
type heldPolicy struct {
	name     string
	arn      string        // of a managed policy
	owner    *authz.Holder // of an inline policy
	document *evaluator.Document
}

// heldPolicies returns the identity-based policies of the identity, and those of a user's
// groups by the groups' names. A managed policy that is found twice is returned once.
func heldPolicies(tx persistence.Tx, i identity) ([]heldPolicy, error) {
	holders := []*authz.Holder{&i.Holder}
	if i.kind == userKind {
		groups, err := groupsOfUser(tx, i.Account, i.ID)
		if err != nil {
			return nil, err
		}
		for _, g := range groups {
			h := authz.GroupHolder(i.Account, g)
			holders = append(holders, &h)
		}
	}
	var list []heldPolicy
	for _, h := range holders {
		for p, err := range authz.OwnPolicies(tx, h) {
			if err != nil {
				return nil, err
			}
			if p.Inline == nil && slices.ContainsFunc(list, func(q heldPolicy) bool { return q.arn == p.ARN }) {
				continue
			}
			held, err := readHeldPolicy(tx, &p)
			if err != nil {
				return nil, err
			}
			list = append(list, held)
		}
	}
	return list, nil
}

func readHeldPolicy(tx persistence.Tx, p *authz.HeldPolicy) (heldPolicy, error) {
	if p.Inline == nil {
		found, err := findManagedPolicy(tx, p.Holder.Account, p.ARN)
		if err != nil {
			return heldPolicy{}, fmt.Errorf("iam: policy %s of %s: %w", p.ARN, p.Holder.ID, err)
		}
		return managedReach(tx, p.Holder.Account, found)
	}
	document, err := evaluator.Parse(p.Inline.Document)
	if err != nil {
		return heldPolicy{}, fmt.Errorf("iam: policy %s of %s: %w", p.Inline.Name, p.Holder.ID, err)
	}
	return heldPolicy{name: p.Inline.Name, owner: p.Holder, document: document}, nil
}

// managedReach returns a managed policy with the document of its default version.
func managedReach(tx persistence.Tx, account string, p managedPolicy) (heldPolicy, error) {
	number, _ := versionNumber(p.defaultVersion)
	text, err := versionDocument(tx, account, p, number)
	if err != nil {
		return heldPolicy{}, err
	}
	document, err := evaluator.Parse(text)
	if err != nil {
		return heldPolicy{}, fmt.Errorf("iam: policy %s: %w", p.arn, err)
	}
	return heldPolicy{name: p.name, arn: p.arn, document: document}, nil
}

// A reach holds what documents allow together, as AWS's reports count it: conditions
// count as met, and only a denial of an action on all resources takes it away (recorded).
// Actions and services that AWS does not have are not in it.
type reach struct{ allow, deny []*evaluator.Statement }

func newReach(documents ...*evaluator.Document) *reach {
	r := &reach{}
	for _, d := range documents {
		for i := range d.Statements {
			switch s := &d.Statements[i]; {
			case s.Effect == evaluator.Allow:
				r.allow = append(r.allow, s)
			case len(s.Conditions) == 0 && onEverything(s):
				r.deny = append(r.deny, s)
			}
		}
	}
	return r
}

func onEverything(s *evaluator.Statement) bool {
	return slices.ContainsFunc(s.Resources, func(t evaluator.Text) bool { return t.Value == "*" })
}

// services returns the namespaces of the services within reach, in order.
func (r *reach) services() []string {
	var list []string
	for s := range catalog.Services() {
		if r.includes(s.Prefix) {
			list = append(list, s.Prefix)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// includes reports whether an action of the service is within reach.
func (r *reach) includes(namespace string) bool {
	mentioned := func(s *evaluator.Statement) bool { return mentions(s, namespace) }
	if !slices.ContainsFunc(r.allow, mentioned) {
		return false
	}
	if !slices.ContainsFunc(r.deny, mentioned) &&
		slices.ContainsFunc(r.allow, func(s *evaluator.Statement) bool { return allowsAll(s, namespace) }) {
		return true // no need to inflate the service
	}
	return r.any(namespace)
}

func (r *reach) any(namespace string) bool {
	service, ok := catalog.Find(namespace)
	if !ok {
		return false
	}
	for a := range service.Actions() {
		if r.allows(namespace, &a) {
			return true
		}
	}
	return false
}

// allows reports whether the action is within reach.
func (r *reach) allows(namespace string, a *catalog.Action) bool {
	name := namespace + ":" + a.Name
	if slices.ContainsFunc(r.deny, func(s *evaluator.Statement) bool { return namesAction(s, name) }) {
		return false
	}
	return slices.ContainsFunc(r.allow, func(s *evaluator.Statement) bool {
		return namesAction(s, name) && reachesResource(s, namespace, a)
	})
}

// trackedActions returns the actions within reach that AWS reports one by one.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html
func (r *reach) trackedActions(namespace string) []string {
	service, ok := catalog.Find(namespace)
	if !ok {
		return nil
	}
	var list []string
	for a := range service.Actions() {
		if tracked(&a) && r.allows(namespace, &a) {
			list = append(list, a.Name)
		}
	}
	return list
}

// tracked replaces AWS's list of actions by a rule: all that call an operation of the
// service, reads included, except those on data and those that describe resources of EC2
// (recorded for some of each).
func tracked(a *catalog.Action) bool {
	if a.PermissionOnly || slices.ContainsFunc(a.Resources, func(r catalog.ActionResource) bool { return dataTypes[a.Service] == r.Name }) {
		return false
	}
	return a.Service != "ec2" || a.Access != catalog.List && a.Access != catalog.Read
}

// dataTypes are the resource types that are data, by service: CloudTrail logs calls
// about them as data events, which last accessed information leaves out.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
var dataTypes = map[string]string{"s3": "object", "s3-outposts": "object", "s3express": "object"}

// mentions reports whether the statement may be about an action of the service.
func mentions(s *evaluator.Statement, namespace string) bool {
	if len(s.NotActions) > 0 {
		return true
	}
	return slices.ContainsFunc(s.Actions, func(t evaluator.Text) bool {
		service, _, _ := strings.Cut(t.Value, ":")
		return evaluator.NewActionPattern(service).Matches(namespace)
	})
}

// allowsAll reports whether the statement allows the whole service on everything.
func allowsAll(s *evaluator.Statement, namespace string) bool {
	return onEverything(s) && slices.ContainsFunc(s.Actions, func(t evaluator.Text) bool {
		return t.Value == "*" || strings.EqualFold(t.Value, namespace+":*")
	})
}

// namesAction reports whether the statement is about the action.
func namesAction(s *evaluator.Statement, name string) bool {
	match := func(t evaluator.Text) bool { return evaluator.NewActionPattern(t.Value).Matches(name) }
	if len(s.NotActions) > 0 {
		return !slices.ContainsFunc(s.NotActions, match)
	}
	return slices.ContainsFunc(s.Actions, match)
}

// reachesResource reports whether the statement names a resource that the action can
// have: a resource of its own service or of one whose resources it takes (recorded: a
// grant on another service's ARN does not count).
func reachesResource(s *evaluator.Statement, namespace string, a *catalog.Action) bool {
	if len(s.NotResources) > 0 {
		return true
	}
	return slices.ContainsFunc(s.Resources, func(t evaluator.Text) bool {
		parts := strings.SplitN(t.Value, ":", 4)
		if len(parts) < 3 {
			return strings.ContainsAny(t.Value, "*?")
		}
		service := evaluator.NewActionPattern(parts[2]) // names of services match as those of actions do
		if service.Matches(namespace) {
			return true
		}
		return slices.ContainsFunc(a.Resources, func(r catalog.ActionResource) bool {
			return slices.ContainsFunc(r.Patterns, func(p string) bool {
				of := strings.SplitN(p, ":", 4)
				return len(of) > 2 && service.Matches(of[2])
			})
		})
	})
}
