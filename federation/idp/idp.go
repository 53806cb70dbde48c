// Package idp is an identity provider for tests and practice: it signs ID tokens in the name of any
// issuer, for anybody who asks. Its tokens can look like those of GitHub Actions, Amazon EKS and
// Amazon Cognito, or be context assertions of IAM Identity Center. It signs SAML assertions too. A
// Provider makes them; a Handler serves it over HTTP.
//
// It guarantees that its keys are in the store: they are made when they are first needed, survive a
// restart, and are shared by every process on the same store. The ID of a key is made of its
// digest, so that no key of another issuer has the same ID.
//
// # Caveats
//
// Whoever can reach it can pretend to be anybody who is trusted through its keys. Use it only on
// servers where that does not matter; they have to enable it. It keeps no users, and no record of
// the tokens that it signed.
package idp

import (
	"crypto/rand"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// Host is the provider's own host. No network has it: .test is reserved, see
// RFC 6761, and the keys are found where the server is.
const Host = "idp.understudy.test"

// Issuer is the issuer of tokens if the request names no other.
const Issuer = "https://" + Host

// Options configures a Provider. Store and Account are required.
type Options struct {
	Store   persistence.Store
	Account string // under which the keys are stored

	Partition principal.Partition // of the server; "" is principal.AWS

	Now    func() time.Time // nil: time.Now
	Random io.Reader        // of the IDs of tokens; nil: crypto/rand
}

// Provider signs tokens. It is safe for concurrent use.
type Provider struct {
	options Options
	making  sync.Mutex
	opened  sync.Map // of *key, by its ID, so that none can be out of date
	held    atomic.Int32
}

// New makes a Provider.
func New(o Options) *Provider {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	return &Provider{options: o}
}
