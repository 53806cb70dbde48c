package services

import (
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator/catalog"
	"github.com/understudy-iam/understudy/principal"
)

// refineEC2 gives each resource the condition keys that EC2 has for its type: a
// statement about ec2:InstanceType does not apply to the image of an instance.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
func refineEC2(r *reader, n *Needs) error {
	specified, err := r.tagSpecifications()
	if err != nil {
		return err
	}
	if r.call.Operation == "RunInstances" {
		if err := runInstances(r, n); err != nil {
			return err
		}
	}
	n.Needs = withCreated(r.request, n.Needs, specified)
	for i := range n.Needs {
		need := &n.Needs[i]
		if !strings.HasPrefix(need.Action, "ec2:") {
			continue
		}
		if len(specified) > 0 {
			need.Keys = withoutTags(need.Keys)
			need.Keys = append(need.Keys, requestTags(specified.on(need, n.Needs))...)
		}
		need.Keys = append(slices.Clip(need.Keys), authz.String("ec2:Region", r.request.Region))
		keysOfType(need)
	}
	return nil
}

// tagSpecification is the tags that a request gives to the resources of one kind that it creates.
type tagSpecification struct {
	kind string
	tags []tag
}

type tagSpecifications []tagSpecification

// of returns the tags of a kind of resource.
func (list tagSpecifications) of(kind string) []tag {
	for _, s := range list {
		if s.kind == kind {
			return s.tags
		}
	}
	return nil
}

// on returns the tags that the resource of a need gets. The resource is one that the call creates
// without a name or, if it creates none of the kind without a name, the one that the request names.
func (list tagSpecifications) on(need *authz.Need, all []authz.Need) []tag {
	kind, made := createdKind(need.Resource)
	if !made && need.Action == all[0].Action {
		a, _ := principal.ParseARN(need.Resource)
		kind, _, _ = strings.Cut(a.Resource, "/")
		made = !slices.ContainsFunc(all, func(n authz.Need) bool {
			return n.Action == need.Action && strings.HasSuffix(n.Resource, ":"+kind+"/*")
		})
	}
	if !made {
		return nil
	}
	return list.of(kind)
}

// tagSpecifications are those of the request.
func (r *reader) tagSpecifications() (tagSpecifications, error) {
	found, err := r.walk(parseSteps("TagSpecification[]"))
	if err != nil {
		return nil, err
	}
	var out tagSpecifications
	for _, v := range found {
		kind, err := v.member("ResourceType")
		if err != nil {
			return nil, err
		}
		list, err := v.list("Tag")
		if err != nil {
			return nil, err
		}
		s := tagSpecification{kind: textOf(kind)}
		for _, item := range list {
			t, err := tagOf(item, "Key", "Value")
			if err != nil {
				return nil, err
			}
			s.tags = append(s.tags, t)
		}
		out = append(out, s)
	}
	return out, nil
}

// createdKind returns the kind of the resource that will be created under an ARN.
func createdKind(arn string) (kind string, ok bool) {
	a, _ := principal.ParseARN(arn)
	return strings.CutSuffix(a.Resource, "/*")
}

// withCreated adds to the needs of the primary action the resources that get tags and are not among
// them, if the action has that resource type, and corrects the ARNs of the resources that get tags.
func withCreated(r *Request, needs []authz.Need, specified tagSpecifications) []authz.Need {
	action, ok := catalog.FindAction(needs[0].Action)
	if !ok || len(specified) == 0 {
		return needs
	}
	tagging, _ := catalog.FindAction("ec2:CreateTags")
	for i := range needs {
		if kind, created := createdKind(needs[i].Resource); created && needs[i].Action == "ec2:CreateTags" {
			become(&needs[i], r.created(tagging, kind))
		}
	}
	for _, s := range specified {
		arn := r.created(action, s.kind)
		has := func(n authz.Need) bool { return n.Action == needs[0].Action && n.Resource == arn }
		if arn != "*" && !slices.ContainsFunc(needs, has) && !slices.ContainsFunc(needs, namesOne(needs[0].Action, s.kind)) {
			needs = append(needs, r.need(needs[0].Action, arn, needs[0].Keys...))
		}
	}
	return needs
}

// namesOne reports whether a need is for the action on one named resource of a kind, as
// CreateKeyPair is for the key pair that it creates.
func namesOne(action, kind string) func(authz.Need) bool {
	return func(n authz.Need) bool {
		a, _ := principal.ParseARN(n.Resource)
		return n.Action == action && strings.HasPrefix(a.Resource, kind+"/")
	}
}

// created returns the ARN of the resource of a kind that an action creates: the ARNs of images and
// snapshots have no account, and those of pools of addresses no region. It is "*" if the action has
// no such resource type.
func (r *Request) created(action catalog.Action, kind string) string {
	for _, t := range action.Resources {
		if t.Name == kind && len(t.Patterns) > 0 {
			prefix, _, _ := strings.Cut(t.Patterns[0], "/")
			return strings.NewReplacer("${Partition}", r.Partition, "${Region}", r.Region, "${Account}", r.Account).Replace(prefix) + "/*"
		}
	}
	return "*"
}

func withoutTags(keys []authz.Key) []authz.Key {
	return slices.DeleteFunc(slices.Clone(keys), func(k authz.Key) bool {
		return k.Name == "aws:TagKeys" || strings.HasPrefix(k.Name, "aws:RequestTag/")
	})
}

// keysOfType leaves out the keys that the reference lists only for other types of resources.
func keysOfType(need *authz.Need) {
	action, ok := catalog.FindAction(need.Action)
	if !ok {
		return
	}
	names, typed := action.ConditionKeys, false
	for _, t := range action.Resources {
		if t.Fits(need.Resource) {
			names, typed = slices.Concat(names, t.ActionKeys, t.ConditionKeys), true
		}
	}
	if !typed {
		return
	}
	need.Keys = slices.DeleteFunc(slices.Clone(need.Keys), func(k authz.Key) bool {
		return strings.HasPrefix(k.Name, "ec2:") &&
			!slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, k.Name) })
	})
}
