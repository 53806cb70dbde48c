package authz

import (
	"errors"
	"fmt"
	"unicode/utf8"
)

// Limits of what a question or a simulation may contain, in characters. Those of actions,
// resources and documents are from the API model (ActionNameType, ResourceNameType,
// policyDocumentType). AWS documents none for condition keys; ours are far above what a
// request has.
const (
	MaxContextKeys = 1000    // condition keys and tags of the resource
	MaxContextSize = 131_072 // all their names and values

	// MaxContextValues is how many values a key may have. Each of them is compared with
	// each value of a policy. In AWS's requests, BatchGetItem of DynamoDB has up
	// to 100 leading keys, and a request that tags a resource up to 50 tag keys.
	MaxContextValues = 1000

	maxAction   = 128
	maxResource = 2048
	maxDocument = 131_072
)

// ErrTooLarge is returned by Ask for a question that exceeds a limit.
var ErrTooLarge = errors.New("the question is too large")

// check refuses a question whose decision could take long.
func (q *Question) check() error {
	for _, member := range []struct {
		name, text string
		most       int
	}{
		{"action", q.Action, maxAction}, {"resource", q.Resource, maxResource}, {"resource policy", q.ResourcePolicy, maxDocument},
	} {
		if n := utf8.RuneCountInString(member.text); n > member.most {
			return fmt.Errorf("%w: the %s has %d characters, and AWS takes up to %d", ErrTooLarge, member.name, n, member.most)
		}
	}
	if n := len(q.Keys) + len(q.Tags); n > MaxContextKeys {
		return fmt.Errorf("%w: there are %d condition keys and tags, and up to %d are taken: send only those that policies ask for",
			ErrTooLarge, n, MaxContextKeys)
	}
	if n := q.contextSize(); n > MaxContextSize {
		return fmt.Errorf("%w: the names and values of condition keys and tags have %d characters, and up to %d are taken: send fewer or shorter values",
			ErrTooLarge, n, MaxContextSize)
	}
	for _, k := range q.Keys {
		if n := len(k.Values); n > MaxContextValues {
			return fmt.Errorf("%w: the condition key %.128q has %d values, and up to %d are taken: send fewer, as each is compared with each value of a policy",
				ErrTooLarge, k.Name, n, MaxContextValues)
		}
	}
	return nil
}

// contextSize counts the characters of condition keys and tags; an empty value
// counts as one.
func (q *Question) contextSize() (n int) {
	for _, k := range q.Keys {
		n += utf8.RuneCountInString(k.Name) + len(k.Values)
		for _, v := range k.Values {
			n += utf8.RuneCountInString(v)
		}
	}
	for _, t := range q.Tags {
		n += utf8.RuneCountInString(t.Key) + utf8.RuneCountInString(t.Value)
	}
	return n
}
