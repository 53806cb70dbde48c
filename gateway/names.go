package gateway

import (
	"crypto/sha256"
	"net/http"
	"strings"
	"sync"

	"github.com/understudy-iam/understudy/gateway/services"
)

// maxNames is how many names are remembered at least.
const maxNames = 20000

// names remembers the names that upstreams have answered for resources: the key of a ciphertext,
// the stream of an iterator. The zero value is empty. It is safe for concurrent use.
type names struct {
	mu       sync.Mutex
	new, old map[[sha256.Size]byte]string
}

func nameKey(kind services.Lookup, name string) [sha256.Size]byte {
	return sha256.Sum256(append([]byte{byte(kind)}, name...))
}

func (n *names) get(kind services.Lookup, name string) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	key := nameKey(kind, name)
	if arn, ok := n.new[key]; ok {
		return arn
	}
	return n.old[key]
}

// put remembers a name. When there are too many, the older half is forgotten.
func (n *names) put(kind services.Lookup, name, arn string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.new == nil || len(n.new) >= maxNames {
		n.new, n.old = map[[sha256.Size]byte]string{}, n.new
	}
	n.new[nameKey(kind, name)] = arn
}

// resolve returns the ARN that a name in the request stands for; empty if it is not
// known. The upstream is asked if it can be.
func (c *call) resolve(kind services.Lookup, name string) string {
	question := services.AskName(kind, name)
	if question == nil {
		return c.g.names.get(kind, name)
	}
	return guess(c, inquiry[string]{
		about: name, what: "name",
		question: func() *services.Question { return question },
		read:     func(answer []byte) string { return services.ReadName(kind, name, answer) },
	})
}

// remember reads the answer to a call, at most maxWhole bytes, if it has a name to remember.
func (c *call) remember(res *http.Response) {
	if c.known == nil || !c.known.Teaches() || res.StatusCode != http.StatusOK {
		return
	}
	about := c.needs[len(c.needs)-1].Resource // for ReEncrypt the key that encrypts the new ciphertext
	if kind, name := c.known.Taught(peek(res, maxWhole)); name != "" && !strings.HasSuffix(about, "*") {
		c.g.names.put(kind, name, about)
	}
}
