package conformance_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/memstore"
	"github.com/understudy-iam/understudy/server"
)

// Nothing is stored that cannot be read back, whichever door it comes through:
// the state can be exported afterwards, also by a server that starts with it, and
// the export can be imported.
func TestStringsThatAreNotUTF8(t *testing.T) {
	t.Parallel()
	store := memstore.New()
	p := newPartner(t, iamtest.WithServer(func(o *server.Options) { o.Store, o.IdentityProvider = store, true }))
	p.notUTF8Calls(recordedCalls(t))
	p.notUTF8Documents()
	p.notUTF8Seeds()
	text := p.export("secrets=true")
	if again := restarted(t, store).export("secrets=true"); again != text {
		t.Error("a server that starts with the state exports another one")
	}
	into, _ := emptyServer(t)
	into.apply(text)
}

func restarted(t *testing.T, store persistence.Store) *partner {
	srv := iamtest.Start(t, iamtest.WithServer(func(o *server.Options) { o.Store = store }))
	return &partner{world: &world{Client: srv.IAM(), t: t, srv: srv, ctx: t.Context()}}
}

// recordedCalls are the forms of calls that make some of everything.
func recordedCalls(t *testing.T) []url.Values {
	p, _ := onStore(t)
	calls := &recordedForms{}
	p.Client = iam.NewFromConfig(p.srv.Config(t.Context()), func(o *iam.Options) { o.HTTPClient = calls })
	p.rich(rand.New(rand.NewPCG(1, 3)))
	if len(calls.forms) < 50 {
		t.Fatalf("%d calls were recorded; want many", len(calls.forms))
	}
	return calls.forms
}

type recordedForms struct {
	mu    sync.Mutex
	forms []url.Values
}

// Do sends a request and keeps its form.
func (c *recordedForms) Do(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	c.forms = append(c.forms, form)
	c.mu.Unlock()
	r.Body = io.NopCloser(bytes.NewReader(body))
	return testkit.HTTP.Do(r)
}

// notUTF8Calls makes each call with each of its parameters damaged, one at a
// time, and then as it was. Whether AWS would take it is not looked at.
func (p *partner) notUTF8Calls(calls []url.Values) {
	for _, form := range calls {
		for _, name := range slices.Sorted(maps.Keys(form)) {
			if name == "Action" || name == "Version" {
				continue
			}
			damaged := maps.Clone(form)
			damaged.Set(name, form.Get(name)+"\xff")
			p.post(damaged)
		}
		p.post(form)
	}
}

// post makes a call of the root user, which must not be a fault of the server.
func (p *partner) post(form url.Values) {
	p.t.Helper()
	body := form.Encode()
	r, err := http.NewRequest(http.MethodPost, p.srv.URL, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	sum := sha256.Sum256([]byte(body))
	key := aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}
	if err := v4.NewSigner().SignHTTP(p.ctx, key, r, hex.EncodeToString(sum[:]), "iam", "us-east-1", time.Now()); err != nil {
		p.t.Fatal(err)
	}
	if status, answer := send(p.t, r); status >= http.StatusInternalServerError {
		p.t.Errorf("%s: %d %s", body, status, answer)
	}
}

// notUTF8Documents sends what the management routes keep.
func (p *partner) notUTF8Documents() {
	for _, c := range []struct{ path, body string }{
		{"delegation-templates", `{"requestor":"Partner","name":"bad","policy":{"Version":"` + "\xff" + `"}}`},
		{"delegation-templates", `{"requestor":"Part` + "\xff" + `","name":"bad","policy":{}}`},
		{"delegation-templates", `{"requestor":"Partner","name":"bad` + "\xff" + `","policy":{}}`},
		{"security-keys", `{"name":"bad` + "\xff" + `"}`},
		{"security-keys", `{"name":"bad","certifications":{"FIDO` + "\xff" + `":"L1"}}`},
	} {
		if status, answer := p.manage("POST", c.path, c.body); status != http.StatusBadRequest || !strings.Contains(answer, "UTF-8") {
			p.t.Errorf("%s %q: %d %s", c.path, c.body, status, answer)
		}
	}
}

// notUTF8Seeds applies seeds whose documents and certificates come from a file.
func (p *partner) notUTF8Seeds() {
	for _, members := range []string{
		"policies: [{name: p, document: {file: bad}}]",
		"policies: [{name: p, versions: [{id: v1, default: true, document: {file: bad}}]}]",
		"groups: [{name: g, inline: {p: {file: bad}}}]",
		"roles: [{name: r, trust: {file: bad}}]",
		"samlProviders: [{name: s, metadata: {file: bad}}]",
		"samlProviders: [{name: s, metadata: m, privateKeys: [{key: {file: bad}}]}]",
		"serverCertificates: [{name: c, body: {file: bad}}]",
		"serverCertificates: [{name: c, body: b, chain: {file: bad}}]",
		"serverCertificates: [{name: c, body: b, privateKey: {file: bad}}]",
		"users: [{name: u, signingCertificates: [{body: {file: bad}}]}]",
		"users: [{name: u, sshPublicKeys: [{body: {file: bad}}]}]",
		"root: {signingCertificates: [{body: {file: bad}}]}",
		"delegationTemplates: [{name: t, requestor: r, policy: {file: bad}}]",
	} {
		p.refusedSeed("accounts: [{id: '000000000000', " + members + "}]")
	}
	p.refusedSeed(`{"Policies":[{"PolicyName":"p","Arn":"arn:aws:iam::000000000000:policy/p","PolicyVersionList":[{"VersionId":"v1","IsDefaultVersion":true,"Document":"%7B%FF%7D"}]}]}`)
}

func (p *partner) refusedSeed(text string) {
	p.t.Helper()
	kind, body, err := (&management.Seed{Name: "s", Text: []byte(text), Files: map[string][]byte{"bad": []byte("{\"a\":\"\xff\"}")}}).Body()
	if err != nil {
		p.t.Fatal(err)
	}
	if status, answer := askServer(p.t, p.srv, "POST seed", kind, string(body)); status != http.StatusBadRequest ||
		!strings.Contains(answer, "UTF-8") {
		p.t.Errorf("%s: %d %s", text, status, answer)
	}
}
