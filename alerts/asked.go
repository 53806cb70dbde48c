package alerts

import (
	"slices"
	"strings"
)

// asked are the changes that an effect asks for.
func asked(e *Effect, changes []Change) []Change {
	return slices.DeleteFunc(slices.Clone(changes), func(c Change) bool {
		switch c.Kind {
		case Becomes:
			return e.Becomes != c.What
		case Gains:
			return !slices.ContainsFunc(e.Gains, func(action string) bool { return strings.EqualFold(action, c.What) })
		}
		return c.Kind != Reaches || e.Reaches != c.What
	})
}
