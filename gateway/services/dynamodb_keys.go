package services

import "github.com/understudy-iam/understudy/authz"

// partitionKeys are the condition keys with the values of a partition key's
// attributes, in their order. Only an index has more than one attribute.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
var partitionKeys = []string{
	"dynamodb:FirstPartitionKeyValues",
	"dynamodb:SecondPartitionKeyValues",
	"dynamodb:ThirdPartitionKeyValues",
	"dynamodb:FourthPartitionKeyValues",
}

// access collects what a call does with the items of one table, and becomes
// the condition keys of its permission.
type access struct {
	attributes unique
	leading    []unique // values of the partition key's attributes, in their order
	single     []authz.Key
}

// touch adds attributes.
func (a *access) touch(names ...string) { a.attributes.add(names...) }

// say adds a condition key with one value.
func (a *access) say(name, value string) {
	a.single = append(a.single, authz.String("dynamodb:"+name, value))
}

// pin adds values of the partition key's attribute n.
func (a *access) pin(n int, values ...string) {
	for len(a.leading) <= n {
		a.leading = append(a.leading, unique{})
	}
	a.leading[n].add(values...)
}

// item adds the partition key's values of an item or of a key.
//
// If the keys of the table are not known, or the item does not have them, all values that could be
// the key are given, so that a policy that allows only some keys allows less. It happens when the
// table does not exist or cannot be described, and then DynamoDB refuses the call anyway.
func (a *access) item(item members, partition []string) {
	for n, name := range partition {
		text, ok := keyText(item.object(name))
		if !ok {
			partition = nil
			break
		}
		a.pin(n, text)
	}
	if len(partition) == 0 {
		a.pin(0, keyTexts(item)...)
	}
}

// keys returns the condition keys.
func (a *access) keys() []authz.Key {
	var keys []authz.Key
	if len(a.leading) > 0 {
		keys = append(keys, authz.Strings("dynamodb:LeadingKeys", a.leading[0].list...))
	}
	for n, values := range a.leading[:min(len(a.leading), len(partitionKeys))] {
		keys = append(keys, authz.Strings(partitionKeys[n], values.list...))
	}
	if len(a.attributes.list) > 0 {
		keys = append(keys, authz.Strings("dynamodb:Attributes", a.attributes.list...))
	}
	return append(keys, a.single...)
}
