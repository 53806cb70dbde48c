package imds

import (
	"net/netip"
	"slices"

	"github.com/understudy-iam/understudy/internal/webguard"
)

// awsAddresses are the addresses at which AWS serves metadata and credentials, in case
// this machine has one of them.
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
var awsAddresses = []netip.Addr{
	netip.MustParseAddr("169.254.169.254"), netip.MustParseAddr("fd00:ec2::254"), // EC2
	netip.MustParseAddr("169.254.170.2"),                                       // ECS
	netip.MustParseAddr("169.254.170.23"), netip.MustParseAddr("fd00:ec2::23"), // EKS
}

// ownHosts returns the hosts by which clients may call the endpoint. There are fewer than
// for other servers, because AWS's clients take the endpoint's address from their
// configuration, and because the answers have credentials.
func ownHosts(more []string) *webguard.Hosts {
	addresses, names := slices.Clone(awsAddresses), []string{"localhost"}
	for _, given := range more {
		if host, err := webguard.ParseHost(given); err != nil {
			continue // a Host header cannot have this name
		} else if host.Name == "" {
			addresses = append(addresses, host.Addr)
		} else {
			names = append(names, host.Name)
		}
	}
	return &webguard.Hosts{Names: names, Addr: func(a netip.Addr) bool { return a.IsLoopback() || slices.Contains(addresses, a) }}
}
