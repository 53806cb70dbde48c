package services

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/evaluator/catalog"
)

// each calls f with every operation of the table, by name.
func each(f func(s *Service, o *operation)) {
	for _, s := range List() {
		l := s.loaded()
		for _, name := range slices.Sorted(maps.Keys(l.operations)) {
			f(s, l.operations[name])
		}
	}
}

// TestActionsExist compares every action of the table with the reference.
func TestActionsExist(t *testing.T) {
	t.Parallel()
	var missing []string
	each(func(s *Service, o *operation) {
		for i, p := range o.permissions() {
			if _, ok := catalog.FindAction(p.action); !ok && i == 0 {
				missing = append(missing, p.action)
			} else if !ok {
				t.Errorf("%s.%s: the reference has no action %s", s.Name, o.name, p.action)
			}
		}
	})
	golden(t, "missing.txt", strings.Join(missing, "\n")+"\n")
}

// TestStarIsByNature checks that no operation is on "*" by nature whose action
// has resource types.
func TestStarIsByNature(t *testing.T) {
	t.Parallel()
	each(func(s *Service, o *operation) {
		for _, p := range o.permissions() {
			action, ok := catalog.FindAction(p.action)
			if p.resolution() == Any && (!ok || len(action.Resources) > 0) {
				t.Errorf("%s.%s: %s has resource types", s.Name, o.name, p.action)
			}
			if p.resolution() == Unresolved && ok && len(action.Resources) == 0 {
				t.Errorf("%s.%s: %s has no resource types", s.Name, o.name, p.action)
			}
		}
	})
}

// TestStarByHandIsByNature checks the same of what is written by hand.
func TestStarByHandIsByNature(t *testing.T) {
	t.Parallel()
	r := &Request{Path: "/", Header: http.Header{"X-Amz-Target": {"any"}}, Body: []byte("{}")}
	checked := 0
	for service, rules := range byHand() {
		for name, rule := range rules {
			if rule.resolution != Any {
				continue
			}
			found, err := rule.needs(&Call{Operation: name}, r)
			if err != nil {
				t.Errorf("%s.%s: %v", service, name, err)
				continue
			}
			for _, n := range found.Needs {
				checked++
				if action, ok := catalog.FindAction(n.Action); !ok || len(action.Resources) > 0 || n.Resource != "*" {
					t.Errorf("%s.%s: %s on %s, and the reference has the types %v", service, name, n.Action, n.Resource, action.Resources)
				}
			}
		}
	}
	if checked < 30 {
		t.Errorf("%d rules were checked", checked)
	}
}

// TestResourcesFit checks that each resource is of a type that the action takes.
func TestResourcesFit(t *testing.T) {
	t.Parallel()
	var other []string
	each(func(s *Service, o *operation) {
		for _, p := range o.permissions() {
			action, _ := catalog.FindAction(p.action)
			for _, resource := range p.resources {
				if arn := resource.example(); !resource.free && !accepts(action, arn) {
					other = append(other, fmt.Sprintf("%s.%s %s %s", s.Name, o.name, p.action, arn))
				}
			}
		}
	})
	golden(t, "otherwise.txt", strings.Join(other, "\n")+"\n")
}

// accepts knows resources that the table names in a form that the reference does
// not have: an ID whose kind is not known yet.
func accepts(action catalog.Action, arn string) bool {
	return action.Service == "apigateway" || slices.ContainsFunc(action.Resources, func(r catalog.ActionResource) bool {
		return slices.ContainsFunc(r.Patterns, func(p string) bool {
			return r.Fits(arn) || strings.Contains(arn, ":x") && sameStart(p, arn)
		})
	})
}

// sameStart reports whether an ARN is of the service of a pattern.
func sameStart(pattern, arn string) bool { return service(pattern) == service(arn) }

// example is an ARN of the form of the template.
func (t template) example() string {
	var out strings.Builder
	for _, p := range t.parts {
		if p.member != nil {
			out.WriteByte('x')
			continue
		}
		out.WriteString(strings.NewReplacer("$P", "aws", "$R", "us-east-1", "$A", "123456789012").Replace(p.text))
	}
	return out.String()
}
