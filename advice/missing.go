package advice

import (
	"context"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// MissingKeys returns the condition keys that the request lacks and that are needed by a
// statement which could have allowed it: one for this action, this caller and this
// resource. Each key is listed once, as it is first written. There are none if a Deny
// applies.
func MissingKeys(ctx context.Context, d *Denial) []string {
	s := newSearch(ctx, d)
	st := &state{request: changed(s.Request, &Request{}), policies: *s.Policies}
	r, ok := s.decide(&st.request, &st.policies)
	if !ok || r.Decision != evaluator.ImplicitDeny {
		return nil
	}
	var keys []string
	add := func(key string) {
		same := func(k string) bool { return strings.EqualFold(k, key) }
		if _, _, ok := st.request.Context.Lookup(key); !ok && key != "" && !slices.ContainsFunc(keys, same) {
			keys = append(keys, key)
		}
	}
	layers := slices.Clone(r.Layers) // the search decides on
	for i := range layers {
		if l := &layers[i]; l.Decision == evaluator.ImplicitDeny && !l.Waived {
			for _, x := range s.examined(st, placeOf(l), evaluator.Allow) {
				x.lacking(s, st, add)
			}
		}
	}
	return keys
}

// lacking calls add for the keys that the statement asks for.
func (x *exam) lacking(s *search, st *state, add func(string)) {
	if !x.principal {
		return
	}
	if !x.resource {
		patterns, _ := stringsOf(x.statement.object().Get("Resource"))
		eachVariable(s.inPlay(st, x, patterns), func(_, name string) { add(name) })
		return
	}
	for _, i := range x.unmet {
		c := &x.source.Conditions[i]
		add(c.Key)
		for _, v := range c.Values {
			eachVariable(v.Value, func(_, name string) { add(name) })
		}
	}
}
