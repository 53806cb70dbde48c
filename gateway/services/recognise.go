package services

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Recognise finds the operation of a request. The error is ErrService if
// the service is not known, and an *Unknown if its operation is not.
func Recognise(r *Request) (*Call, error) {
	candidates := r.candidates()
	if len(candidates) == 0 {
		return nil, ErrService
	}
	marks := r.marks()
	var best *Unknown
	for _, s := range candidates {
		call, unknown := s.recognise(r, marks)
		if call != nil {
			return call, nil
		}
		if best == nil || !best.near {
			best = unknown
		}
	}
	return nil, best
}

// marks are the ways in which a request names its operation, apart from method and path.
type marks struct {
	target         string // X-Amz-Target, as it is
	action         string // of a form, or of the query
	cbor, cborPath string // service and operation of the path
}

func (r *Request) marks() marks {
	m := marks{target: r.Header.Get("X-Amz-Target"), action: r.parameters().Get("Action")}
	if r.Header.Get("Smithy-Protocol") == "rpc-v2-cbor" {
		m.cbor, m.cborPath = cborPath(r.Path)
	}
	return m
}

// cborPath cuts the path of a Smithy RPC v2 request:
// /service/SERVICE/operation/OPERATION, with anything before it.
func cborPath(path string) (service, operation string) {
	i := strings.LastIndex(path, "/service/")
	if i < 0 {
		return "", ""
	}
	service, operation, _ = strings.Cut(path[i+len("/service/"):], "/operation/")
	return service, operation
}

// ambiguous reports whether a request names its operation in several ways, of
// which servers may choose different ones.
func (r *Request) ambiguous(m marks) bool {
	ways := 0
	for _, mark := range [...]string{m.target, m.action, m.cborPath} {
		if mark != "" {
			ways++
		}
	}
	form, query := r.Form["Action"], r.Query["Action"]
	several := len(form) > 1 || len(query) > 1 || len(form) == 1 && len(query) == 1 && form[0] != query[0]
	return ways > 1 || several || len(r.Header["X-Amz-Target"]) > 1
}

// parameters returns the parameters of a form or, without one, those of the query: requests of the
// query protocol may have them in either.
func (r *Request) parameters() url.Values {
	if r.Form != nil {
		return r.Form
	}
	return r.Query
}

// recognise finds the service's operation for a request.
func (s *Service) recognise(r *Request, m marks) (*Call, *Unknown) {
	p := s.protocol(r, m)
	if p == RESTJSON || p == RESTXML {
		return s.rest(r, p, m)
	}
	name, reason := s.name(r, p, m)
	unknown := &Unknown{Service: s, Protocol: p, Operation: name, Reason: reason, near: name != "" && reason == ""}
	if r.ambiguous(m) {
		unknown.Reason = "the request names its operation more than once"
	}
	if p == Query || p == EC2 {
		switch parameters := r.parameters(); {
		case spelledTwice(parameters):
			unknown.Reason = "one of its parameters is there in two spellings"
		case misspelt(parameters):
			unknown.Reason = "the name of one of its parameters has a space or a control character"
		}
	}
	if unknown.Reason == "" {
		unknown.Reason = s.misplaced(r, p, name)
	}
	o := s.loaded().operations[name]
	if o == nil || unknown.Reason != "" {
		return nil, unknown
	}
	return &Call{Service: s, Operation: name, Protocol: p, Body: o.body, operation: o}, nil
}

// protocol returns the protocol of the request, if the service has it, and otherwise the usual
// protocol of the service.
func (s *Service) protocol(r *Request, m marks) Protocol {
	for _, p := range s.Protocols {
		switch p {
		case CBOR:
			if m.cborPath != "" {
				return p
			}
		case JSON10, JSON11:
			if m.target != "" {
				return jsonVersion(r, p)
			}
		case Query, EC2:
			if m.action != "" {
				return p
			}
		}
	}
	return s.Protocols[0]
}

// jsonVersion returns the version in the request or, without one, that of the service.
func jsonVersion(r *Request, usual Protocol) Protocol {
	switch kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); kind {
	case "application/x-amz-json-1.0":
		return JSON10
	case "application/x-amz-json-1.1":
		return JSON11
	}
	return usual
}

// name returns the name of the operation in the request. A reason says why it is not the service's
// operation even if the service has one of this name.
func (s *Service) name(r *Request, p Protocol, m marks) (name, reason string) {
	switch p {
	case CBOR:
		if m.cborPath != "" && m.cbor != s.Target {
			return m.cborPath, "its path names another service"
		}
		return m.cborPath, ""
	case JSON10, JSON11:
		i := strings.LastIndexByte(m.target, '.')
		if i < 0 || m.target[:i] != s.Target {
			return m.target, "its X-Amz-Target is another service's"
		}
		return m.target[i+1:], ""
	}
	if v := r.parameters().Get("Version"); p == Query && v != "" && v != s.Version {
		return m.action, "its Version is another API's"
	}
	return m.action, ""
}

// rest finds the operation by method, path, query and header.
func (s *Service) rest(r *Request, p Protocol, m marks) (*Call, *Unknown) {
	unknown := &Unknown{Service: s, Protocol: p, Operation: r.Method + " " + r.Path}
	l := s.loaded()
	o, labels := l.match(r, r.Path)
	if o == nil {
		o, labels = s.posted(r)
	}
	if o == nil {
		return nil, unknown
	}
	unknown.Reason, unknown.near = l.doubt(r, m, o, labels), true
	if unknown.Reason == "" && s.Name == "s3" {
		unknown.Reason = misreadS3(r, o, labels)
	}
	if unknown.Reason != "" {
		return nil, unknown
	}
	return &Call{Service: s, Operation: o.name, Protocol: p, Body: o.body, operation: o, labels: labels}, nil
}

// posted finds POST Object, which is not in the table: browsers send forms with a file to a bucket
// of S3. https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html
func (s *Service) posted(r *Request) (*operation, map[string]string) {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	bucket := strings.Trim(r.Path, "/")
	if s.Name != "s3" || r.Method != http.MethodPost || !strings.EqualFold(kind, "multipart/form-data") || bucket == "" ||
		strings.Contains(bucket, "/") {
		return nil, nil
	}
	return &operation{name: "PostObject", body: Streamed}, map[string]string{"Bucket": bucket}
}

// doubt says why another server could take the request for an operation other than o, or for a call
// on another resource.
func (l *lazy) doubt(r *Request, m marks, o *operation, labels map[string]string) string {
	switch {
	case m.target != "" || m.cborPath != "" || m.action != "":
		return "the request names its operation in a header or a parameter too"
	case l.service.Name != "s3" && spelledTwice(r.Query): // S3's rules refuse it in S3's words
		return "a parameter of its query is there in two spellings"
	case l.service.Name != "s3" && misspelt(r.Query):
		return "the name of a parameter of its query has a space or a control character"
	case l.surplus(r, o):
		return "the query names more than one operation"
	case l.readTwice(r, o, labels):
		return "its path means something else when %2F is read as a slash"
	}
	for name, value := range labels {
		if !strings.Contains(o.path, "{"+name+"+}") && (value == "." || value == "..") {
			return "a part of its path is " + value
		}
	}
	return ""
}

// surplus reports whether the query has a parameter that names another operation, as in
// "?acl&tagging".
func (l *lazy) surplus(r *Request, o *operation) bool {
	for name, values := range r.Query {
		if !l.parameters[name] {
			continue
		}
		if len(values) > 1 || !slices.ContainsFunc(o.query, func(p parameter) bool { return p.name == name }) {
			return true
		}
	}
	return false
}

// readTwice reports whether the path is another operation's, or names another
// resource, when its escaped slashes are read as slashes, as some servers do.
func (l *lazy) readTwice(r *Request, o *operation, labels map[string]string) bool {
	if !strings.Contains(r.Path, "%2F") && !strings.Contains(r.Path, "%2f") {
		return false
	}
	other, names := l.match(r, strings.NewReplacer("%2F", "/", "%2f", "/").Replace(r.Path))
	return other != nil && (other != o || !maps.Equal(names, labels))
}
