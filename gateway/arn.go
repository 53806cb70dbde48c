package gateway

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/understudy-iam/understudy/principal"
)

// foreignARN looks for an ARN of another account in what upstreams answer: then they
// hold the resources of another account than policies are compared with. It is told
// once.
type foreignARN struct{ told atomic.Bool }

// arnPrefix begins every ARN.
const arnPrefix = "arn:"

// maxLooked is how much of an answer is looked at.
const maxLooked = 64 << 10

// watch returns the body of an answer, which is looked at while it passes.
func (f *foreignARN) watch(c *call, res *http.Response) io.Reader {
	contentType := res.Header.Get("Content-Type")
	if f.told.Load() || !strings.Contains(contentType, "json") && !strings.Contains(contentType, "xml") || res.StatusCode >= http.StatusMultipleChoices {
		return res.Body
	}
	if c.known != nil && c.known.Operation == "GetObject" {
		return res.Body // which holds what users have put there
	}
	return &looker{Reader: res.Body, f: f, c: c}
}

// looker looks at the first parts of a body, each by itself: an ARN that is in two of
// them is not seen.
type looker struct {
	io.Reader
	f    *foreignARN
	c    *call
	seen int
}

func (l *looker) Read(p []byte) (int, error) {
	n, err := l.Reader.Read(p)
	if l.seen < maxLooked {
		l.seen += n
		l.f.look(l.c, p[:n])
	}
	return n, err
}

// look finds the first ARN whose account is another one, and tells of it.
func (f *foreignARN) look(c *call, part []byte) {
	own := c.g.account(c.caller)
	for {
		i := bytes.Index(part, []byte(arnPrefix))
		if i < 0 {
			return
		}
		part = part[i:]
		end := bytes.IndexAny(part, "\"<> \\\n")
		if end < 0 {
			end = len(part)
		}
		arn, ok := principal.ParseARN(string(part[:min(end, 2048)]))
		part = part[len(arnPrefix):]
		if !ok || !principal.ValidAccountID(arn.AccountID) || arn.AccountID == own || arn.Service == "iam" || arn.Service == "sts" {
			continue
		}
		if f.told.CompareAndSwap(false, true) {
			c.g.options.Logger.Warn("an upstream answers with ARNs of another account than the one that policies are compared with; "+
				"start the server with --upstream-account if all its resources are of that account",
				"upstream", c.upstream.URL.String(), "account", own, "found", arn.AccountID, "request_id", c.caller.Request.ID)
		}
		return
	}
}
