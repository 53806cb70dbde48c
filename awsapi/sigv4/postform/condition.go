package postform

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

const sizeRange = "content-length-range"

// condition is one condition of a policy. The operands of a range are its bounds, those of any
// other condition the name of a field, with a dollar sign, and a value.
type condition struct {
	operator string
	operands [2]string
	text     string // as S3 quotes it
}

// readCondition reads a condition: a list, or an object of one member, which means eq.
func readCondition(raw json.RawMessage) (condition, error) {
	if raw = bytes.TrimSpace(raw); raw[0] == '{' {
		return readSimple(raw)
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var items []any
	if decoder.Decode(&items) != nil {
		return condition{}, invalidDocument("Invalid condition test: must be a List or Object.") // text not confirmed
	}
	if len(items) == 0 {
		return condition{}, invalidDocument("Invalid Condition: missing operation identifier.")
	}
	operator, ok := items[0].(string)
	if !ok {
		return condition{}, invalidDocument("Invalid JSON.")
	}
	switch strings.ToLower(operator) {
	case "eq", "starts-with", sizeRange:
	default:
		return condition{}, invalidDocument("Invalid Condition: unknown operation '" + operator + "'.") // text not confirmed
	}
	if len(items) != 3 {
		return condition{}, invalidDocument("Invalid " + operator + ": wrong number of arguments.") // text not confirmed
	}
	return newCondition(operator, items[1], items[2])
}

// readSimple reads an object of one member.
func readSimple(raw json.RawMessage) (condition, error) {
	var members map[string]any
	if json.Unmarshal(raw, &members) != nil {
		return condition{}, invalidDocument("Invalid JSON.")
	}
	if len(members) != 1 {
		return condition{}, invalidDocument("Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.")
	}
	for name, value := range members {
		if value != nil {
			if _, ok := value.(string); !ok {
				return condition{}, invalidDocument("Invalid Simple-Condition: value must be a string.")
			}
		}
		return newCondition("eq", "$"+name, value)
	}
	return condition{}, nil
}

func newCondition(operator string, operands ...any) (condition, error) {
	c := condition{operator: strings.ToLower(operator)}
	texts := []string{quoted(operator)}
	for i, operand := range operands {
		switch value := operand.(type) {
		case string:
			c.operands[i] = value
			texts = append(texts, quoted(value))
		case json.Number:
			if _, err := value.Int64(); err != nil || c.operator != sizeRange {
				return condition{}, invalidDocument("Invalid JSON.")
			}
			c.operands[i] = value.String()
			texts = append(texts, value.String())
		default:
			return condition{}, invalidDocument("Invalid JSON.")
		}
	}
	c.text = "[" + strings.Join(texts, ", ") + "]"
	return c, nil
}

// quoted returns a string as S3 quotes it in a condition.
func quoted(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(s) != nil {
		return `""`
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// field returns the name of the condition's field, in lower case.
func (c condition) field() string {
	return strings.ToLower(strings.TrimPrefix(c.operands[0], "$"))
}

// holds reports whether the condition is true for the field, which must be there. A value of
// Content-Type with commas is a list; each of its values must match.
func (c condition) holds(value string, there bool) bool {
	if !strings.HasPrefix(c.operands[0], "$") || !there {
		return false
	}
	if c.operator == "eq" {
		return value == c.operands[1]
	}
	if c.field() != "content-type" {
		return strings.HasPrefix(value, c.operands[1])
	}
	for part := range strings.SplitSeq(value, ",") {
		if !strings.HasPrefix(strings.TrimLeft(part, " "), c.operands[1]) {
			return false
		}
	}
	return true
}

// sizes returns the bounds of a range.
func (c condition) sizes() (s sizes, ok bool) {
	least, err1 := strconv.ParseInt(c.operands[0], 10, 64)
	most, err2 := strconv.ParseInt(c.operands[1], 10, 64)
	return sizes{least, most}, err1 == nil && err2 == nil && least >= 0 && most >= 0
}
