package gateway

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/awsapi/sigv4/postform"
)

// isPosted reports whether the call is a form with a file that is sent to S3.
func (c *call) isPosted() bool {
	return c.known != nil && c.known.Service.Name == "s3" && c.known.Operation == "PostObject"
}

// openForm reads the fields of a form, and finds the key with which its policy claims to be signed.
// What the head says about an object does not count: S3 reads the fields.
func (c *call) openForm() (err error) {
	if c.sig != nil {
		return &sigv4.Error{Reason: sigv4.ErrTwoSignatures}
	}
	if c.form, err = postform.Read(c.in); err != nil {
		return err
	}
	for name := range c.request.Header {
		if strings.HasPrefix(name, "X-Amz-") || name == "Content-Encoding" || name == "Content-Md5" {
			c.request.Header.Del(name)
		}
	}
	c.request.Form = c.fields()
	if c.sig, err = c.form.Signature(); c.sig == nil || err != nil {
		return err
	}
	c.scope()
	c.claim()
	if err := c.sig.CheckScopeIn("s3", c.g.options.Partition.Mark()); err != nil {
		return err
	}
	return c.lookUp()
}

// fields returns what the form says about the object, with the key that it will have.
func (c *call) fields() url.Values {
	fields := url.Values{"key": {c.form.Key()}}
	for _, name := range c.form.Fields() {
		if !strings.EqualFold(name, "key") {
			fields[name] = []string{c.form.Field(name)}
		}
	}
	return fields
}

// proveForm verifies the signature of the form's policy, and checks the form against the policy.
func (c *call) proveForm() error {
	if c.sig != nil {
		if err := c.form.Verify(c.sig, c.secret); err != nil {
			return err
		}
	}
	return c.form.Check(bucketIn(c.request.Path), c.caller.Request.Received)
}

// bucketIn returns the bucket in the path of a form that was recognised.
func bucketIn(path string) string {
	bucket, _ := url.PathUnescape(strings.Trim(path, "/"))
	return bucket
}

// attachForm gives the request the form that was decided about, signed again, or with the policy
// and the signature of the client.
func (c *call) attachForm(out *http.Request, t *target) error {
	if c.keeps(t) {
		return c.form.AttachAsSent(out)
	}
	return c.form.Attach(out, bucketIn(c.sentPath()), c.g.signer(out, t, c.signature()), time.Now())
}

// formFault returns S3's answer to an invalid form.
func (c *call) formFault(e *postform.Error) *failure {
	if c.stage == AtSignature {
		c.stage = AtParameters
	}
	f := &failure{kind: malformed, code: e.Code, status: e.Status, message: e.Message, err: e}
	for _, d := range e.Details {
		f.details = append(f.details, detail{d.Name, d.Value})
	}
	return f
}
