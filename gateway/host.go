package gateway

import (
	"net"
	"strings"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
)

// localhost is below which a bucket can have a name of its own.
const localhost = "localhost"

// awsDomains are below which S3 has its endpoints, for clients that reach the server
// by a proxy or /etc/hosts.
// https://docs.aws.amazon.com/general/latest/gr/s3.html
var awsDomains = []string{"amazonaws.com", "amazonaws.com.cn"}

// bucketHost is the bucket that a host names in the virtual-hosted style, and the host
// without it: bucket.localhost, bucket.s3.localhost and bucket.s3.REGION.localhost,
// and the same below AWS's domains, but for the first. The bucket is empty if the
// host names none.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
func bucketHost(host string) (bucket, rest string) {
	name, port := cutPort(host)
	lower := strings.ToLower(strings.TrimSuffix(name, "."))
	if before, ok := strings.CutSuffix(lower, "."+localhost); ok {
		bucket, endpoint := cutEndpoint(before)
		return bucket, join(endpoint, localhost) + port
	}
	for _, domain := range awsDomains {
		if before, ok := strings.CutSuffix(lower, "."+domain); ok {
			if bucket, endpoint := cutEndpoint(before); endpoint != "" {
				return bucket, endpoint + "." + domain + port
			}
		}
	}
	return "", host
}

// cutPort splits a host into its name or address and the port with its colon, which is
// empty if there is none.
func cutPort(host string) (name, port string) {
	if name, port, err := net.SplitHostPort(host); err == nil {
		return name, ":" + port
	}
	return host, ""
}

func join(endpoint, domain string) string {
	if endpoint == "" {
		return domain
	}
	return endpoint + "." + domain
}

// cutEndpoint splits what stands before the domain into the bucket and the endpoint of
// S3, "s3" or "s3.REGION"; either can be empty. A bucket may have dots in its name.
func cutEndpoint(name string) (bucket, endpoint string) {
	labels := strings.Split(name, ".")
	for n := 1; n <= 2 && n <= len(labels); n++ {
		from := len(labels) - n
		if labels[from] == "s3" && (n == 1 || sigv4.ValidRegion(labels[from+1])) {
			return strings.Join(labels[:from], "."), strings.Join(labels[from:], ".")
		}
	}
	return name, ""
}
