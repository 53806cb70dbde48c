package policytest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// planConfig is a module as it is written: where values are not known yet, it says which
// resources they come from.
type planConfig struct {
	Resources []struct {
		Type        string                     `json:"type"`
		Name        string                     `json:"name"`
		Expressions map[string]json.RawMessage `json:"expressions"`
		ForEach     planExpression             `json:"for_each_expression"`
	} `json:"resources"`
	Calls map[string]struct {
		Expressions map[string]json.RawMessage `json:"expressions"`
		Module      planConfig                 `json:"module"`
	} `json:"module_calls"`
	Outputs map[string]struct {
		Expression planExpression `json:"expression"`
	} `json:"outputs"`
}

type planExpression struct {
	References []string `json:"references"`
}

// refer is the value of an attribute, or the name of the one entity that it refers to.
func (s *planSeed) refer(r *planResource, attribute string) (string, error) {
	names, err := s.referAll(r, attribute)
	if err != nil {
		return "", err
	}
	if len(names) != 1 {
		if attribute == "permissions_boundary" && len(names) == 0 {
			return "", nil
		}
		return "", s.unknown(r, attribute)
	}
	return names[0], nil
}

func (s *planSeed) unknown(r *planResource, attribute string) error {
	return fmt.Errorf("the plan does not tell what the %s of %s is before it has been applied; refer to the resource itself in it", attribute,
		r.Address)
}

// referAll are the values of an attribute, or the names of all entities that it refers to.
func (s *planSeed) referAll(r *planResource, attribute string) ([]string, error) {
	switch value := r.Values[attribute].(type) {
	case string:
		return []string{value}, nil
	case []any:
		if list := r.list(attribute); len(list) == len(value) {
			return list, nil
		}
	case nil:
		if _, known := r.Values[attribute]; known {
			return nil, nil // it is null
		}
	}
	targets, written := s.targets(r, attribute)
	var names []string
	for _, t := range targets {
		instances := s.instances(t)
		if len(instances) > 1 {
			if same := sameIndex(instances, r); same != nil {
				instances = []*planResource{same}
			}
		}
		for _, i := range instances {
			name := i.name()
			if i.Type == "aws_s3_bucket" {
				name = i.string("bucket")
			}
			if name != "" && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	if written && len(names) == 0 {
		return nil, s.unknown(r, attribute)
	}
	return names, nil
}

// planTarget is a resource that is referred to, with all its instances.
type planTarget struct{ module, kind, name string }

func (s *planSeed) instances(t planTarget) (list []*planResource) {
	for _, r := range s.all {
		if r.Type == t.kind && r.Name == t.name && withoutIndexes(r.module) == t.module {
			list = append(list, r)
		}
	}
	return list
}

// sameIndex is the instance with the index of a resource, as count and for_each make them.
func sameIndex(instances []*planResource, r *planResource) *planResource {
	for _, i := range instances {
		if len(r.Index) > 0 && bytes.Equal(i.Index, r.Index) && i.module == r.module {
			return i
		}
	}
	return nil
}

// withoutIndexes is the address of a module as it is written: module.a.module.b.
func withoutIndexes(address string) string {
	for {
		before, rest, ok := strings.Cut(address, "[")
		if !ok {
			return address
		}
		_, after, ok := strings.Cut(rest, "]")
		if !ok {
			return address
		}
		address = before + after
	}
}

// targets are the resources that an attribute refers to, and whether the attribute is
// written at all.
func (s *planSeed) targets(r *planResource, attribute string) (found []planTarget, written bool) {
	module := withoutIndexes(r.module)
	config := s.config(module)
	if config == nil {
		return nil, false
	}
	w := &planWalk{planSeed: s}
	for i := range config.Resources {
		if c := &config.Resources[i]; c.Type == r.Type && c.Name == r.Name {
			written = len(c.Expressions[attribute]) > 0
			refs := referencesOf(c.Expressions[attribute])
			if slices.ContainsFunc(refs, func(ref string) bool { return strings.HasPrefix(ref, "each.") }) {
				refs = append(refs, c.ForEach.References...)
			}
			w.all(module, refs)
		}
	}
	return w.found, written
}

// referencesOf are those of an expression; none of a block.
func referencesOf(raw json.RawMessage) []string {
	var e planExpression
	_ = json.Unmarshal(raw, &e) // a list of blocks has none
	return e.References
}

// config is a module as it is written, by its address without indexes.
func (s *planSeed) config(module string) *planConfig {
	c := &s.Configuration.Root
	for name := range strings.SplitSeq(module, ".") {
		if name == "module" || name == "" {
			continue
		}
		call, ok := c.Calls[name]
		if !ok {
			return nil
		}
		c = &call.Module
	}
	return c
}

// planWalk follows references through variables and outputs of modules.
type planWalk struct {
	*planSeed
	found []planTarget
	seen  map[string]bool
}

func (w *planWalk) all(module string, refs []string) {
	for _, ref := range refs {
		if w.seen[module+" "+ref] || len(w.seen) > 10_000 {
			continue
		}
		if w.seen == nil {
			w.seen = map[string]bool{}
		}
		w.seen[module+" "+ref] = true
		w.one(module, strings.Split(withoutIndexes(ref), "."))
	}
}

func (w *planWalk) one(module string, parts []string) {
	switch {
	case len(parts) < 2 || parts[0] == "data" || parts[0] == "local" || parts[0] == "each" || parts[0] == "count":
	case parts[0] == "var":
		outer, name, nested := cutLast(module)
		if config := w.config(outer); nested && config != nil {
			w.all(outer, referencesOf(config.Calls[name].Expressions[parts[1]]))
		}
	case parts[0] == "module":
		inner := strings.TrimPrefix(module+".module."+parts[1], ".")
		if config := w.config(inner); len(parts) > 2 && config != nil {
			w.all(inner, config.Outputs[parts[2]].Expression.References)
		}
	default:
		if t := (planTarget{module, parts[0], parts[1]}); !slices.Contains(w.found, t) {
			w.found = append(w.found, t)
		}
	}
}

// cutLast cuts the last module off an address.
func cutLast(module string) (outer, name string, ok bool) {
	i := strings.LastIndex(module, "module.")
	if i < 0 {
		return "", "", false
	}
	return strings.TrimSuffix(module[:i], "."), module[i+len("module."):], true
}
