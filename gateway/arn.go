package gateway

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/understudy-iam/understudy/principal"
)

// foreignARN looks in the upstreams' answers for an ARN of another account or partition, which
// shows that policies are compared with other ARNs than the upstream uses. It is logged once.
type foreignARN struct{ told atomic.Bool }

// arnPrefix is the start of every ARN.
const arnPrefix = "arn:"

// maxLooked is how many bytes of an answer are searched.
const maxLooked = 64 << 10

// watch returns the body of an answer, which is searched while it passes.
func (f *foreignARN) watch(c *call, res *http.Response) io.Reader {
	contentType := res.Header.Get("Content-Type")
	readable := strings.Contains(contentType, "json") || strings.Contains(contentType, "xml")
	if f.told.Load() || !readable || res.StatusCode >= http.StatusMultipleChoices {
		return res.Body
	}
	if c.known != nil && c.known.Operation == "GetObject" {
		return res.Body // which holds what users have put there
	}
	return &looker{Reader: res.Body, f: f, c: c}
}

// looker searches the first pieces of a body, each by itself: an ARN that is split between two of
// them is not found.
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

// look finds the first ARN of another account or partition, and logs it.
func (f *foreignARN) look(c *call, part []byte) {
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
		if ok && f.tell(c, arn) {
			return
		}
	}
}

// tell reports whether an ARN is of another account or partition than policies are compared with,
// and logs it the first time. ARNs of IAM and STS are ignored: they are not the upstream's.
func (f *foreignARN) tell(c *call, arn principal.ARN) bool {
	if !principal.ValidAccountID(arn.AccountID) || arn.Service == "iam" || arn.Service == "sts" {
		return false
	}
	what, own, found := "account", c.holder(), arn.AccountID
	advice := "start the server with --upstream-account if all its resources are of that account"
	if p := c.g.options.Partition; !p.Is(arn) {
		what, own, found = "partition", p.String(), arn.Partition
		advice = "start the server with --partition if it should be in that partition, or let clients sign for a region of " +
			"the server's partition"
	}
	if own == found {
		return false
	}
	if f.told.CompareAndSwap(false, true) {
		c.g.options.Logger.Warn("an upstream answers with ARNs of another "+what+" than the one that policies are compared with; "+advice,
			"upstream", c.upstream.URL.String(), what, own, "found", found, "request_id", c.caller.Request.ID)
	}
	return true
}
