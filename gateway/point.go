package gateway

import (
	"cmp"

	"github.com/understudy-iam/understudy/gateway/services"
)

// pointBucket asks the upstream for the bucket of an access point: emulators know access points
// only in the operations of S3 Control, and objects only by their bucket.
func (c *call) pointBucket(point string) (string, bool) {
	bucket := guess(c, inquiry[string]{
		about: point, what: "bucket",
		question: func() *services.Question { return services.AskPoint(point) },
		read:     services.ReadPoint,
	})
	return bucket, bucket != ""
}

// place directs a call on an access point to its bucket.
func (c *call) place(needs *services.Needs) *failure {
	switch {
	case needs.OtherOwner != nil:
		f := c.fail(denied, "Access Denied")
		f.err = otherOwner(needs.OtherOwner)
		return f
	case needs.UnknownPoint != "":
		return c.fail(notServed, "The request is allowed, but it is not sent on: its access point "+needs.UnknownPoint+
			" is not one that the upstream knows (GetAccessPoint of S3 Control); create it there, or use the bucket.")
	}
	if f := c.unpublishable(&needs.Publishes); f != nil {
		return f
	}
	c.moved = needs.Path
	return c.misplaced()
}

// sentPath returns the path that is sent on.
func (c *call) sentPath() string { return cmp.Or(c.moved, c.request.Path) }
