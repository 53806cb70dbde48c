package server

import (
	"context"
	"errors"

	"github.com/understudy-iam/understudy/awsapi"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/gateway"
	"github.com/understudy-iam/understudy/internal/awscli"
	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/principal"
)

// newGateway makes the gateway, which serves the calls of services other than IAM and STS.
// The same facts are known of its requests as of IAM's.
func (s *Server) newGateway(o awsapi.Options) (*gateway.Gateway, error) {
	return gateway.New(gateway.Options{
		Config: s.options.Gateway, OwnAccount: s.options.Account, Partition: s.options.Partition,
		Authorizer: s.authorizer, Credentials: gatewayCredentials{s.credentials},
		Facts: awsapi.Facts(o), SignatureAnswer: awsapi.SignatureAnswer, Used: s.iam.RecordAction,
		DeclaredPolicy: s.declaredPolicy, Accounts: s.accounts, Disturb: s.disturbGateway, InstanceProfile: s.instanceProfile,
		Entity: s.mirrored, EncodedMessage: s.denialMessage, Suspects: o.Suspects, Observe: s.observeGateway, Now: o.Now, Logger: o.Logger,
	})
}

// disturbGateway is disturb for a call of another service.
func (s *Server) disturbGateway(ctx context.Context, claim gateway.Claim) (context.Context, error) {
	ctx, err := s.disturb(ctx, awsapi.Claim(claim))
	if errors.Is(err, awsapi.ErrDropped) {
		err = gateway.ErrDropped
	}
	return ctx, err
}

// gatewayCredentials shows the credentials of sts to package gateway.
type gatewayCredentials struct{ credentials }

// Lookup finds the credential of an access key ID.
func (c gatewayCredentials) Lookup(ctx context.Context, accessKeyID, sessionToken, region string) (gateway.Credential, error) {
	found, err := c.credentials.Lookup(ctx, accessKeyID, sessionToken, region)
	return gateway.Credential{Secret: found.Secret, Principal: found.Principal, Admit: found.Admit}, err
}

// denialMessage returns the encoded message that EC2 gives to a denied caller, for
// DecodeAuthorizationMessage; "" if no decisions are kept.
func (s *Server) denialMessage(ctx context.Context, c *principal.Caller) string {
	d := (&events.Event{Caller: c}).Decision()
	if d == nil {
		return ""
	}
	message, err := s.encodedMessage(ctx, d)
	if err != nil {
		s.options.Logger.Error("a denial could not be encoded", "request_id", c.Request.ID, "error", err)
		return ""
	}
	return message
}

// stagesOfGateway are the stages of a call of the gateway.
var stagesOfGateway = map[gateway.Stage]awsapi.Stage{
	gateway.AtSignature: awsapi.AtSignature, gateway.AtService: awsapi.AtService,
	gateway.AtOperation: awsapi.AtOperation, gateway.AtParameters: awsapi.AtParameters,
}

// observeGateway logs and records a call of another service.
func (s *Server) observeGateway(x *gateway.Exchange) {
	e := awsapi.Exchange{
		Caller: x.Caller, Service: x.Caller.Request.Service, Operation: x.Caller.Request.Operation,
		Status: x.Status, Code: x.Code, Message: x.Message, Err: x.Err, OwnFault: x.OwnFault, Duration: x.Duration,
	}
	if x.Denied != nil {
		e.Input = deniedInput(x.Denied)
		for _, p := range x.Denied.Parameters {
			e.Sent += len(p.Member) + len(p.Value)
		}
	}
	if r := x.Refusal; r != nil {
		e.Refusal = &awsapi.Refusal{
			Stage: stagesOfGateway[r.Stage], Fault: r.Fault, Signature: r.Signature, CanonicalRequest: r.CanonicalRequest,
			StringToSign: r.StringToSign, Absent: r.Absent, Diagnosed: r.Diagnosed, Change: r.Change,
		}
	}
	if made := s.eventOf(&e); made != nil {
		show(made, x)
		s.record(made)
	}
}

// show adds to the event of a call of another service what CloudTrail shows of it.
func show(e *events.Event, x *gateway.Exchange) {
	if shown := x.Shown(); shown != nil {
		e.Shown = shown
	}
	if u := x.UpstreamError; u != nil {
		e.UpstreamCode, e.UpstreamMessage = u.Code, withoutValues(u.Message)
	}
}

// deniedInput returns the known parameters of a denied call.
func deniedInput(d *gateway.Denied) *awscli.Call {
	call := &awscli.Call{Command: awscli.Command(d.Service)}
	for _, p := range d.Parameters {
		call.Arguments = append(call.Arguments,
			awscli.Argument{Member: p.Member, Option: awscli.Option(p.Member), Values: []string{p.Value}})
	}
	return call
}

// upstreams are the upstreams of the gateway as health shows them.
func (s *Server) upstreams(ctx context.Context) []management.Upstream {
	list := []management.Upstream{}
	if len(s.options.Gateway.Upstreams) == 0 {
		return list
	}
	faults := s.gateway.Faults(ctx)
	for i, u := range s.options.Gateway.Upstreams {
		services := u.Services
		if services == nil {
			services = []string{}
		}
		list = append(list, management.Upstream{URL: u.URL.String(), Services: services, Fault: faults[i]})
	}
	return list
}

// WarnOfUpstreams writes to the log which upstreams do not answer. It takes no longer
// than two seconds.
func (s *Server) WarnOfUpstreams(ctx context.Context) {
	for _, u := range s.upstreams(ctx) {
		if u.Fault != "" && ctx.Err() == nil {
			s.options.Logger.Warn("an upstream does not answer", "upstream", u.URL, "fault", u.Fault)
		}
	}
}

// upstreamAccount is the account whose resources the upstreams hold; "" if there are
// none.
func (s *Server) upstreamAccount() string {
	switch c := &s.options.Gateway; {
	case len(c.Upstreams) == 0:
		return ""
	case c.Account != "":
		return c.Account
	}
	return s.options.Account
}
