package policytest

import (
	"go.yaml.in/yaml/v4"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator/catalog"
)

// keys reads condition keys: a string, or a list of strings for a key of several values.
func (r *reader) keys(n *yaml.Node) []key {
	m := r.mapping(n, "context")
	list := []key{}
	for i := 0; i < len(m.content); i += 2 {
		k := key{name: text{m.content[i].Value, placeOf(m.content[i])}}
		for _, v := range r.oneOrMore(m.content[i+1], k.name.value) {
			k.values = append(k.values, v.value)
		}
		known, ok := catalog.FindKey(k.name.value)
		k.multi = known.MultiValued || follow(m.content[i+1]).Kind == yaml.SequenceNode
		if near, found := catalog.NearestKey(k.name.value); !ok && found {
			r.fail(k.name.at.fault("there is no condition key %s; did you mean %s?", k.name.value, near))
		}
		list = append(list, k)
	}
	return list
}

// asked is the key as a question has it.
func (k *key) asked() authz.Key {
	if k.multi {
		return authz.Strings(k.name.value, k.values...)
	}
	return authz.String(k.name.value, k.values[0])
}
