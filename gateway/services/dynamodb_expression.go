package services

import (
	"slices"
	"strings"
)

// expression is what a DynamoDB expression (projection, condition, filter, key condition or update)
// says about the attributes that it uses.
type expression struct {
	attributes unique     // top-level names
	equal      []equality // attribute = value, where a value is compared
}

// equality is an attribute of the top level that must equal a value of the
// request's ExpressionAttributeValues.
type equality struct {
	attribute string
	value     members
}

// placeholders are the names and values that expressions refer to.
type placeholders struct {
	names  members // ExpressionAttributeNames: "#n" to a name
	values members // ExpressionAttributeValues: ":v" to a value
}

// expressionWords are the words of the grammar. All are reserved words, so they are not names of
// attributes in an expression.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html
var expressionWords = []string{"ADD", "AND", "BETWEEN", "DELETE", "IN", "NOT", "OR", "REMOVE", "SET"}

// operand is a document path or a placeholder of a value, as it was written.
type operand struct {
	name   string // of the path's first step, resolved
	value  string // ":v"
	nested bool   // the path has more steps
}

// readExpression reads an expression of any kind. It finds document paths and comparisons with "=",
// and leaves the rest of the grammar to DynamoDB: a wrong expression can use at most the attributes
// that it names.
func (p placeholders) readExpression(kind, text string) (*expression, error) {
	r := &expressionReader{p: p, kind: kind, words: expressionTokens(text)}
	for r.at < len(r.words) {
		if err := r.step(); err != nil {
			return nil, err
		}
	}
	return &r.found, nil
}

type expressionReader struct {
	p     placeholders
	kind  string // FilterExpression, for errors
	words []string
	at    int
	found expression

	left   operand // the operand before an "="
	equals bool    // the last word was "="
}

// step reads a path, a value or another word.
func (r *expressionReader) step() error {
	word := r.words[r.at]
	r.at++
	switch c := word[0]; {
	case c == ':':
		r.operand(operand{value: word})
	case c == '#' || isNameByte(c) && !isDigit(c):
		if r.peek() == "(" || slices.Contains(expressionWords, strings.ToUpper(word)) {
			r.forget()
			return nil
		}
		return r.path(word)
	case word == "=":
		r.equals = true
	case word == "(":
		// a = (:v) compares a; f(a) = :v does not.
	default:
		r.forget()
	}
	return nil
}

func (r *expressionReader) path(word string) error {
	name, err := r.resolve(word)
	if err != nil {
		return err
	}
	o := operand{name: name}
	for {
		switch r.peek() {
		case ".", "[":
			o.nested = true
			r.at += 2 // with the name or the index after it
			continue
		case "]":
			r.at++
			continue
		}
		break
	}
	r.found.attributes.add(name)
	r.operand(o)
	return nil
}

// resolve returns the name of the attribute that a name or a "#n" refers to.
func (r *expressionReader) resolve(word string) (string, error) {
	if word[0] != '#' {
		return word, nil
	}
	name, ok := r.p.names[word].(string)
	if !ok {
		return "", &Malformed{
			Reason: "Invalid " + r.kind + ": An expression attribute name used in the document path is not defined; attribute name: " +
				word,
		}
	}
	return name, nil
}

func (r *expressionReader) operand(o operand) {
	if r.equals {
		r.compare(r.left, o)
		r.compare(o, r.left)
	}
	r.left, r.equals = o, false
}

func (r *expressionReader) compare(path, value operand) {
	if path.name == "" || path.nested || value.value == "" {
		return
	}
	r.found.equal = append(r.found.equal, equality{path.name, r.p.values.object(value.value)})
}

func (r *expressionReader) forget() { r.left, r.equals = operand{}, false }

func (r *expressionReader) peek() string {
	if r.at < len(r.words) {
		return r.words[r.at]
	}
	return ""
}

// expressionTokens cuts an expression into names, placeholders and single
// other bytes.
func expressionTokens(s string) []string {
	var words []string
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
		case isNameByte(c) || c == '#' || c == ':':
			end := i + 1
			for end < len(s) && isNameByte(s[end]) {
				end++
			}
			words = append(words, s[i:end])
			i = end
		default:
			words = append(words, s[i:i+1])
			i++
		}
	}
	return words
}

// isNameByte reports whether a name in an expression may have the byte. Bytes outside ASCII count
// as parts of names.
func isNameByte(c byte) bool {
	return c == '_' || isDigit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= 0x80
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
