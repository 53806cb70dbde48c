package services

import (
	"slices"
	"strings"
)

// CloudTrail shows the keys of items, and of items that are written the names of their attributes:
// "Non key attribute values will be redacted in the CloudTrail logs of actions using the PartiQL
// API, and will not appear in logs of actions using the classic API." Here the values of keys are
// hidden too: they are data, such as the address of somebody.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/understanding-ddb-log-entries.html

// attributeNames are the names of attributes, which are shown as a list.
type attributeNames []string

// keyNames are the names of the attributes of a key, which are shown with hidden values.
type keyNames []string

// namesShown returns the names of a map.
func namesShown(v value) (any, int) {
	names, length, ok := namesOf(v)
	if !ok {
		return nil, 0
	}
	return attributeNames(names), length
}

// keyShown returns the names of the attributes of a key.
func keyShown(v value) (any, int) {
	names, length, ok := namesOf(v)
	if !ok || len(names) > maxKeyAttributes {
		return nil, 0
	}
	return keyNames(names), length
}

// maxKeyAttributes is how many attributes the key of an item has.
const maxKeyAttributes = 2

// namesOf returns the names of a map and about what they take; false if it is none, or if they do
// not fit.
func namesOf(v value) (names []string, length int, ok bool) {
	names = []string{}
	add := func(name string) bool {
		const each = 16
		names = append(names, name)
		length += len(name) + each
		return length <= maxShown
	}
	if v, isJSON := v.(jsonValue); isJSON { // as usual, without what entries checks
		if !v.isObject() {
			return nil, 0, false
		}
		v.each(func(key, _ jsonValue) bool {
			name, _ := key.text()
			return add(name)
		})
		return names, length, length <= maxShown
	}
	entries, err := v.entries()
	if err != nil {
		return nil, 0, false
	}
	for _, e := range entries {
		if !add(e.key) {
			return nil, 0, false
		}
	}
	return names, length, true
}

func (n keyNames) shown() any {
	key := make(map[string]any, len(n))
	for _, name := range n {
		key[name] = hiddenValue
	}
	return key
}

// tablesShown returns the tables of a batch. What else CloudTrail shows of a batch is not
// documented.
func tablesShown(v value) (any, int) {
	tables, err := v.entries()
	if err != nil {
		return nil, 0
	}
	slices.SortFunc(tables, func(a, b entry) int { return strings.Compare(a.key, b.key) })
	list, length := make([]any, 0, len(tables)), 0
	for _, t := range tables {
		list = append(list, map[string]any{"tableName": t.key})
		length += len(t.key) + 100
	}
	return list, length
}

// partsShown returns the parts of a transaction.
func partsShown(v value) (any, int) {
	parts, err := v.elements()
	if err != nil {
		return nil, 0
	}
	list, length := make([]any, 0, len(parts)), 0
	for _, p := range parts {
		kinds, err := p.entries()
		if err != nil || len(kinds) != 1 {
			continue
		}
		shown, n := partShown(kinds[0])
		list = append(list, shown)
		length += n
	}
	return list, length
}

// partShown returns a part of a transaction: its operation, and its members but for values.
func partShown(e entry) (map[string]any, int) {
	shown, length := map[string]any{"operation": e.key}, len(e.key)+100
	members, err := e.value.entries()
	if err != nil {
		return shown, length
	}
	for _, m := range members {
		var part any
		n := 0
		switch m.key {
		case "Key":
			if names, length := keyShown(m.value); names != nil {
				part, n = names.(keyNames).shown(), length
			}
		case "Item":
			part, n = namesShown(m.value)
			m.key = "items"
		case "ExpressionAttributeNames":
			part, n = textsShown(m.value)
		case "TableName", "UpdateExpression", "ConditionExpression", "ProjectionExpression", "ReturnValuesOnConditionCheckFailure":
			text := textOf(m.value)
			part, n = text, len(text)
		}
		if part != nil {
			shown[lowerFirst(m.key)] = part
			length += n + len(m.key)
		}
	}
	return shown, length
}

// textsShown returns a map of strings.
func textsShown(v value) (any, int) {
	entries, err := v.entries()
	if err != nil {
		return nil, 0
	}
	out, length := map[string]any{}, 0
	for _, e := range entries {
		text := textOf(e.value)
		out[e.key] = text
		length += len(e.key) + len(text)
	}
	return out, length
}
