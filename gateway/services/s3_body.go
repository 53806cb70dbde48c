package services

import "github.com/understudy-iam/understudy/authz"

// errXML is S3's refusal of a body.
var errXML = &Malformed{
	Code: "MalformedXML", Reason: "The XML you provided was not well-formed or did not validate against our published schema",
}

// readNode reads a body. An empty body is an element without members.
func readNode(body []byte) (*xmlValue, error) {
	n, err := readElement(body)
	switch {
	case err != nil:
		return nil, errXML
	case n == nil:
		return &xmlValue{}, nil
	}
	return n, nil
}

// one returns the child with the name, or an empty element if there is none. Two are refused.
func (v *xmlValue) one(name string) (*xmlValue, error) {
	switch found := v.all(name); len(found) {
	case 0:
		return &xmlValue{}, nil
	case 1:
		return found[0], nil
	}
	return nil, errXML
}

// texts returns the text of the children with the names, empty for missing ones.
func (v *xmlValue) texts(names ...string) ([]string, error) {
	texts := make([]string, len(names))
	for i, name := range names {
		child, err := v.one(name)
		if err != nil {
			return nil, err
		}
		texts[i] = string(child.content)
	}
	return texts, nil
}

// tags reads <Tag><Key/><Value/></Tag> elements of the child with the name.
func (v *xmlValue) tags(name string) ([]tag, error) {
	set, err := v.one(name)
	if err != nil {
		return nil, err
	}
	var tags []tag
	for _, t := range set.all("Tag") {
		texts, err := t.texts("Key", "Value")
		if err != nil {
			return nil, err
		}
		tags = append(tags, tag{texts[0], texts[1]})
	}
	return tags, nil
}

// bodyTexts returns the texts of the members of the body.
func (s *s3call) bodyTexts(names ...string) ([]string, error) {
	n, err := readNode(s.r.Body)
	if err != nil {
		return nil, err
	}
	return n.texts(names...)
}

// bodyTags returns the keys of the tags of an object, in XML.
func bodyTags(body []byte) ([]authz.Key, error) {
	n, err := readNode(body)
	if err != nil {
		return nil, err
	}
	tags, err := n.tags("TagSet")
	return objectTags(tags), err
}

func (s *s3call) putTagging() error {
	tags, err := bodyTags(s.r.Body)
	if err != nil {
		return err
	}
	s.all = append(s.all, tags...)
	s.onObject("PutObjectTagging", "PutObjectVersionTagging")
	return nil
}

func (s *s3call) putRetention() error {
	texts, err := s.bodyTexts("Mode", "RetainUntilDate")
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
	texts, err := s.bodyTexts("Status")
	if err != nil {
		return err
	}
	s.needObject("PutObjectLegalHold", authz.String("s3:object-lock-legal-hold", texts[0]))
	return nil
}

// updateEncryption adds the keys of the encryption that an object gets.
func (s *s3call) updateEncryption() error {
	n, err := readNode(s.r.Body)
	if err != nil {
		return err
	}
	var keys []authz.Key
	for _, kms := range n.all("SSE-KMS") {
		keys = append(keys, authz.String("s3:x-amz-server-side-encryption", "aws:kms"))
		for _, arn := range kms.all("KMSKeyArn") {
			keys = append(keys, authz.String("s3:x-amz-server-side-encryption-aws-kms-key-id", string(arn.content)))
		}
	}
	if len(keys) > 2 {
		return errXML
	}
	s.needObject("UpdateObjectEncryption", keys...)
	return nil
}
