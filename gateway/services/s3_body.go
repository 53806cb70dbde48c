package services

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"

	"github.com/understudy-iam/understudy/authz"
)

// errXML is S3's refusal of a body, with the code MalformedXML.
var errXML = &Malformed{Reason: "The XML you provided was not well-formed or did not validate against our published schema"}

// xmlNode is an element of a body. Namespaces do not count.
type xmlNode struct {
	XMLName xml.Name
	Text    string    `xml:",chardata"`
	Comment string    `xml:",comment"`
	Nodes   []xmlNode `xml:",any"`
}

// readNode reads a body, which may be empty. A comment is refused: readers differ
// about the text around it.
func readNode(body []byte) (*xmlNode, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return &xmlNode{}, nil
	}
	d := xml.NewDecoder(bytes.NewReader(body))
	n := &xmlNode{}
	if err := d.Decode(n); err != nil || n.commented() {
		return nil, errXML
	}
	for {
		switch t, err := d.Token(); t := t.(type) {
		case nil:
			if !errors.Is(err, io.EOF) {
				return nil, errXML
			}
			return n, nil
		case xml.CharData:
			if len(bytes.TrimSpace(t)) > 0 {
				return nil, errXML
			}
		default:
			return nil, errXML
		}
	}
}

func (n *xmlNode) commented() bool {
	for i := range n.Nodes {
		if n.Nodes[i].commented() {
			return true
		}
	}
	return n.Comment != ""
}

// all returns the children with the name.
func (n *xmlNode) all(name string) []*xmlNode {
	var found []*xmlNode
	for i := range n.Nodes {
		if n.Nodes[i].XMLName.Local == name {
			found = append(found, &n.Nodes[i])
		}
	}
	return found
}

// one returns the child with the name, or an element without a text if there is none.
// Two are refused.
func (n *xmlNode) one(name string) (*xmlNode, error) {
	switch found := n.all(name); len(found) {
	case 0:
		return &xmlNode{}, nil
	case 1:
		return found[0], nil
	}
	return nil, errXML
}

// texts returns the texts of the children with the names, empty for those that are
// not there.
func (n *xmlNode) texts(names ...string) ([]string, error) {
	texts := make([]string, len(names))
	for i, name := range names {
		child, err := n.one(name)
		if err != nil {
			return nil, err
		}
		texts[i] = child.Text
	}
	return texts, nil
}

// tagSet reads <Tag><Key/><Value/></Tag> elements below n.
func (n *xmlNode) tagSet() ([]tag, error) {
	var tags []tag
	for _, t := range n.all("Tag") {
		texts, err := t.texts("Key", "Value")
		if err != nil {
			return nil, err
		}
		tags = append(tags, tag{texts[0], texts[1]})
	}
	return tags, nil
}

// bodyTags are the keys of the tags of an object, in XML.
func (s *s3call) bodyTags(body []byte) ([]authz.Key, error) {
	n, err := readNode(body)
	if err != nil {
		return nil, err
	}
	set, err := n.one("TagSet")
	if err != nil {
		return nil, err
	}
	tags, err := set.tagSet()
	return tagged("s3:RequestObjectTag/", "s3:RequestObjectTagKeys", tags), err
}

func (s *s3call) putTagging() error {
	tags, err := s.bodyTags(s.r.Body)
	if err != nil {
		return err
	}
	s.all = append(s.all, tags...)
	return s.onObject("PutObjectTagging", "PutObjectVersionTagging")
}

func (s *s3call) putRetention() error {
	n, err := readNode(s.r.Body)
	if err != nil {
		return err
	}
	texts, err := n.texts("Mode", "RetainUntilDate")
	if err != nil {
		return err
	}
	keys := s.retention(texts[1])
	if texts[0] != "" {
		keys = append(keys, authz.String("s3:object-lock-mode", texts[0]))
	}
	s.needObject("PutObjectRetention", keys...)
	s.bypasses()
	return nil
}

func (s *s3call) putLegalHold() error {
	n, err := readNode(s.r.Body)
	if err != nil {
		return err
	}
	status, err := n.one("Status")
	if err != nil {
		return err
	}
	s.needObject("PutObjectLegalHold", authz.String("s3:object-lock-legal-hold", status.Text))
	return nil
}

// updateEncryption shows the encryption that an object gets.
func (s *s3call) updateEncryption() error {
	n, err := readNode(s.r.Body)
	if err != nil {
		return err
	}
	var keys []authz.Key
	for _, kms := range n.all("SSE-KMS") {
		keys = append(keys, authz.String("s3:x-amz-server-side-encryption", "aws:kms"))
		for _, arn := range kms.all("KMSKeyArn") {
			keys = append(keys, authz.String("s3:x-amz-server-side-encryption-aws-kms-key-id", arn.Text))
		}
	}
	if len(keys) > 2 {
		return errXML
	}
	s.needObject("UpdateObjectEncryption", keys...)
	return nil
}
