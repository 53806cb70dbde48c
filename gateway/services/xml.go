package services

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
)

// xmlValue is an element of an XML body. Namespaces do not count.
type xmlValue struct {
	name     string
	children []*xmlValue
	content  []byte
}

const (
	maxElements = 100000 // of a body: 1,000 keys of DeleteObjects have 3,000
	maxDepth    = 50
)

// readXML reads a body. Entities, which encoding/xml does not know, directives,
// comments and instructions after the first element are refused.
func readXML(body []byte) (value, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, nil
	}
	decoder := xml.NewDecoder(bytes.NewReader(body))
	var root *xmlValue
	var open []*xmlValue
	for n := 0; ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) && root != nil {
			return root, nil
		}
		if err != nil {
			return nil, errSyntax
		}
		switch t := token.(type) {
		case xml.StartElement:
			if n++; n > maxElements || len(open) > maxDepth {
				return nil, errTooMuch
			}
			element := &xmlValue{name: t.Name.Local}
			if len(open) > 0 {
				parent := open[len(open)-1]
				parent.children = append(parent.children, element)
			} else if root != nil {
				return nil, errSyntax
			} else {
				root = element
			}
			open = append(open, element)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 {
				e := open[len(open)-1]
				e.content = append(e.content, t...)
			}
		case xml.Directive, xml.Comment: // readers differ about the text around a comment
			return nil, errSyntax
		case xml.ProcInst:
			if root != nil {
				return nil, errSyntax
			}
		}
	}
}

func (v *xmlValue) member(name string) (value, error) {
	var found *xmlValue
	for _, child := range v.children {
		if child.name == name {
			if found != nil {
				return nil, errTwice
			}
			found = child
		}
	}
	if found == nil {
		return nil, nil
	}
	return found, nil
}

// list returns the children of the name: a list is written as its elements.
func (v *xmlValue) list(name string) ([]value, error) {
	var out []value
	for _, child := range v.children {
		if child.name == name {
			out = append(out, child)
		}
	}
	return out, nil
}

func (v *xmlValue) elements() ([]value, error) {
	var out []value
	for _, child := range v.children {
		out = append(out, child)
	}
	return out, nil
}

func (v *xmlValue) entries() ([]entry, error) {
	var out []entry
	for _, child := range v.children {
		out = append(out, entry{child.name, child})
	}
	return out, distinct(out)
}

func (v *xmlValue) text() (string, bool) { return string(v.content), len(v.children) == 0 }
