package saml

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"unicode"

	"github.com/beevik/etree"
)

// Limits of a response. The length is AWS's limit; the number of elements is the limit of the
// signature library.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html
const (
	maxText     = 100_000
	maxDepth    = 64
	maxElements = 1000
)

// decode reads the base64 of a document. Line breaks in it are ignored.
func decode(text string) (*etree.Element, error) {
	if len(text) > maxText {
		return nil, malformed("it is too long")
	}
	raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		return nil, malformed("%v", err)
	}
	return parse(raw)
}

// parse reads a document that is plain in the sense of scan.
func parse(raw []byte) (*etree.Element, error) {
	if err := scan(raw); err != nil {
		return nil, err
	}
	d := etree.NewDocument()
	d.ReadSettings = etree.ReadSettings{MaxDepth: maxDepth}
	if err := d.ReadFromBytes(raw); err != nil {
		return nil, malformed("%v", err)
	}
	if d.Root() == nil {
		return nil, malformed("it is empty")
	}
	return d.Root(), nil
}

// scanner checks the tokens of a document as they are written.
type scanner struct {
	depth, elements, roots int
	ids                    map[string]bool
}

// scan refuses XML that is not well formed, and everything that signed XML should not have: see the
// package comment.
func scan(raw []byte) error {
	for d := xml.NewDecoder(bytes.NewReader(raw)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return malformed("%v", err)
		}
	}
	d := xml.NewDecoder(bytes.NewReader(raw))
	s := scanner{ids: map[string]bool{}}
	for {
		at := d.InputOffset()
		t, err := d.RawToken()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return malformed("%v", err)
		}
		if err := s.token(t, at); err != nil {
			return err
		}
	}
}

func (s *scanner) token(t xml.Token, at int64) error {
	switch t := t.(type) {
	case xml.Directive:
		return malformed("it has a document type")
	case xml.ProcInst:
		if t.Target != "xml" || at != 0 {
			return malformed("it has a processing instruction")
		}
	case xml.CharData:
		if s.depth == 0 && len(bytes.TrimSpace(t)) > 0 {
			return malformed("there is text outside its root")
		}
	case xml.StartElement:
		return s.start(t)
	case xml.EndElement:
		s.depth--
	}
	return nil
}

func (s *scanner) start(t xml.StartElement) error {
	if s.depth == 0 {
		s.roots++
	}
	s.depth++
	s.elements++
	if s.roots > 1 || s.depth > maxDepth || s.elements > maxElements {
		return malformed("it has too many elements, or too deep ones")
	}
	if !plainName(t.Name) {
		return malformed("the name of an element is odd")
	}
	seen := map[xml.Name]bool{}
	for _, a := range t.Attr {
		if !plainName(a.Name) || seen[a.Name] {
			return malformed("the name of an attribute is odd, or used twice")
		}
		seen[a.Name] = true
		if a.Name.Space != "xmlns" && strings.EqualFold(a.Name.Local, "id") {
			if s.ids[a.Value] {
				return malformed("an ID is used twice")
			}
			s.ids[a.Value] = true
		}
	}
	return nil
}

// plainName refuses names that do not survive being written and read again, such
// as those with several colons: encoding/xml takes them.
func plainName(n xml.Name) bool {
	return plain(n.Local) && (n.Space == "" || plain(n.Space))
}

func plain(s string) bool {
	for i, r := range s {
		switch {
		case r == '_' || unicode.IsLetter(r):
		case i > 0 && (r == '-' || r == '.' || unicode.IsDigit(r)):
		default:
			return false
		}
	}
	return s != ""
}

func is(el *etree.Element, space, tag string) bool {
	return el.Tag == tag && el.NamespaceURI() == space
}

// children are the child elements of the name.
func children(el *etree.Element, space, tag string) []*etree.Element {
	var list []*etree.Element
	for _, c := range el.ChildElements() {
		if is(c, space, tag) {
			list = append(list, c)
		}
	}
	return list
}

// only is the child element of the name, of which there must be exactly one.
func only(el *etree.Element, space, tag string) (*etree.Element, error) {
	list := children(el, space, tag)
	if len(list) != 1 {
		return nil, malformed("%s has %d elements %s", el.Tag, len(list), tag)
	}
	return list[0], nil
}

// text returns the whole text of an element, on both sides of any comments: a reader that stops at
// a comment would see a different name. Child elements are refused.
func text(el *etree.Element) (string, error) {
	if len(el.ChildElements()) > 0 {
		return "", malformed("%s has elements", el.Tag)
	}
	return allText(el), nil
}

// allText is the text of an element and of those in it.
func allText(el *etree.Element) string {
	var b strings.Builder
	var add func(*etree.Element)
	add = func(el *etree.Element) {
		for _, c := range el.Child {
			switch c := c.(type) {
			case *etree.CharData:
				b.WriteString(c.Data)
			case *etree.Element:
				add(c)
			}
		}
	}
	add(el)
	return strings.TrimSpace(b.String())
}

// attribute is an attribute without prefix; empty if it is missing.
func attribute(el *etree.Element, name string) string {
	for _, a := range el.Attr {
		if a.Space == "" && a.Key == name {
			return a.Value
		}
	}
	return ""
}

// walk calls visit for the element and all in it, until visit fails.
func walk(el *etree.Element, visit func(*etree.Element) error) error {
	if err := visit(el); err != nil {
		return err
	}
	for _, c := range el.ChildElements() {
		if err := walk(c, visit); err != nil {
			return err
		}
	}
	return nil
}
