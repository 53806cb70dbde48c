package decisions

import (
	"strings"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
)

// Allowing returns the statements by which a decision allows: those of identities and
// resources that grant it, and not those of layers that only limit.
func Allowing(d *authz.Decision) []Statement {
	list := []Statement{}
	for i := range d.Checks {
		c := &d.Checks[i]
		for j := range c.Result.Layers {
			switch l := &c.Result.Layers[j]; l.Kind {
			case evaluator.Identity, evaluator.Resource, evaluator.Trust:
				for _, s := range newLayer(c, l, nil).Statements {
					if s.Effect == evaluator.Allow.String() {
						list = append(list, s)
					}
				}
			}
		}
	}
	return list
}

// String returns which statement it is and where it is.
func (s Statement) String() string { return strings.ReplaceAll(s.name(), "\u00a0", " ") }
