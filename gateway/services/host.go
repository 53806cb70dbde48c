package services

import (
	"net"
	"slices"
	"strings"
)

// candidates returns the services that the request may be for: those of the credential scope, else
// of the host, else of the operation's name, else S3, whose anonymous requests have only a path.
func (r *Request) candidates() []*Service {
	x := opened()
	if r.Service != "" {
		return x.signing[r.Service]
	}
	if list := x.host(r.Host); list != nil {
		return list
	}
	m := r.marks()
	switch {
	case m.target != "":
		return list(x.target[m.target[:max(0, strings.LastIndexByte(m.target, '.'))]])
	case m.cborPath != "":
		return list(x.target[m.cbor])
	case m.action != "":
		return x.acting(m.action, r.parameters().Get("Version"))
	}
	return x.signing["s3"]
}

func list(s *Service) []*Service {
	if s == nil {
		return nil
	}
	return []*Service{s}
}

// acting returns the services of the version that have the operation.
func (x *index) acting(action, version string) []*Service {
	var out []*Service
	for _, s := range x.services {
		speaks := slices.Contains(s.Protocols, Query) || slices.Contains(s.Protocols, EC2)
		if speaks && s.Version == version && s.loaded().operations[action] != nil {
			out = append(out, s)
		}
	}
	return out
}

// suffixes are the ends of AWS's host names.
var suffixes = []string{".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".api.amazonwebservices.com.cn"}

// host returns the services of one of AWS's host names: SERVICE.REGION.amazonaws.com
// with parts of the service's own before it.
func (x *index) host(host string) []*Service {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, suffix := range suffixes {
		if name, ok := strings.CutSuffix(host, suffix); ok {
			return x.named(strings.Split(name, "."))
		}
	}
	return nil
}

// named finds the endpoint in the parts of a host name. The last one wins, since earlier parts may
// belong to a bucket's name.
func (x *index) named(parts []string) []*Service {
	for i := len(parts) - 1; i >= 0; i-- {
		part := strings.TrimSuffix(parts[i], "-fips")
		for _, before := range []string{"sync-", "stream-"} {
			part = strings.TrimPrefix(part, before)
		}
		if i > 0 {
			if list := x.endpoint[parts[i-1]+"."+part]; list != nil {
				return list
			}
		}
		if list := x.endpoint[part]; list != nil {
			return list
		}
	}
	return nil
}
