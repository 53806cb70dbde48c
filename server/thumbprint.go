package server

import (
	"context"
	"net"
	"strings"

	"github.com/understudy-iam/understudy/federation/idp"
	"github.com/understudy-iam/understudy/iam"
)

// thumbprint finds the thumbprints of identity providers' hosts as the options say,
// and the local provider's from its own certificate.
func (s *Server) thumbprint() iam.Thumbprint {
	others := iam.DerivedThumbprint
	if s.options.FetchThumbprints {
		others = iam.FetchThumbprint
	}
	if s.idp == nil {
		return others
	}
	return func(ctx context.Context, host string) (string, error) {
		name, _, err := net.SplitHostPort(host)
		if err != nil {
			name = host
		}
		if !strings.EqualFold(name, idp.Host) {
			return others(ctx, host)
		}
		c, _, err := s.idp.Certificate(ctx)
		if err != nil {
			return "", err
		}
		return iam.ThumbprintOf(c), nil
	}
}
