package services

import (
	"net/url"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/authz"
)

// putObject needs PutObject, and a further action for each other thing that the request sets: an
// ACL, tags, a retention or a legal hold.
func (s *s3call) putObject() error {
	if s.header("X-Amz-Copy-Source") != "" {
		return s.copyObject() // a presigned URL may have it in its query
	}
	return s.puts()
}

func (s *s3call) puts(more ...authz.Key) error {
	tags, err := headerTags(s.header("X-Amz-Tagging"))
	if err != nil {
		return err
	}
	more = append(more, s.creates())
	s.needObject("PutObject", append(more, tags...)...)
	if s.grants() {
		s.needObject("PutObjectAcl", more...)
	}
	s.setsBeside(tags)
	return nil
}

// setsBeside needs a further action for each of tags, a retention and a legal hold.
func (s *s3call) setsBeside(tags []authz.Key) {
	if len(tags) > 0 {
		s.needObject("PutObjectTagging", tags...)
	}
	if s.header("X-Amz-Object-Lock-Mode") != "" || s.header("X-Amz-Object-Lock-Retain-Until-Date") != "" {
		s.needObject("PutObjectRetention")
	}
	if s.header("X-Amz-Object-Lock-Legal-Hold") != "" {
		s.needObject("PutObjectLegalHold")
	}
}

// putPart needs PutObject, for a part of an upload and for completing it.
func (s *s3call) putPart() error {
	if s.header("X-Amz-Copy-Source") != "" {
		return s.uploadPartCopy()
	}
	s.needObject("PutObject", s.creates())
	return nil
}

// creates reports whether the call creates an object, which starting an upload and sending its
// parts do not.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
func (s *s3call) creates() authz.Key {
	switch s.operation {
	case "CreateMultipartUpload", "UploadPart", "UploadPartCopy":
		return authz.String("s3:ObjectCreationOperation", "false")
	}
	return authz.String("s3:ObjectCreationOperation", "true")
}

// grants reports whether the request sets an ACL.
func (s *s3call) grants() bool { return s.header("X-Amz-Acl") != "" || s.grantsSomeone() }

// grantsSomeone reports whether the request names who gets a permission.
func (s *s3call) grantsSomeone() bool {
	return slices.ContainsFunc(s3HeaderKeys(), func(h headerKey) bool {
		return strings.HasPrefix(h.header, "X-Amz-Grant-") && s.header(h.header) != ""
	})
}

// errTagging is S3's refusal of tags that it cannot read.
var errTagging = &Malformed{
	Code:   "InvalidArgument",
	Reason: "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
}

// headerTags returns the keys of tags that are written like a query.
func headerTags(header string) ([]authz.Key, error) {
	var tags []tag
	seen := map[string]bool{}
	for part := range strings.SplitSeq(header, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		name, err := url.QueryUnescape(name)
		if err != nil || seen[name] {
			return nil, errTagging
		}
		if value, err = url.QueryUnescape(value); err != nil {
			return nil, errTagging
		}
		seen[name] = true
		tags = append(tags, tag{name, value})
	}
	return objectTags(tags), nil
}

// deleteObject needs the action for the object or for its version.
func (s *s3call) deleteObject() error {
	s.onObject("DeleteObject", "DeleteObjectVersion")
	s.bypasses()
	return nil
}

// bypasses needs the action to bypass a retention, if the request asks for it.
func (s *s3call) bypasses() {
	if strings.EqualFold(s.header("X-Amz-Bypass-Governance-Retention"), "true") {
		s.needObject("BypassGovernanceRetention")
	}
}

// postObject needs what putObject does for the object that a form makes.
// https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html
func (s *s3call) postObject() error {
	s.form = s.r.Form
	if err := onceEach(s.form); err != nil {
		return err
	}
	s.key = s.field("key")
	if s.key == "" {
		return &Malformed{
			Code:   "InvalidArgument",
			Reason: "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.",
		}
	}
	s.all = append(s.authentication(), s.headers()...)
	return s.posts()
}

func (s *s3call) posts() error {
	// A form has its ACL in a field without a prefix, and its tags in XML.
	if acl := s.field("acl"); acl != "" {
		s.all = append(s.all, authz.String("s3:x-amz-acl", acl))
	}
	tags, err := bodyTags([]byte(s.field("tagging")))
	if err != nil {
		return err
	}
	s.needObject("PutObject", append([]authz.Key{s.creates()}, tags...)...)
	if s.grants() || s.field("acl") != "" {
		s.needObject("PutObjectAcl")
	}
	s.setsBeside(tags)
	return nil
}

// renameObject needs to write the new object and to read and delete the old one.
// It works only in directory buckets, where the session's permission covers all of it.
func (s *s3call) renameObject() error {
	s.needObject("PutObject", s.creates())
	return nil
}

// createSession needs the action of S3 Express.
func (s *s3call) createSession() error {
	mode := s.header("X-Amz-Create-Session-Mode")
	if mode == "" {
		mode = "ReadWrite"
	}
	s.need("s3express:CreateSession", s.bucket.arn, authz.String("s3:SessionMode", mode), authz.String("s3:ResourceAccount", s.r.Account))
	return nil
}
