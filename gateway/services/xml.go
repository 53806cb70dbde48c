package services

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
)

// xmlValue is an element of an XML body. Namespaces are ignored.
type xmlValue struct {
	name     string
	children []*xmlValue
	content  []byte
}

const (
	maxElements = 100000 // of a body: DeleteObjects with 1,000 keys has 3,000
	maxDepth    = 50
)

// readXML reads a body as readElement does.
func readXML(body []byte) (value, error) {
	root, err := readElement(body)
	if root == nil || err != nil {
		return nil, err
	}
	return root, nil
}

// readElement reads a body, and returns nil for an empty one. Entities, which
// encoding/xml does not know, directives, comments, and instructions and text after
// the first element are refused.
func readElement(body []byte) (*xmlValue, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, nil
	}
	decoder := xml.NewDecoder(bytes.NewReader(body))
	document := &xmlValue{}
	open := []*xmlValue{document}
	for n := 0; ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return document.root()
		}
		if err != nil {
			return nil, errSyntax
		}
		top := open[len(open)-1]
		switch t := token.(type) {
		case xml.StartElement:
			if n++; n > maxElements || len(open) > maxDepth {
				return nil, errTooMuch
			}
			element := &xmlValue{name: t.Name.Local}
			top.children = append(top.children, element)
			open = append(open, element)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if top != document || len(document.children) > 0 {
				top.content = append(top.content, t...)
			}
		default: // readers treat the text around a comment differently
			if _, ok := t.(xml.ProcInst); !ok || len(document.children) > 0 {
				return nil, errSyntax
			}
		}
	}
}

// root returns the only element of a document.
func (v *xmlValue) root() (*xmlValue, error) {
	if len(v.children) != 1 || len(bytes.TrimSpace(v.content)) > 0 {
		return nil, errSyntax
	}
	return v.children[0], nil
}

// all returns the children with the name.
func (v *xmlValue) all(name string) []*xmlValue {
	var found []*xmlValue
	for _, child := range v.children {
		if child.name == name {
			found = append(found, child)
		}
	}
	return found
}

func (v *xmlValue) member(name string) (value, error) {
	switch found := v.all(name); len(found) {
	case 0:
		return nil, nil
	case 1:
		return found[0], nil
	}
	return nil, errTwice
}

// list returns the children with the name: a list is written as its elements.
func (v *xmlValue) list(name string) ([]value, error) {
	return values(v.all(name)), nil
}

func (v *xmlValue) elements() ([]value, error) { return values(v.children), nil }

func values(elements []*xmlValue) []value {
	var out []value
	for _, e := range elements {
		out = append(out, e)
	}
	return out
}

func (v *xmlValue) entries() ([]entry, error) {
	var out []entry
	for _, child := range v.children {
		out = append(out, entry{child.name, child})
	}
	return out, distinct(out)
}

func (v *xmlValue) text() (string, bool) { return string(v.content), len(v.children) == 0 }
