// Package pattern matches events with the patterns of Amazon EventBridge: JSON
// objects of the form of the event, with lists of what is wanted in place of
// values.
//
//	{"source": ["aws.iam"], "detail": {"eventName": [{"prefix": "Create"}, "AttachUserPolicy"]}}
//
// All fields of a pattern must match, and a field matches if one element of its
// list does. It knows the operators prefix, suffix, equals-ignore-case, wildcard,
// anything-but, numeric, cidr and exists, and "$or":
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
//
// It guarantees that
//   - what AWS's documentation shows matches as it says there;
//   - fields of an object in an array are matched within one element, as AWS does;
//   - the time to match is bounded: a pattern is bounded by MaxSize, MaxDepth and
//     MaxCombinations, and a wildcard takes time in proportion to the string;
//   - a Pattern does not change, and is safe for concurrent use.
//
// # Caveats
//
// AWS counts how much work the wildcards of a rule can be, and refuses some; here
// none are too much. AWS reads a dot in the name of a field as a step into an
// object, and says not to rely on it; here it is part of the name. Numbers have the
// precision of a float64.
package pattern

// The bounds of a pattern.
const (
	MaxSize         = 16 << 10 // bytes; AWS takes 2,048 characters, or 4,096 if it is asked to
	MaxDepth        = 32       // objects in objects
	MaxCombinations = 1000     // of the alternatives of "$or", as AWS has it
)

// Pattern is a pattern that was compiled.
type Pattern struct {
	top  *object
	text string
}

// Compile reads a pattern from JSON. The error is a *Fault.
func Compile(text []byte) (*Pattern, error) {
	if len(text) > MaxSize {
		return nil, &Fault{Line: 1, Column: 1, Sentence: tooLarge}
	}
	v, f := parse(text)
	if f != nil {
		return nil, f
	}
	c := &compiler{text: text}
	top := c.top(v)
	if c.fault != nil {
		return nil, c.fault
	}
	return &Pattern{top, string(text)}, nil
}

// String is the JSON of which the pattern was compiled; empty for nil.
func (p *Pattern) String() string {
	if p == nil {
		return ""
	}
	return p.text
}

// Match reports whether the pattern matches an event, as encoding/json decodes it
// into an any, with or without UseNumber.
func (p *Pattern) Match(event any) bool {
	fields, ok := event.(map[string]any)
	m := &matcher{event: event}
	return ok && m.all([]*object{p.top}, fields)
}
