package server

import (
	"context"
	"time"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/awsapi"
	"github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
	"github.com/understudy-iam/understudy/sts"
)

// stack is all that reads the store to answer a request.
type stack struct {
	credentials credentials
	authorizer  *authz.Authorizer
	operations  map[string]awsapi.Operation // by name; IAM and STS have none in common
}

// services are those of the options, on a store.
func (s *Server) services(store persistence.Store, a *authz.Authorizer) (*iam.Service, *sts.Service) {
	o := s.options
	forIAM := iam.Options{
		Store: store, Now: s.clock.Now, Random: o.Random, Quotas: o.Quotas, Authorizer: a, StrictSimulation: o.StrictSimulation,
	}
	if s.idp != nil {
		forIAM.Certificates = idpCertificates(s.idp)
	}
	tokens := sts.New(sts.Options{
		Store: store, Now: s.clock.Now, Random: o.Random, Authorizer: a, IssuerKeys: s.issuers, Contexts: s.contexts, StrictSAML: o.StrictSAML,
	})
	return iam.New(forIAM), tokens
}

// behind is the stack of those who see the state of some time ago; nil for a
// request that sees the present.
func (s *Server) behind(ctx context.Context) *stack {
	lag := principal.FromContext(ctx).Request.Lag
	if lag == 0 {
		return nil
	}
	s.trouble.mu.Lock()
	defer s.trouble.mu.Unlock()
	if found := s.trouble.behind[lag]; found != nil {
		return found
	}
	store := s.trouble.store.Behind(lag)
	made := &stack{credentials{s.credentials.On(store)}, s.authorizer.On(store), map[string]awsapi.Operation{}}
	for _, op := range operations(s.services(store, made.authorizer)) {
		made.operations[op.Name] = op
	}
	if s.trouble.behind == nil {
		s.trouble.behind = map[time.Duration]*stack{}
	}
	s.trouble.behind[lag] = made
	return made
}

// lagging are the operations, performed by the stack of a request that lags.
func (s *Server) lagging(ops []awsapi.Operation) []awsapi.Operation {
	for i, op := range ops {
		ops[i] = op.Or(func(ctx context.Context) (other awsapi.Operation, ok bool) {
			if late := s.behind(ctx); late != nil {
				other, ok = late.operations[op.Name]
			}
			return other, ok
		})
	}
	return ops
}

// laggingCredentials looks a key up in the state that the request sees.
type laggingCredentials struct{ s *Server }

// Lookup finds the credential of an access key ID.
func (l laggingCredentials) Lookup(ctx context.Context, accessKeyID, sessionToken, region string) (awsapi.Credential, error) {
	if late := l.s.behind(ctx); late != nil {
		return late.credentials.Lookup(ctx, accessKeyID, sessionToken, region)
	}
	return l.s.credentials.Lookup(ctx, accessKeyID, sessionToken, region)
}
