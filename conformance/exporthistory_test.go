package conformance_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/internal/testkit"
)

// TestRandomStatesComeBack: whatever state random calls have made, an empty server
// that imports its export exports the same bytes, and the server itself changes
// nothing when it imports it.
func TestRandomStatesComeBack(t *testing.T) {
	t.Parallel()
	var made calledOften
	for seed := range testkit.Rounds(t, 4, 7*time.Second) { // of 250 calls: 1,000 in all in every run
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			h := &exportHistory{history: newHistory(t, uint64(seed)), made: &made}
			h.certificates()
			for range 5 {
				for range 25 {
					h.step()
					h.more()
				}
				h.comeBack()
			}
		})
	}
	if n := made.kinds(); n < 30 {
		t.Errorf("%d kinds of calls ever succeeded; want 30 at least: %s", n, &made)
	}
}

// exportHistory is a history of calls that leave more behind than policies.
type exportHistory struct {
	*history
	made *calledOften
	leaf certificate
	idp  string // a certificate of an identity provider
}

func (h *exportHistory) certificates() {
	h.leaf = newCertificate(h.t, "leaf", nil)
	_, h.idp = idpKey(h.t)
}

// more makes a random call. It may be refused by AWS's rules, and nothing else.
func (h *exportHistory) more() {
	h.t.Helper()
	list := [][]historyCall{
		h.ofKeys(), h.ofPasswords(), h.ofCredentials(), h.ofDevices(), h.ofProfiles(), h.ofTrust(), h.ofOIDC(), h.ofSAML(),
		h.ofCertificates(), h.ofAccount(), h.ofTags(),
	}[h.IntN(11)]
	c := list[h.IntN(len(list))]
	err := c.make()
	code := testkit.Code(err)
	h.calls = append(h.calls, fmt.Sprint(c.name, " ", c.on, " ", code))
	if err != nil && (code == "" || strings.HasSuffix(code, "Failure")) {
		h.t.Fatalf("%s %s: %v", c.name, c.on, err)
	}
	if err == nil {
		h.made.note(c.name)
	}
}

// comeBack compares the export of the history's server with that of a server that
// imported it.
func (h *exportHistory) comeBack() {
	h.t.Helper()
	from := &partner{world: &world{Client: h.Client, t: h.t, srv: h.srv, ctx: h.ctx}}
	text := from.export("secrets=true")
	into, _ := emptyServer(h.t)
	into.apply(text)
	if again := into.export("secrets=true"); again != text {
		h.t.Fatalf("after %s\nanother export (-first +second):\n%s", strings.Join(h.calls, "\n"), cmp.Diff(text, again))
	}
	from.apply(text)
	if again := from.export("secrets=true"); again != text {
		h.t.Fatalf("after %s\nits own export changes it (-before +after):\n%s", strings.Join(h.calls, "\n"), cmp.Diff(text, again))
	}
	testkit.Must(h.srv.STS().GetSessionToken(h.ctx, &sts.GetSessionTokenInput{}))(h.t) // makes a sealing key, which the next export has
}

// calledOften counts which calls succeeded, in all histories.
type calledOften struct{ times map[string]int }

func (c *calledOften) note(name string) {
	if c.times == nil {
		c.times = map[string]int{}
	}
	c.times[name]++
}

func (c *calledOften) kinds() int { return len(c.times) }

// String lists the calls.
func (c *calledOften) String() string { return fmt.Sprint(c.times) }
