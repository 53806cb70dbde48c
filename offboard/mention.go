package offboard

import (
	"encoding/json"
	"errors"
	"strings"
)

// Mention is a policy that names the user.
type Mention struct {
	Policy  string `json:"policy"` // what people call it
	Account string `json:"account,omitempty"`
	Element string `json:"element"` // where: Principal, Resource, Condition and so on
	Line    int    `json:"line"`    // in the document, from 1
	Value   string `json:"value"`   // the user's ARN or ID, or what has it in it
}

// mentions are the places where policies name the user by ARN or ID.
func mentions(s *State) []Mention {
	list := []Mention{}
	for i := range s.Policies {
		list = append(list, s.Policies[i].mentions(*s.User.Arn, *s.User.UserId)...)
	}
	return list
}

// mentions are those of one policy: one for each element of a line.
func (p *Policy) mentions(arn, id string) (list []Mention) {
	walk(p.Document, func(element, value string, offset int) {
		if value != arn && value != id && !strings.HasPrefix(value, id+":") {
			return
		}
		list = append(list, Mention{Policy: p.Title, Account: p.Account, Element: element, Value: value,
			Line: 1 + strings.Count(p.Document[:offset], "\n")})
	})
	return list
}

// walk calls see with each string of a document and the element of the statement that it
// is in. A document that is no JSON ends where it is wrong.
func walk(text string, see func(element, value string, offset int)) {
	d := json.NewDecoder(strings.NewReader(text))
	w := &walker{Decoder: d, see: see}
	_ = w.value(0, "")
}

// walker reads a document.
type walker struct {
	*json.Decoder
	see func(element, value string, offset int)
}

// deepest is how deep a document is looked into; that of a policy is 6.
const deepest = 50

var errDeep = errors.New("the document is nested too deeply for a policy")

// value reads a value that is a number of objects deep, below an element.
func (w *walker) value(depth int, element string) error {
	token, err := w.Token()
	if err != nil {
		return err
	}
	if depth > deepest {
		return errDeep
	}
	switch t := token.(type) {
	case string:
		w.see(element, t, int(w.InputOffset()))
	case json.Delim:
		for w.More() {
			below := element
			if t == '{' {
				key, err := w.Token()
				if err != nil {
					return err
				}
				if name, _ := key.(string); element == "" && name != "Statement" {
					below = name
				}
			}
			if err := w.value(depth+1, below); err != nil {
				return err
			}
		}
		_, err = w.Token()
	}
	return err
}
