package main

import (
	"maps"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator/catalog"
)

// permission is a line N of the table.
type permission struct {
	action          string
	when, resources []string
	keys            []string
	none            bool // the action has no resource types
}

func (p *permission) fields() []string {
	resources := strings.Join(p.resources, " ")
	if len(p.resources) == 0 {
		resources = "?"
		if p.none {
			resources = "*"
		}
	}
	return []string{"N", p.action, strings.Join(p.when, " "), resources, strings.Join(p.keys, " ")}
}

// permissions returns what the operation needs, the primary action first.
func (s *service) permissions(operation string) []*permission {
	f := &finder{service: s, operation: operation, leaves: s.leaves(operation)}
	key := s.name + "." + operation
	var list []*permission
	for _, r := range s.facts.rules[key] {
		list = append(list, f.written(r))
	}
	if len(list) == 0 {
		list = append(list, f.primary(s.primary(operation)))
	}
	list = append(list, f.tagging(list[0])...)
	list = append(list, f.passing()...)
	list = append(list, f.further(list)...)
	for _, p := range list {
		p.keys = append(p.keys, f.conditions(p.action)...)
	}
	return list
}

// primary returns the action of an operation: the one with the same name, or the
// first that is not another service's.
func (s *service) primary(operation string) string {
	if s.actions() == "apigateway" {
		return "apigateway:" + s.model.Operations[operation].HTTP.Method
	}
	name := s.actions() + ":" + operation
	if _, ok := catalog.FindAction(name); ok {
		return name
	}
	key := s.name + "." + operation
	for _, row := range s.facts.requests[key] {
		if _, ok := catalog.FindAction(row.Action); ok && strings.HasPrefix(row.Action, s.actions()+":") {
			return row.Action
		}
	}
	for _, a := range s.facts.actions[key] {
		if _, ok := catalog.FindAction(a.name); ok && !strings.HasPrefix(a.name, "iam:") {
			return a.name
		}
	}
	return name
}

// written returns a permission of rules.txt.
func (f *finder) written(r rule) *permission {
	p := &permission{action: r.action}
	for _, path := range r.when {
		p.when = append(p.when, f.mustFind(path).ref)
	}
	for _, text := range r.resources {
		switch text {
		case "*":
			p.none = true
		case "?":
		default:
			p.resources = append(p.resources, braced.ReplaceAllStringFunc(text, f.reference))
		}
	}
	return p
}

// reference writes a member of rules.txt, "{Path?fallback~function}", in the
// language of the table.
func (f *finder) reference(text string) string {
	path, function, _ := strings.Cut(strings.Trim(text, "{}"), "~")
	path, fallback, optional := strings.Cut(path, "?")
	l := f.mustFind(path)
	ref := f.with(l)
	if optional {
		ref = l.ref + "?" + fallback
	}
	if function != "" {
		ref += "~" + function
	}
	return "{" + ref + "}"
}

func (f *finder) mustFind(path string) *leaf {
	if l := f.path(path); l != nil {
		return l
	}
	panic("rules.txt: " + f.service.name + "." + f.operation + " has no member " + path)
}

// primary finds the resources of the primary action: from requests.txt or, if it
// says nothing, from the names of members.
func (f *finder) primary(name string) *permission {
	p := &permission{action: name}
	if f.service.actions() == "apigateway" {
		prefix := ""
		if f.service.name == "apigatewayv2" {
			prefix = "/v2"
		}
		p.resources = []string{"arn:$P:apigateway:$R::{p:" + prefix + "}"}
		return p
	}
	action, ok := catalog.FindAction(name)
	p.none = ok && len(action.Resources) == 0
	if p.none {
		return p
	}
	rows := f.rows(name)
	for _, row := range rows {
		p.resources = append(p.resources, f.stated(row)...)
	}
	if whole := len(p.resources); whole > 0 {
		for _, r := range f.resources(action) {
			if !sameMembers(r, p.resources[:whole]) {
				p.resources = append(p.resources, r)
			}
		}
	} else {
		p.resources = f.resources(action)
	}
	p.resources = f.refine(dedupe(p.resources))
	if len(p.resources) == 0 {
		p.resources = f.anyARN(name)
	}
	return p
}

func (f *finder) rows(action string) []requestRow {
	var out []requestRow
	f.variables = map[string]texts{}
	for _, row := range f.service.facts.requests[f.service.name+"."+f.operation] {
		if !strings.EqualFold(row.Action, action) {
			continue
		}
		out = append(out, row)
		for name, exprs := range row.Variables {
			f.variables[fold(name)] = exprs
		}
	}
	return out
}

// creates reports whether the operation creates something.
func (f *finder) creates() bool { return slices.Contains(makers, word.FindString(f.operation)) }

// sameMembers reports whether a resource is made of one of the members that are
// a resource by themselves.
func sameMembers(resource string, whole []string) bool {
	for _, b := range braced.FindAllString(resource, -1) {
		if slices.Contains(whole, b) {
			return true
		}
	}
	return false
}

// stated returns the resources that a row of requests.txt gives directly.
func (f *finder) stated(row requestRow) []string {
	var out []string
	for _, m := range row.ARNs {
		t, _ := f.expression(m)
		out = append(out, t...)
	}
	for _, exprs := range row.Types {
		for _, e := range exprs {
			t, _ := f.expression(e)
			out = append(out, t...)
		}
	}
	slices.Sort(out)
	return slices.DeleteFunc(dedupe(out), func(t string) bool { return !strings.Contains(t, "{") || !f.isARN(t) })
}

// isARN reports whether a resource that is just a member is always an ARN, by its
// name. Others may also be names, which only the resource's type turns into an ARN.
func (f *finder) isARN(resource string) bool {
	for _, l := range f.leaves {
		if "{"+l.ref+"}" == resource || "{"+l.ref+"!}" == resource {
			return strings.Contains(l.name(), "arn")
		}
	}
	return true
}

// anyARN returns the ARN in the input of an operation on any kind of resource.
func (f *finder) anyARN(action string) []string {
	for _, name := range []string{"resourcearn", "resource", "arn", "resourcearns", "resourcearnlist"} {
		if l := f.leaf(name, 1); l != nil && strings.Contains(name, "arn") {
			return []string{"{" + l.must() + "}"}
		} else if l != nil {
			return []string{"{" + l.must() + "~@arn}"}
		}
	}
	for _, row := range f.rows(action) {
		exprs := slices.Clone(row.ARNs)
		for _, kind := range slices.Sorted(maps.Keys(row.Types)) {
			exprs = append(exprs, row.Types[kind]...)
		}
		for _, m := range exprs {
			if l := f.path(strings.Trim(m, "${}")); l != nil && l.text() {
				return []string{"{" + l.must() + "~@arn}"}
			}
		}
	}
	return nil
}

func dedupe(list []string) []string {
	var out []string
	for _, item := range list {
		if !slices.Contains(out, item) {
			out = append(out, item)
		}
	}
	return out
}
