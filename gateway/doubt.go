package gateway

import (
	"mime"
	"net"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/gateway/services"
)

// doubt returns a failure if an upstream could read a call, known or decided by name, in another
// way than the decision does.
func (c *call) doubt() *failure {
	reason := ""
	switch {
	case c.hostFault != "" && c.isS3():
		reason = c.hostFault
	case c.hasBucketInHost():
		reason = "its host may name a bucket, and --upstream-credentials=keep leaves the host as it is; put the bucket in the path"
	case c.known == nil:
		reason = c.contradicted()
	case c.known.Body == services.Whole && !c.isReadable():
		reason = "its body has a Content-Encoding or a charset that servers read in different ways"
	case (c.protocol == services.Query || c.protocol == services.EC2) && c.request.Form == nil && c.in.ContentLength != 0:
		reason = "it has parameters in the query, and its Content-Type says that the body is not a form"
	}
	if reason == "" {
		return nil
	}
	return c.fail(malformed, "The request is not sent on, since an upstream could take it for another one: "+reason+".")
}

// hasBucketInHost reports whether an upstream could find a bucket in the host of a call
// to S3. moto takes the first part of any name for a bucket.
func (c *call) hasBucketInHost() bool {
	if !c.isS3() {
		return false
	}
	return c.g.readHost(c.request.Host).bucket != "" || c.g.options.Signing.Mode == Keep && !isPlainHost(c.host) && !isEndpoint(c.host)
}

// sentHost returns the host that the upstream is told. It is the client's, because emulators make
// URLs of it. But a call to S3 has its bucket in the path, and a host in which an upstream could
// find another bucket is not sent on.
func (c *call) sentHost(t *target) string {
	if c.isS3() && c.g.options.Signing.Mode != Keep && !isPlainHost(c.host) {
		return t.url.Host
	}
	return c.host
}

// isPlainHost reports whether a host is an address or a name without parts.
func isPlainHost(host string) bool {
	name, _ := cutPort(host)
	return net.ParseIP(strings.Trim(name, "[]")) != nil || !strings.ContainsAny(name, ".:")
}

// isEndpoint reports whether a host is one of S3's endpoints, or LocalStack's, which
// have no bucket in them.
func isEndpoint(host string) bool {
	name, _ := cutPort(strings.ToLower(host))
	return name == "localhost.localstack.cloud" ||
		strings.HasPrefix(name, "s3.") && slices.ContainsFunc(awsDomains, func(domain string) bool {
			return strings.HasSuffix(name, "."+domain) && strings.Count(name, ".") <= strings.Count(domain, ".")+2
		})
}

// contradicted says how an upstream could read a call that is not known: as a call to another
// service than its signature says, or of another operation.
func (c *call) contradicted() string {
	rest := c.protocol == services.RESTJSON || c.protocol == services.RESTXML
	if rest && c.request.Header.Get(targetHeader) != "" {
		return "its path is not a path of the service, and X-Amz-Target names an operation"
	}
	if c.unknown != nil {
		return ""
	}
	other := c.request
	other.Service, other.Host = "", ""
	if found, err := services.Recognise(&other); err == nil && found.Service.SigningName != "s3" {
		return "it is signed for " + clipped(c.request.Service) + ", and is a call of " + found.Service.Name
	}
	return ""
}

// isReadable reports whether every server reads the body as this one does.
func (c *call) isReadable() bool {
	switch encoding := strings.ToLower(c.request.Header.Get("Content-Encoding")); encoding {
	case "", "gzip", "identity", "aws-chunked":
	default:
		return false
	}
	kind := c.request.Header.Get("Content-Type")
	if !strings.Contains(strings.ToLower(kind), "charset") {
		return true
	}
	_, parameters, err := mime.ParseMediaType(kind)
	charset := strings.ToLower(parameters["charset"])
	return err == nil && (charset == "utf-8" || charset == "utf8" || charset == "us-ascii")
}
