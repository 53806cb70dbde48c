package server

import (
	"context"
	"crypto/x509"
	"net"
	"net/http"
	"strings"

	"github.com/understudy-iam/understudy/federation/idp"
	"github.com/understudy-iam/understudy/iam"
)

// idpPath is where the local identity provider is, below ManagementPath.
const idpPath = "idp/"

// idpRoutes are those of the local identity provider.
func (s *Server) idpRoutes() []route {
	var h http.Handler = http.HandlerFunc(noIDP)
	if s.idp != nil {
		h = idp.NewHandler(idp.HandlerOptions{Provider: s.idp, Path: ManagementPath + idpPath, Logger: s.options.Logger})
	}
	var list []route
	for _, r := range idp.Routes() {
		list = append(list, route{r.Method, idpPath + r.Path, h.ServeHTTP})
	}
	return list
}

// noIDP answers if the local identity provider is off.
func noIDP(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusNotFound, map[string]string{"error": "the local identity provider is off; start the server with --idp"})
}

// idpCertificates asks the hosts of identity providers for their certificates
// over the network, but the local provider for its own.
func idpCertificates(p *idp.Provider) iam.FetchCertificates {
	return func(ctx context.Context, host string) ([]*x509.Certificate, error) {
		name, _, err := net.SplitHostPort(host)
		if err != nil {
			name = host
		}
		if !strings.EqualFold(name, idp.Host) {
			return iam.DialCertificates(ctx, host)
		}
		c, _, err := p.Certificate(ctx)
		return []*x509.Certificate{c}, err
	}
}
