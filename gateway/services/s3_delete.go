package services

import (
	"encoding/xml"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/authz"
)

// deletedObject is an object that DeleteObjects names.
type deletedObject struct {
	Key, VersionID string
	rest           []*xmlValue // the other members
}

// deleteBody is the body of DeleteObjects.
type deleteBody struct {
	objects []deletedObject
	quiet   string
}

// maxDeleted is how many objects a request may name.
const maxDeleted = 1000

// deleteMembers are the members of an object in DeleteObjects.
var deleteMembers = []string{"ETag", "Key", "LastModifiedTime", "Size", "VersionId"}

// readDelete reads a body. It refuses everything that is not in S3's schema, so that nothing is
// deleted without a decision.
func readDelete(body []byte) (*deleteBody, error) {
	n, err := readNode(body)
	if err != nil || n.name != "Delete" {
		return nil, errXML
	}
	quiet, err := n.one("Quiet")
	if err != nil {
		return nil, err
	}
	d := &deleteBody{quiet: string(quiet.content)}
	for _, child := range n.children {
		switch child.name {
		case "Quiet":
		case "Object":
			o, err := child.deleted()
			if err != nil {
				return nil, err
			}
			d.objects = append(d.objects, o)
		default:
			return nil, errXML
		}
	}
	if len(d.objects) == 0 || len(d.objects) > maxDeleted {
		return nil, errXML
	}
	return d, nil
}

func (v *xmlValue) deleted() (deletedObject, error) {
	texts, err := v.texts("Key", "VersionId")
	if err != nil || texts[0] == "" {
		return deletedObject{}, errXML
	}
	o := deletedObject{Key: texts[0], VersionID: texts[1]}
	for _, child := range v.children {
		if !slices.Contains(deleteMembers, child.name) || len(child.children) > 0 || len(v.all(child.name)) > 1 {
			return deletedObject{}, errXML
		}
		if child.name != "Key" && child.name != "VersionId" {
			o.rest = append(o.rest, child)
		}
	}
	return o, nil
}

// deleteObjects needs the action for each object, and each object is an item that S3 answers
// separately.
func (s *s3call) deleteObjects() error {
	d, err := readDelete(s.r.Body)
	if err != nil {
		return err
	}
	for _, o := range d.objects {
		from := len(s.needs.Needs)
		// A server that trims strings would delete another object than a server that does not.
		s.deletes(o.Key, o.VersionID)
		if trimmed := strings.TrimSpace(o.Key); trimmed != o.Key && trimmed != "" {
			s.deletes(trimmed, o.VersionID)
		}
		s.needs.Items = append(s.needs.Items, Item{from, len(s.needs.Needs)})
	}
	s.needs.parts = s3Deletion(d.objects)
	return nil
}

func (s *s3call) deletes(key, version string) {
	action, keys := "DeleteObject", []authz.Key(nil)
	if version != "" {
		action, keys = "DeleteObjectVersion", append(keys, authz.String("s3:versionid", version))
	}
	s.key = key
	s.needObject(action, keys...)
	s.bypasses()
}

// s3Deletion removes objects from a DeleteObjects that names these.
type s3Deletion []deletedObject

const s3Namespace = "http://s3.amazonaws.com/doc/2006-03-01/"

func (s3Deletion) without(body []byte, denied []DeniedItem) ([]byte, error) {
	d, err := readDelete(body)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	b.WriteString(xml.Header + `<Delete xmlns="` + s3Namespace + `">`)
	for i, o := range d.objects {
		if _, ok := deniedAt(denied, i); !ok {
			o.write(&b)
		}
	}
	if d.quiet != "" {
		element(&b, "Quiet", d.quiet)
	}
	b.WriteString("</Delete>")
	return []byte(b.String()), nil
}

func (o deletedObject) write(b *strings.Builder) {
	b.WriteString("<Object>")
	element(b, "Key", o.Key)
	if o.VersionID != "" {
		element(b, "VersionId", o.VersionID)
	}
	for _, n := range o.rest {
		element(b, n.name, string(n.content))
	}
	b.WriteString("</Object>")
}

func element(b *strings.Builder, name, text string) {
	b.WriteString("<" + name + ">")
	_ = xml.EscapeText(b, []byte(text)) // a Builder returns no errors
	b.WriteString("</" + name + ">")
}

// merge puts the errors at the end of the answer.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
func (s s3Deletion) merge(answer []byte, denied []DeniedItem) ([]byte, error) {
	const closing = "</DeleteResult>"
	if answer == nil {
		answer = []byte(xml.Header + `<DeleteResult xmlns="` + s3Namespace + `">` + closing)
	}
	text := strings.TrimRight(string(answer), " \t\r\n")
	if open, ok := strings.CutSuffix(text, "/>"); ok && strings.LastIndex(open, "<DeleteResult") == strings.LastIndexByte(open, '<') {
		text = open + ">" + closing
	}
	head, ok := strings.CutSuffix(text, closing)
	if !ok {
		return nil, errAnswer
	}
	var b strings.Builder
	b.WriteString(head)
	for _, d := range denied {
		o := s[d.Index]
		b.WriteString("<Error>")
		element(&b, "Key", o.Key)
		if o.VersionID != "" {
			element(&b, "VersionId", o.VersionID)
		}
		element(&b, "Code", d.Code)
		element(&b, "Message", d.Message)
		b.WriteString("</Error>")
	}
	b.WriteString(closing)
	return []byte(b.String()), nil
}
