package advice

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/catalog"
	"github.com/understudy-iam/understudy/internal/ordered"
)

// operator is the name of a condition operator, split into its parts.
type operator struct {
	quantifier string // ForAnyValue, ForAllValues or empty
	name       string // without "Not", such as StringEquals
	negated    bool
}

func readOperator(text string) operator {
	var op operator
	if q, rest, ok := strings.Cut(text, ":"); ok {
		op.quantifier, text = q, rest
	}
	op.name = strings.TrimSuffix(text, "IfExists")
	plain := strings.Replace(op.name, "Not", "", 1)
	op.negated = plain != op.name
	op.name = plain
	return op
}

// conditionGap: a condition does not hold.
func (s *search) conditionGap(st *state, x *exam, index int) gap {
	c := &x.source.Conditions[index]
	if s.unquantified(st, c) {
		return gap{why: unquantifiedWords(c), mistaken: true}
	}
	g := gap{why: s.unmetWords(st, x, c), options: append(s.options(st, x, c, true), s.sameTag(st, x, c)...)}
	if !readOperator(c.Operator).negated {
		g.amend = s.moreValues(st, x, index)
	}
	return g
}

// unmetWords says why a condition does not hold.
func (s *search) unmetWords(st *state, x *exam, c *evaluator.Condition) string {
	why := fmt.Sprintf("%s %s wants %s, and %s", c.Operator, c.Key, s.wanted(st, x, c), has(st, c.Key))
	switch {
	case literalWildcard(c):
		why += "; " + likeMeant(c)
	case isResourceTag(c.Key) && s.creates(st):
		why += ", because what is being created has no tags yet: the tags that the call gives it are in aws:RequestTag"
	}
	return why
}

// unquantified reports whether the operator takes a single value, but the key of the
// condition has a list of values, or would have one if the request had the key.
func (s *search) unquantified(st *state, c *evaluator.Condition) bool {
	op := readOperator(c.Operator)
	return op.quantifier == "" && op.name != "Null" && severalValued(st, c.Key)
}

// severalValued reports whether a key has a list of values: in the request or, if the
// request lacks the key, according to AWS.
func severalValued(st *state, key string) bool {
	if _, multi, ok := st.request.Context.Lookup(key); ok {
		return multi
	}
	return catalog.MultiValued(key)
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
func unquantifiedWords(c *evaluator.Condition) string {
	return fmt.Sprintf("%s %s holds for no value, since this key has several values in a request: "+
		"a condition on it needs ForAllValues: or ForAnyValue: before its operator", c.Operator, c.Key)
}

// literalWildcard reports whether the values of a condition have wildcards, but its
// operator compares them literally. No caller can be expected to send such a value.
func literalWildcard(c *evaluator.Condition) bool {
	op := readOperator(c.Operator)
	return strings.HasPrefix(op.name, "StringEquals") && !op.negated && slices.ContainsFunc(c.Values, func(v evaluator.Text) bool {
		return strings.ContainsAny(strings.NewReplacer("${*}", "", "${?}", "").Replace(v.Value), "*?")
	})
}

// likeMeant names the operator that supports the wildcards.
func likeMeant(c *evaluator.Condition) string {
	like := strings.NewReplacer("EqualsIgnoreCase", "Like", "Equals", "Like").Replace(c.Operator)
	return fmt.Sprintf("%s takes no wildcards and compares * and ? as they are written; use %s if they are meant as wildcards",
		c.Operator, like)
}

func (s *search) wanted(st *state, x *exam, c *evaluator.Condition) string {
	var list []string
	for _, v := range c.Values {
		list = append(list, s.resolvedText(st, x, v.Value))
	}
	return strings.Join(list, " or ")
}

func has(st *state, key string) string {
	found, _, ok := st.request.Context.Lookup(key)
	if !ok {
		return "the request has no such key"
	}
	return "the request has " + strings.Join(found, ", ")
}

// listed are the operators to whose list a value can be added without changing anything
// else.
var listed = map[string]bool{
	"StringEquals": true, "StringEqualsIgnoreCase": true, "StringLike": true, "ArnEquals": true, "ArnLike": true, "IpAddress": true,
}

// claimed are keys that any caller can set to any value. A condition on them is worth
// nothing once it names what callers usually send.
var claimed = map[string]bool{"aws:useragent": true, "aws:referer": true}

// moreValues adds the request's value to those that a condition lists; nil if the request
// lacks the key, or if the values depend on the caller.
func (s *search) moreValues(st *state, x *exam, index int) *amend {
	c := &x.source.Conditions[index]
	op := readOperator(c.Operator)
	found, _, ok := st.request.Context.Lookup(c.Key)
	if !ok || len(found) == 0 || !listed[op.name] || claimed[strings.ToLower(c.Key)] || len(c.Values) == 0 {
		return nil
	}
	for _, v := range c.Values {
		if hasVariable(v.Value) {
			return nil
		}
	}
	var add []string
	for _, v := range found {
		if single := (Request{
			Set: []Key{{Name: c.Key, Values: []string{v}, Multi: op.quantifier != ""}},
		}); !s.meetsWhen(st, x, c, &single) {
			add = append(add, v)
		}
	}
	if op.quantifier == "ForAnyValue" {
		add = add[:min(1, len(add))]
	}
	made := addValues(c, index, add, s.widened(st, x, c, add))
	if made != nil && literalWildcard(c) {
		made.words += " (" + likeMeant(c) + ")"
	}
	if around := op.around(c.Values[0].Value); made != nil && len(around) > 0 {
		made.before = &Request{Set: []Key{{c.Key, []string{strings.ReplaceAll(around[0], sample, "other")}, op.quantifier != ""}}}
	}
	return made
}

// addValues is the change that adds values to a condition; nil if there is nothing to add
// or the values have special characters.
func addValues(c *evaluator.Condition, index int, add []string, warnings []Warning) *amend {
	if len(add) == 0 || strings.ContainsAny(strings.Join(add, ""), "*?$") {
		return nil
	}
	if strings.HasSuffix(readOperator(c.Operator).name, "IpAddress") {
		for i := range add {
			address, err := netip.ParseAddr(add[i])
			if err != nil {
				return nil
			}
			add[i] = netip.PrefixFrom(address, address.BitLen()).String()
		}
	}
	return &amend{
		condition: index, words: fmt.Sprintf("add %s to %s %s", strings.Join(add, " and "), c.Operator, c.Key), warnings: warnings,
		change: func(o ordered.Object) (ordered.Object, bool) {
			all, ok := ordered.Read(o.Get("Condition"))
			if !ok {
				return nil, false
			}
			keys, ok := ordered.Read(all.Get(c.Operator))
			if !ok {
				return nil, false
			}
			list := keys.Get(c.Key)
			for _, v := range add {
				if list, ok = extended(list, v); !ok {
					return nil, false
				}
			}
			return o.With("Condition", all.With(c.Operator, keys.With(c.Key, list).Raw()).Raw()), true
		},
	}
}

// meetsWhen reports whether a condition of the statement holds after a change of the
// request.
func (s *search) meetsWhen(st *state, x *exam, c *evaluator.Condition, change *Request) bool {
	r := changed(&st.request, change)
	for _, e := range s.traced(&r, st, x.policy, x.source.Index) {
		if e.Condition == c {
			return e.Applies
		}
	}
	return false
}
