package services

import (
	"cmp"
	"maps"
	"slices"
)

// ServiceCoverage says for how many of a service's operations the resource is known.
type ServiceCoverage struct {
	Service    string `json:"service"` // botocore's name
	Operations int    `json:"operations"`
	Exact      int    `json:"exact"`      // the needs name the resources
	Any        int    `json:"any"`        // the action has no resource types, so it is decided on "*"
	Unresolved int    `json:"unresolved"` // the resource is not known, so it is decided on "*"

	// Names are the operations that are not resolved, in order.
	Names []string `json:"unresolvedOperations"`
}

// Coverage counts the operations of each service whose calls are sent on, in the order
// of the names.
func Coverage() []ServiceCoverage {
	var out []ServiceCoverage
	for _, s := range List() {
		if AnsweredHere(s.Name) {
			continue
		}
		c := ServiceCoverage{Service: s.Name, Names: []string{}}
		operations := s.loaded().operations
		for _, name := range slices.Sorted(maps.Keys(operations)) {
			o := operations[name]
			c.Operations++
			switch o.resolution(s) {
			case Exact:
				c.Exact++
			case Any:
				c.Any++
			case Unresolved:
				c.Unresolved++
				c.Names = append(c.Names, name)
			}
		}
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b ServiceCoverage) int { return cmp.Compare(a.Service, b.Service) })
	return out
}

func (o *operation) resolution(s *Service) Resolution {
	if rule, ok := byHand()[s.Name][o.name]; ok {
		return rule.resolution
	}
	return o.permissions()[0].resolution()
}
