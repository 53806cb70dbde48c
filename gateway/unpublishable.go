package gateway

import (
	"cmp"
	"net/http"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/gateway/services"
	"github.com/understudy-iam/understudy/principal"
)

// unpublishable returns the failure of a call that is allowed but sets an ACL or a policy which the
// settings of its bucket forbid.
func (c *call) unpublishable(p *services.Publishes) *failure {
	if p.Bucket == "" {
		return nil
	}
	bucket := c.bucketARN(p.Bucket)
	a, _ := principal.ParseARN(bucket)
	owner := cmp.Or(c.ownerOf(bucket), c.g.account(c.caller))
	if p.PublicACL || p.PublicPolicy {
		blocks, err := c.accessBlocks(c.ctx, a, owner)
		switch all := blocks.all(); {
		case err != nil:
			return c.denied(err)
		case p.PublicPolicy && all.Policies:
			return c.blocked("public policies are blocked by the BlockPublicPolicy block public access setting.",
				blocks.publicPolicy(bucket))
		case p.PublicACL && all.ACLs:
			return c.blocked("public access control lists (ACLs) are blocked by the BlockPublicAcls block public access setting.",
				blocks.publicACL())
		}
	}
	if !p.ACL || c.known.Operation == "CreateBucket" {
		return nil
	}
	enforced, err := learn(c.ctx, c, inquiry[bool]{
		about: bucket, what: "ownership",
		question: func() *services.Question { return services.AskOwnership(p.Bucket) },
		read:     services.ReadOwnership,
	})
	switch {
	case err != nil:
		return c.denied(err)
	case enforced:
		return &failure{
			kind: malformed, code: "AccessControlListNotSupported", status: http.StatusBadRequest,
			message: "The bucket does not allow ACLs", err: disabledACLs(p.Bucket),
		}
	}
	return nil
}

// blocked returns S3's refusal of a call by Block Public Access (quoted from answers).
func (c *call) blocked(reason string, why *RefusedError) *failure {
	first := &c.needs[0]
	f := c.denied(authz.NotAuthorized(c.caller.ARN, first.Action, cmp.Or(first.Label, first.Resource)))
	if c.caller.Kind != principal.Anonymous {
		f.message += " because " + reason
	}
	f.err = why
	return f
}

// publicPolicy says why a public policy is not set.
func (list accessBlocks) publicPolicy(bucket string) *RefusedError {
	has := func(b services.AccessBlock) bool { return b.Policies }
	return &RefusedError{
		Setting: "BlockPublicPolicy",
		Sentence: "The policy in the request is public, and the setting BlockPublicPolicy of Block Public Access, which is on for " +
			list.where(has) + ", does not let anybody set a public policy.",
		Compared: []Compared{{
			What: "the policy for " + bucket,
			Want: "one whose statements with Effect Allow name accounts, users or roles in Principal, or require a fixed " +
				"value of a key such as " +
				"aws:PrincipalOrgID",
			Got: "a public one",
		}},
		Check: []string{"Set a policy that is not public.", list.lifted("BlockPublicPolicy", has)},
	}
}

// publicACL says why a public ACL is not set.
func (list accessBlocks) publicACL() *RefusedError {
	has := func(b services.AccessBlock) bool { return b.ACLs }
	return &RefusedError{
		Setting: "BlockPublicAcls",
		Sentence: "The ACL in the request is public, and the setting BlockPublicAcls of Block Public Access, which is on for " +
			list.where(has) + ", does not let anybody set a public ACL.",
		Compared: []Compared{{What: "the ACL", Want: "one that gives nothing to everybody or to everybody with an " +
			"account", Got: "a public one"}},
		Check: []string{"Leave the ACL out, or set one that is not public, such as private.", list.lifted("BlockPublicAcls", has)},
	}
}

// disabledACLs explains why a bucket does not accept ACLs.
func disabledACLs(bucket string) *RefusedError {
	return &RefusedError{
		Setting: "BucketOwnerEnforced",
		Sentence: "The request sets an ACL, and the ACLs of bucket " + bucket + " are disabled: the setting Object Ownership " +
			"of the bucket is " +
			"BucketOwnerEnforced.",
		Compared: []Compared{{What: "the ACL", Want: "none, or bucket-owner-full-control", Got: "another one"}},
		Check: []string{
			"Leave the ACL out, and give access with a bucket policy: aws s3api put-bucket-policy --bucket " + bucket + ".",
			"If ACLs are needed, enable them: aws s3api put-bucket-ownership-controls --bucket " + bucket +
				" --ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerPreferred}]'.",
		},
	}
}
