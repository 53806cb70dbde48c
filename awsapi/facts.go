package awsapi

import (
	"net/http"
	"net/netip"
	"strings"

	"github.com/understudy-iam/understudy/principal"
)

// Facts returns what is known about a request before its caller is known, according to the options
// of a handler. It gives the request an ID.
func Facts(o Options) func(*http.Request) principal.Request {
	o.fill()
	return o.facts
}

func (o *Options) facts(r *http.Request) principal.Request {
	facts := principal.Request{
		ID:              o.NewID(),
		Time:            o.Clock(),
		Received:        o.Now(),
		UserAgent:       r.UserAgent(),
		Referer:         r.Referer(),
		SecureTransport: r.TLS != nil,
	}
	if at, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		facts.SourceIP = at.Addr().Unmap().WithZone("")
	}
	if o.TrustForwardedFor {
		first, _, _ := strings.Cut(r.Header.Get("X-Forwarded-For"), ",")
		if ip, err := netip.ParseAddr(strings.TrimSpace(first)); err == nil {
			facts.SourceIP = ip.Unmap()
		}
		if proto := r.Header.Get("X-Forwarded-Proto"); proto != "" {
			facts.SecureTransport = strings.EqualFold(proto, "https")
		}
	}
	facts.SecureTransport = facts.SecureTransport || o.SecureTransport
	return facts
}
