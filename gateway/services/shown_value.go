package services

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// shownKind is how the value of a member is shown.
type shownKind uint8

const (
	shownPlain    shownKind = iota // the names of its members begin in lower case
	shownMap                       // the names in it are data, and are kept
	shownDocument                  // a string that holds a JSON object, which is shown
	shownAsIs                      // what is kept is what is shown

	// The kinds below are reduced before they are kept.
	shownHidden // it is a secret
	shownEmpty  // it is there, and nothing of it is shown
	shownNames  // a map: only its names are shown
	shownKey    // the key of an item of DynamoDB
	shownTables // the tables of a batch of DynamoDB
	shownParts  // the parts of a transaction of DynamoDB
)

// shownKinds are the kinds by their names in shownMembers.
var shownKinds = map[string]shownKind{
	"": shownPlain, "map": shownMap, "hidden": shownHidden, "empty": shownEmpty, "names": shownNames, "key": shownKey,
	"tables": shownTables, "parts": shownParts,
}

// reductions return what is kept of a value, and its length; nil if that is nothing.
var reductions = map[shownKind]func(value) (any, int){
	shownHidden: func(value) (any, int) { return hiddenValue, 0 },
	shownEmpty:  func(value) (any, int) { return map[string]any{}, 0 },
	shownNames:  namesShown,
	shownKey:    keyShown,
	shownTables: tablesShown,
	shownParts:  partsShown,
}

// shown returns the value; nil if it cannot be shown.
func (p *shownPart) shown() any {
	var v any
	switch kept := p.value.(type) {
	case jsonValue:
		d := json.NewDecoder(bytes.NewReader(kept))
		d.UseNumber()
		if d.Decode(&v) != nil {
			return nil
		}
	case cborValue:
		if cborMode().Unmarshal(kept, &v) != nil {
			return nil
		}
	case keyNames:
		return kept.shown()
	default:
		v = kept
	}
	switch p.kind {
	case shownPlain:
		return rewritten(v, lowerFirst)
	case shownMap:
		return rewritten(v, func(name string) string { return name })
	case shownDocument:
		text, _ := v.(string)
		return document(text)
	}
	return v
}

// document returns the JSON object in a string; nil if it holds something else.
func document(text string) any {
	var object map[string]any
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if d.Decode(&object) != nil || object == nil {
		return nil
	}
	return object
}

// rewritten returns a value of JSON or CBOR with its names rewritten, and without what is null or
// binary.
func rewritten(v any, name func(string) string) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			if e = rewritten(e, name); e != nil {
				out[name(k)] = e
			}
		}
		return out
	case map[any]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			text, ok := k.(string)
			if e = rewritten(e, name); ok && e != nil {
				out[name(text)] = e
			}
		}
		return out
	case []any:
		out := make([]any, 0, len(v))
		for _, e := range v {
			if e = rewritten(e, name); e != nil {
				out = append(out, e)
			}
		}
		return out
	case string, bool, json.Number, int64, uint64, float64:
		return v
	}
	return nil
}

// lowerFirst is CloudTrail's name of a member.
func lowerFirst(name string) string {
	r, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToLower(r)) + name[size:]
}

// maxShownDepth is more than any structure of a form that is shown has.
const maxShownDepth = 6

// shown returns the part of a form and its length: a string, a list or a structure.
func (v formValue) shown(kind shownKind) (any, int) {
	if inner, ok := v.inner(); ok {
		v = inner
	}
	if kind != shownMap {
		return v.shownAt(0)
	}
	entries, err := v.entries()
	if err != nil || len(entries) == 0 {
		return nil, 0
	}
	out, length := map[string]any{}, 0
	for _, e := range entries {
		text := strings.Clone(textOf(e.value))
		out[strings.Clone(e.key)] = text
		length += len(e.key) + len(text)
	}
	return out, length
}

// inner is what the query protocol puts around the elements of a list or of a map.
func (v formValue) inner() (formValue, bool) {
	for _, name := range []string{"member", "entry"} {
		if len(v.form.under(v.prefix+name+".")) > 0 {
			return formValue{v.form, v.prefix + name + "."}, true
		}
	}
	return v, false
}

func (v formValue) shownAt(depth int) (any, int) {
	if text, ok := v.text(); ok {
		return strings.Clone(text), len(text)
	}
	names := v.form.under(v.prefix)
	if len(names) == 0 || depth == maxShownDepth {
		return nil, 0
	}
	first, _, _ := strings.Cut(names[0][len(v.prefix):], ".")
	if _, err := strconv.Atoi(first); err == nil {
		return v.shownList(depth)
	}
	out, length := map[string]any{}, 0
	for _, name := range names {
		part, _, _ := strings.Cut(name[len(v.prefix):], ".")
		if _, ok := out[part]; ok {
			continue
		}
		shown, n := formValue{v.form, v.prefix + part + "."}.shownAt(depth + 1)
		out[strings.Clone(part)] = shown
		length += len(part) + n
	}
	return out, length
}

func (v formValue) shownList(depth int) (any, int) {
	elements, err := v.elements()
	if err != nil {
		return nil, 0
	}
	out, length := make([]any, 0, len(elements)), 0
	for _, e := range elements {
		shown, n := e.(formValue).shownAt(depth + 1)
		out = append(out, shown)
		length += n
	}
	return out, length
}
