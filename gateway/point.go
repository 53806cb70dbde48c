package gateway

import (
	"cmp"

	"github.com/understudy-iam/understudy/gateway/services"
)

// pointBucket returns the bucket behind an access point, which the upstream is asked
// for: emulators know access points by operations of S3 Control alone, and objects by
// their bucket.
func (c *call) pointBucket(point string) (string, bool) {
	bucket := guess(c, inquiry[string]{
		about: point, what: "bucket",
		question: func() *services.Question { return services.AskPoint(point) },
		read:     services.ReadPoint,
	})
	return bucket, bucket != ""
}

// place lets the call be sent on to where its resource is: to the bucket that is behind an
// access point.
func (c *call) place(needs *services.Needs) *failure {
	switch {
	case needs.OtherOwner != nil:
		f := c.fail(denied, "Access Denied")
		f.err = otherOwner(needs.OtherOwner)
		return f
	case needs.UnknownPoint != "":
		return c.fail(notServed, "The request is allowed, but it is not sent on: its access point "+needs.UnknownPoint+
			" is none whose bucket the upstream says (GetAccessPoint of S3 Control); make it there, or use the bucket.")
	}
	if f := c.unpublishable(&needs.Publishes); f != nil {
		return f
	}
	c.moved = needs.Path
	return c.misplaced()
}

// sentPath is the path that is sent on.
func (c *call) sentPath() string { return cmp.Or(c.moved, c.request.Path) }
