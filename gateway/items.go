package gateway

import (
	"bytes"
	"io"
	"net/http"
	"strconv"

	"github.com/understudy-iam/understudy/gateway/services"
)

// partly is a call with parts that are denied: the rest is sent on, and the errors of these parts
// are put into the answer.
type partly struct {
	needs  *services.Needs
	denied []services.DeniedItem
}

// leaveOut removes the denied parts from the call.
func (c *call) leaveOut(needs *services.Needs, parts []error) *failure {
	p := &partly{needs: needs}
	for i, err := range parts {
		if err != nil {
			f := c.denied(err)
			p.denied = append(p.denied, services.DeniedItem{Index: i, Code: c.answerOf(f).code, Message: f.message})
		}
	}
	c.partly = p
	if needs.AllDenied(p.denied) {
		return nil
	}
	rest, err := needs.Without(c.request.Body, p.denied)
	if err != nil {
		return c.internal(err)
	}
	c.whole = rest
	needs.Rewrite(c.request.Header, rest)
	return nil
}

// answerParts answers a call if all its parts are denied.
func (c *call) answerParts() {
	body, err := c.partly.needs.WithDenied(nil, c.partly.denied)
	if err != nil {
		c.refuse(c.internal(err))
		return
	}
	h := c.w.Header()
	c.identify(h)
	h.Set("Content-Type", c.contentType())
	h.Set("Content-Length", strconv.Itoa(len(body)))
	c.observe(&Exchange{Status: http.StatusOK})
	c.w.WriteHeader(http.StatusOK)
	_, _ = c.w.Write(body) // the client has gone if it fails
}

// mergeParts puts the errors of the parts that were left out into the answer of the
// upstream. An answer that is an error is left unchanged.
func (c *call) mergeParts(res *http.Response) error {
	if res.StatusCode != http.StatusOK {
		return nil
	}
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxWhole))
	_ = res.Body.Close()
	if err == nil {
		answer, err = c.partly.needs.WithDenied(answer, c.partly.denied)
	}
	if err != nil {
		return err
	}
	for _, name := range []string{"Content-Md5", "X-Amz-Crc32"} { // of another body
		res.Header.Del(name)
	}
	res.Body, res.ContentLength = io.NopCloser(bytes.NewReader(answer)), int64(len(answer))
	res.Header.Set("Content-Length", strconv.Itoa(len(answer)))
	return nil
}
