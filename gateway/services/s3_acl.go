package services

import (
	"cmp"
	"slices"
	"strings"
)

// Publishes says what a call of S3 opens to others by an ACL or a bucket policy, which the settings
// of the bucket and of its account may forbid.
type Publishes struct {
	Bucket string // "" if the call sets neither

	ACL          bool // it sets an ACL that gives something to others besides the bucket's owner
	PublicACL    bool // to everybody, or to everybody with an account
	PublicPolicy bool // it sets a public policy on the bucket
}

// publicACLs are the canned ACLs for everybody, and for everybody with an account.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html
var publicACLs = []string{"authenticated-read", "public-read", "public-read-write"}

// ownersACL is the canned ACL that is accepted even if a bucket's ACLs are disabled.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
const ownersACL = "bucket-owner-full-control"

// publicGroups are everybody, and everybody with an account.
var publicGroups = []string{"http://acs.amazonaws.com/groups/global/AllUsers", "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"}

// notePublishing notes what the call opens to others.
func (s *s3call) notePublishing() error {
	p := &s.needs.Publishes
	if s.form != nil {
		p.addCanned(s.field("acl"))
	}
	p.addCanned(s.header("X-Amz-Acl"))
	for _, h := range s3HeaderKeys() {
		if grant := s.header(h.header); grant != "" && strings.HasPrefix(h.header, "X-Amz-Grant-") {
			p.ACL = true
			p.PublicACL = p.PublicACL || slices.ContainsFunc(publicGroups,
				func(group string) bool { return strings.Contains(grant, group) })
		}
	}
	switch s.operation {
	case "PutBucketAcl", "PutObjectAcl":
		if err := p.addBody(s.r.Body); err != nil {
			return err
		}
	case "PutBucketPolicy":
		p.PublicPolicy = IsPublic(s.bucket.arn, string(s.r.Body))
	}
	if *p != (Publishes{}) {
		p.Bucket = cmp.Or(s.bucket.behind, s.bucket.name)
	}
	return nil
}

func (p *Publishes) addCanned(acl string) {
	p.ACL = p.ACL || acl != "" && acl != ownersACL
	p.PublicACL = p.PublicACL || slices.Contains(publicACLs, acl)
}

// addBody reads an ACL in XML. A single grant of full control to a user counts as
// bucket-owner-full-control.
func (p *Publishes) addBody(body []byte) error {
	n, err := readNode(body)
	if err != nil {
		return err
	}
	list, err := n.one("AccessControlList")
	if err != nil {
		return err
	}
	grants := list.all("Grant")
	p.ACL = p.ACL || len(grants) > 1
	for _, grant := range grants {
		permission, err := grant.texts("Permission")
		if err != nil {
			return err
		}
		grantee, err := grant.one("Grantee")
		if err != nil {
			return err
		}
		group, err := grantee.texts("URI")
		if err != nil {
			return err
		}
		p.ACL = p.ACL || group[0] != "" || permission[0] != "FULL_CONTROL"
		p.PublicACL = p.PublicACL || slices.Contains(publicGroups, strings.TrimSpace(group[0]))
	}
	return nil
}
