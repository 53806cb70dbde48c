package awsapi

import (
	"net"
	"strings"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
)

// endpoint notes which endpoint of the service a request is for: the one that its Host names, as
// with a proxy or /etc/hosts, or else the one for the scope's region. A request without a scope is
// for a regional endpoint.
func (c *request) endpoint(scope string) {
	facts := &c.caller.Request
	facts.Region = scope
	host, ok := c.hostRegion()
	switch {
	case ok:
		facts.GlobalEndpoint = host == sigv4.AWSGlobal
		if scope == "" {
			facts.Region = strings.Clone(host) // the Host header may be long
		}
	case scope == sigv4.AWSGlobal, scope != "" && scope == c.handler.GlobalRegion:
		facts.GlobalEndpoint = true
	}
	if facts.Region == sigv4.AWSGlobal {
		facts.Region = sigv4.GlobalRegion
	}
	if only := c.handler.onlyIn(); only != "" {
		if of, known := sigv4.Partition(facts.Region); known && of != only {
			facts.Region = c.handler.Partition.Region() // for a SigV4A set without a region
		}
	}
}

// onlyIn is the partition to which the region of a scope must belong, "" for any.
func (h *handler) onlyIn() string { return h.Partition.Mark() }

// hostRegion returns the region of the AWS endpoint that the Host header names, "aws-global" for
// the global endpoint, which only the partition aws has; false if it names none.
// https://docs.aws.amazon.com/general/latest/gr/sts.html
func (c *request) hostRegion() (string, bool) {
	host := strings.ToLower(c.r.Host)
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	rest, ok := strings.CutPrefix(host, c.api.Name)
	if !ok {
		return "", false
	}
	p := c.handler.Partition
	if p.HasGlobalSTS() && rest == "."+p.Domain() {
		return sigv4.AWSGlobal, true
	}
	rest = strings.TrimPrefix(rest, "-fips")
	for _, domain := range []string{p.Domain(), p.DualStackDomain()} {
		if region, ok := strings.CutSuffix(rest, "."+domain); ok && strings.HasPrefix(region, ".") && sigv4.ValidRegion(region[1:]) {
			return region[1:], true
		}
	}
	return "", false
}
