package pattern

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
)

// value is a JSON value with the place where it begins: faults say it.
type value struct {
	at     int // the byte of the text
	scalar any // string, json.Number, bool or nil; meaningless for an object or array

	isObject, isArray bool
	names             []name   // of an object
	elements          []*value // of an object or an array
}

// name is the name of a member.
type name struct {
	at   int
	text string
}

// parse reads the text, which must be one JSON value and nothing else.
func parse(text []byte) (*value, *Fault) {
	var whole json.RawMessage
	if err := json.Unmarshal(text, &whole); err != nil {
		return nil, notJSON(text, err)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	p := &parser{text: text, tokens: d}
	v := p.value(0)
	return v, p.fault
}

func notJSON(text []byte, err error) *Fault {
	at := len(text)
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) && !strings.HasPrefix(syntax.Error(), "unexpected end") {
		at = int(syntax.Offset) - 1
	}
	line, column := place(text, at)
	return &Fault{Line: line, Column: column, Sentence: "the pattern is not JSON: " + err.Error()}
}

// parser reads values from a string that is known to be JSON.
type parser struct {
	text   []byte
	tokens *json.Decoder
	fault  *Fault
}

func (p *parser) value(depth int) *value {
	v := &value{at: p.start()}
	if depth > MaxDepth {
		line, column := place(p.text, v.at)
		p.fault = &Fault{Line: line, Column: column, Sentence: tooDeep}
		return v
	}
	token, _ := p.tokens.Token() // the text is JSON
	switch token {
	case json.Delim('{'):
		v.isObject = true
	case json.Delim('['):
		v.isArray = true
	default:
		v.scalar = token
		return v
	}
	for p.fault == nil && p.tokens.More() {
		if v.isObject {
			at := p.start()
			key, _ := p.tokens.Token()
			text, _ := key.(string)
			v.names = append(v.names, name{at, text})
		}
		v.elements = append(v.elements, p.value(depth+1))
	}
	_, _ = p.tokens.Token() // the end
	return v
}

// start is where the next token begins.
func (p *parser) start() int {
	at := int(p.tokens.InputOffset())
	for at < len(p.text) && strings.IndexByte(" \t\r\n,:", p.text[at]) >= 0 {
		at++
	}
	return at
}
