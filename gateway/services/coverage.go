package services

import (
	"cmp"
	"slices"
)

// ServiceCoverage says how well the resources of a service's operations are
// known.
type ServiceCoverage struct {
	Service    string // botocore's name
	Operations int
	Exact      int // the needs name the resources
	Any        int // the action has no resource types, so that it is decided on "*"
	Unresolved int // it is not known which resource: it is decided on "*" nevertheless
}

// Coverage counts the operations of each service, in the order of the names.
func Coverage() []ServiceCoverage {
	var out []ServiceCoverage
	for _, s := range List() {
		c := ServiceCoverage{Service: s.Name}
		for _, o := range s.loaded().operations {
			c.Operations++
			switch o.resolution(s) {
			case Exact:
				c.Exact++
			case Any:
				c.Any++
			case Unresolved:
				c.Unresolved++
			}
		}
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b ServiceCoverage) int { return cmp.Compare(a.Service, b.Service) })
	return out
}

func (o *operation) resolution(s *Service) Resolution {
	if rule, ok := byHand[s.Name][o.name]; ok {
		return rule.resolution
	}
	return o.permissions()[0].resolution()
}
