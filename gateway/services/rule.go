package services

import (
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator/catalog"
	"github.com/understudy-iam/understudy/principal"
)

// permission is a line of the table: an action that a call needs.
type permission struct {
	action    string
	when      []*member  // it is needed if the request has one of these; always if there are none
	resources []template // none for "*"
	any       bool       // without resources: the action has no resource types
	keys      []keyRule
}

// keyRule says where the values of a condition key come from.
type keyRule struct {
	name       string // "tags" and "tagkeys" mean the keys of tags
	fixed      string
	member     *member
	arn        template // in place of member: its value is an ARN
	key, value string   // of the members of a tag; empty if tags are a map
}

// parsePermission reads the fields of a line N: action, members that ask for it, resources, keys.
// The items of a field are separated by spaces. Instead of resources there is "*" if the action has
// no resource types, and "?" if it is not known which member names the resource.
func parsePermission(line string) permission {
	var f [4]string
	copy(f[:], strings.Split(line, "\t"))
	p := permission{action: f[0]}
	for item := range strings.FieldsSeq(f[1]) {
		p.when = append(p.when, parseMember(item))
	}
	for item := range strings.FieldsSeq(f[2]) {
		switch item {
		case "*":
			p.any = true
		case "?":
		default:
			p.resources = append(p.resources, parseTemplate(item))
		}
	}
	for item := range strings.FieldsSeq(f[3]) {
		p.keys = append(p.keys, parseKey(item))
	}
	return p
}

func parseKey(item string) keyRule {
	name, from, _ := strings.Cut(item, "=")
	if name, fixed := strings.CutSuffix(name, ":"); fixed {
		return keyRule{name: name, fixed: from}
	}
	k := keyRule{name: name}
	if strings.Contains(from, "{") {
		k.arn = parseTemplate(from)
		return k
	}
	if f := strings.Split(from, ";"); len(f) == 3 {
		from, k.key, k.value = f[0], f[1], f[2]
	}
	k.member = parseMember(from)
	return k
}

// resolution says whether the resource is known.
func (p *permission) resolution() Resolution {
	switch {
	case len(p.resources) > 0:
		return Exact
	case p.any:
		return Any
	}
	return Unresolved
}

// asked reports whether the request asks for the permission.
func (p *permission) asked(r *reader) (bool, error) {
	for _, m := range p.when {
		has, err := r.has(m)
		if has || err != nil {
			return has, err
		}
	}
	return len(p.when) == 0, nil
}

// needs returns the permission for each resource of the request.
func (p *permission) needs(r *reader) ([]authz.Need, error) {
	resources, err := p.expand(r)
	if err != nil {
		return nil, err
	}
	keys, err := p.conditions(r)
	if err != nil {
		return nil, err
	}
	out := make([]authz.Need, 0, len(resources))
	for _, resource := range resources {
		out = append(out, authz.Need{Action: p.action, Resource: resource, Owner: owner(resource), Keys: slices.Clip(keys)})
	}
	return out, nil
}

// expand returns the resources, each once.
func (p *permission) expand(r *reader) ([]string, error) {
	var found unique
	for _, t := range p.resources {
		list, err := t.expand(r)
		if err != nil {
			return nil, err
		}
		found.add(list...)
	}
	switch {
	case len(found.list) > maxParts:
		return nil, errTooMuch
	case len(found.list) > 0:
		return found.list, nil
	case len(p.resources) > 0:
		return []string{p.resources[0].all(r)}, nil
	}
	return []string{"*"}, nil
}

// owner returns the account in an ARN, if there is one.
func owner(arn string) string {
	f := strings.SplitN(arn, ":", 6)
	if len(f) < 6 || !principal.ValidAccountID(f[4]) {
		return ""
	}
	return f[4]
}

// conditions returns the condition keys of the request.
func (p *permission) conditions(r *reader) ([]authz.Key, error) {
	var out []authz.Key
	for _, k := range p.keys {
		list, err := k.read(r)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

func (k keyRule) read(r *reader) ([]authz.Key, error) {
	switch {
	case k.arn.parts != nil:
		values, err := k.arn.expand(r)
		return k.set(values), err
	case k.member == nil:
		return []authz.Key{{Name: k.name, Values: []string{r.fill(k.fixed)}, Multi: catalog.MultiValued(k.name)}}, nil
	case k.name == "tags":
		return k.tags(r)
	}
	values, err := r.texts(k.member)
	return k.set(values), err
}

// set returns the key with its values, if there are any.
func (k keyRule) set(values []string) []authz.Key {
	if len(values) == 0 {
		return nil
	}
	name := k.name
	if name == "tagkeys" {
		name = "aws:TagKeys"
	}
	multi := catalog.MultiValued(name)
	if !multi {
		values = values[:1]
	}
	return []authz.Key{{Name: name, Values: values, Multi: multi}}
}

// tags returns aws:RequestTag/key for each tag of the request, and aws:TagKeys.
func (k keyRule) tags(r *reader) ([]authz.Key, error) {
	pairs, err := k.pairs(r)
	if err != nil {
		return nil, err
	}
	return requestTags(pairs), nil
}

// pairs returns the tags of a request: from a list of structures, or from a map.
func (k keyRule) pairs(r *reader) ([]tag, error) {
	nodes, err := r.nodes(k.member)
	if err != nil {
		return nil, err
	}
	var out []tag
	for _, n := range nodes {
		list, err := k.pairsOf(n)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

func (k keyRule) pairsOf(n value) ([]tag, error) {
	if k.key == "" {
		return tagsOf(n)
	}
	p, err := tagOf(n, k.key, k.value)
	return []tag{p}, err
}
