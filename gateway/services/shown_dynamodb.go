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

// namesShown returns the names of a map.
func namesShown(v value) (any, int) {
	entries, err := v.entries()
	if err != nil {
		return nil, 0
	}
	names, length := make([]any, 0, len(entries)), 0
	for _, e := range entries {
		names = append(names, e.key)
		length += len(e.key) + 16
	}
	return names, length
}

// keyShown returns the attributes of a key, with their values hidden.
func keyShown(v value) (any, int) {
	attributes, err := v.entries()
	if err != nil || len(attributes) > maxKeyAttributes {
		return nil, 0
	}
	key, length := map[string]any{}, 0
	for _, a := range attributes {
		key[a.key] = hiddenValue
		length += len(a.key) + 16
	}
	return key, length
}

// maxKeyAttributes is how many attributes the key of an item has.
const maxKeyAttributes = 2

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
			part, n = keyShown(m.value)
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
