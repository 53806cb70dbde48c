package gateway

import (
	"net"
	"net/url"
	"strings"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/principal"
)

// localhost is a domain in which a bucket can have a name of its own.
const localhost = "localhost"

// awsDomains are the domains of S3's endpoints, for clients that reach the server through a proxy
// or /etc/hosts. https://docs.aws.amazon.com/general/latest/gr/s3.html
var awsDomains = []string{"amazonaws.com", "amazonaws.com.cn"}

// s3Host is what can be read from a host of S3.
type s3Host struct {
	bucket string // or the ARN of an access point, with a colon before its name; "" if the host names none
	rest   string // the host without it
	reason string // why a call to the host cannot be decided; "" if it can
}

// readHost reads a host of S3: those of buckets in the virtual-hosted style
// (bucket.s3.REGION, with all the names that S3's endpoints have), those of access
// points (NAME-ACCOUNT.s3-accesspoint.REGION), both below AWS's domains and below
// localhost, and bucket.localhost.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
func (g *Gateway) readHost(host string) s3Host {
	name, port := cutPort(host)
	lower := strings.ToLower(strings.TrimSuffix(name, "."))
	for _, domain := range append([]string{localhost}, awsDomains...) {
		before, ok := strings.CutSuffix(lower, "."+domain)
		if !ok {
			continue
		}
		own, e := cutEndpoint(strings.Split(before, "."))
		if e == nil && domain != localhost {
			break // another service's
		}
		h := s3Host{bucket: own, rest: domain + port}
		if e != nil {
			h = e.host(own, g.options.Partition)
			h.rest = e.name() + "." + domain + port
		}
		return h
	}
	return s3Host{rest: host}
}

// endpoint is an endpoint of S3 in a host name.
type endpoint struct {
	kind   endpointKind
	region string // "" if the name has none
	label  string // that tells the kind
}

type endpointKind uint8

const (
	ofBuckets endpointKind = iota
	ofPoints               // access points
	ofLambdas              // access points of S3 Object Lambda
	ofNothing              // that can be decided
)

// cutEndpoint splits the parts of a name before its domain into what a client has put
// before an endpoint of S3, which may have dots in it, and the endpoint. It is nil if
// there is none.
func cutEndpoint(labels []string) (own string, e *endpoint) {
	for i := len(labels) - 1; i >= max(0, len(labels)-3); i-- {
		e := newEndpoint(labels[i])
		if e == nil || !e.ends(labels[i+1:]) {
			continue
		}
		return strings.Join(labels[:i], "."), e
	}
	return strings.Join(labels, "."), nil
}

// ends reads what follows in the name: nothing, the region, or more.
func (e *endpoint) ends(tail []string) bool {
	if last := len(tail) - 1; last >= 0 && tail[last] == "vpce" {
		e.kind, e.label, tail = ofNothing, "the endpoint of a VPC", tail[:last]
	}
	if len(tail) > 0 && tail[0] == "dualstack" {
		tail = tail[1:]
	}
	if len(tail) == 1 && e.region == "" && sigv4.ValidRegion(tail[0]) {
		e.region, tail = tail[0], nil
	}
	return len(tail) == 0
}

// newEndpoint returns the endpoint that a part of a name is; nil if it is not an endpoint.
func newEndpoint(label string) *endpoint {
	name := strings.TrimSuffix(label, "-fips")
	switch {
	case name == "s3", name == "s3-accelerate", name == "s3-external-1", strings.HasPrefix(name, "s3express-"):
		return &endpoint{kind: ofBuckets, label: label}
	case name == "s3-accesspoint":
		return &endpoint{kind: ofPoints, label: label}
	case name == "s3-object-lambda":
		return &endpoint{kind: ofLambdas, label: label}
	case name == "s3-global", name == "s3-outposts", strings.HasPrefix(name, "s3-website"):
		return &endpoint{kind: ofNothing, label: label}
	}
	region, ok := strings.CutPrefix(label, "s3-")
	region = strings.TrimPrefix(region, "fips-")
	if ok && sigv4.ValidRegion(region) {
		return &endpoint{kind: ofBuckets, label: label, region: region}
	}
	return nil
}

// name returns the name by which the upstream and the tables know the endpoint.
func (e *endpoint) name() string {
	if e.region == "" {
		return "s3"
	}
	return "s3." + e.region
}

// host reads what is before the endpoint.
func (e *endpoint) host(own string, partition principal.Partition) s3Host {
	service := "s3"
	switch e.kind {
	case ofBuckets:
		return s3Host{bucket: own}
	case ofNothing:
		return s3Host{
			reason: "its host, at " + e.label + ", is not that of a bucket or of a bucket's access point; use the host of the bucket",
		}
	case ofLambdas:
		service = "s3-object-lambda"
	}
	i := strings.LastIndexByte(own, '-')
	if i <= 0 || !principal.ValidAccountID(own[i+1:]) || e.region == "" || strings.Contains(own, ".") {
		return s3Host{reason: "its host is not NAME-ACCOUNT." + e.label + ".REGION, which hosts of access points are"}
	}
	return s3Host{bucket: "arn:" + partition.String() + ":" + service + ":" + e.region + ":" + own[i+1:] + ":accesspoint:" + own[:i]}
}

// isControl reports whether what was read as a bucket is the account of a call to S3 Control: the
// SDKs put the account before any endpoint, even before localhost. An account ID is also a valid
// name of a bucket, so only the call itself tells them apart: account is that of
// services.Request.ControlAccount.
func (h *s3Host) isControl(account string) bool {
	if account == "" {
		return false
	}
	if h.bucket == account {
		return true
	}
	labels := strings.Split(strings.TrimPrefix(h.bucket, account+"."), ".")
	return strings.TrimSuffix(labels[0], "-fips") == "s3-control" && (&endpoint{}).ends(labels[1:])
}

// prefix returns the bucket or the access point as the first part of a path.
func (h *s3Host) prefix() string { return "/" + url.PathEscape(h.bucket) }

// cutPort splits a host into its name or address and the port with its colon, which is
// empty if there is none.
func cutPort(host string) (name, port string) {
	if name, port, err := net.SplitHostPort(host); err == nil {
		return name, ":" + port
	}
	return host, ""
}
