package imds

import (
	"net"
	"net/netip"
	"slices"
	"strings"
)

// awsAddresses are those at which AWS serves metadata and credentials, for whom
// gives this machine one of them.
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
var awsAddresses = []netip.Addr{
	netip.MustParseAddr("169.254.169.254"), netip.MustParseAddr("fd00:ec2::254"), // EC2
	netip.MustParseAddr("169.254.170.2"),                                       // ECS
	netip.MustParseAddr("169.254.170.23"), netip.MustParseAddr("fd00:ec2::23"), // EKS
}

// ownHost reports whether a Host header names this endpoint. A web page that has
// its name lead to a loopback address cannot change the header.
func (h *handler) ownHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.Trim(host, "[]"))
	if host == "localhost" || slices.ContainsFunc(h.Hosts, func(name string) bool { return strings.EqualFold(name, host) }) {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && (ip.Unmap().IsLoopback() || slices.Contains(awsAddresses, ip))
}
