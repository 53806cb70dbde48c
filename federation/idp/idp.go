// Package idp is an identity provider for tests and practice: it signs the ID
// tokens that somebody asks for, in the name of any issuer, without asking who
// asks. Its tokens can have the shapes of those of GitHub Actions, of Amazon EKS
// and of Amazon Cognito, or be the context assertions of IAM Identity Center. It
// signs SAML assertions too. A Provider makes them; a Handler serves it over HTTP.
//
// It guarantees that its keys are in the store: they are made when they are
// first needed, outlive a restart, and every process on the same store has them.
// The ID of a key is made of its digest, so that no other issuer's key has it.
//
// # Caveats
//
// Whoever can reach it can be whoever is trusted by way of its keys. It is for
// servers on which that does not matter, and only if they say so. It keeps no
// users, and no record of the tokens that it signed.
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

// Issuer is the issuer of tokens for which no other one is asked for.
const Issuer = "https://" + Host

// Options configures a Provider. Store and Account are required.
type Options struct {
	Store   persistence.Store
	Account string // under which the keys are in the store

	Partition principal.Partition // of the server; "" is principal.AWS

	Now    func() time.Time // nil: time.Now
	Random io.Reader        // of the IDs of tokens; nil: crypto/rand
}

// Provider signs tokens. It is safe for concurrent use.
type Provider struct {
	options Options
	making  sync.Mutex
	opened  sync.Map // of *key, by its ID, so that none is ever out of date
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
