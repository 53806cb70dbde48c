package services

import (
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/understudy-iam/understudy/internal/frames"
)

// lazy is what is known about a service's operations, unpacked at the first use.
type lazy struct {
	service *Service
	frame   string
	once    sync.Once

	// Set by once.
	operations map[string]*operation
	routers    map[string]*routers // by method; nil unless the service is a REST one
	parameters map[string]bool     // of the query, that distinguish operations
}

// operation is one operation of a service.
type operation struct {
	name string
	body BodyUse
	route

	lines []string // the lines N, for parsePermission
	once  sync.Once
	needs []permission // set by once

	namingOnce sync.Once
	names      []shownRule // set by namingOnce
}

// permissions are what the operation needs, the primary action first.
func (o *operation) permissions() []permission {
	o.once.Do(func() {
		for _, line := range o.lines {
			o.needs = append(o.needs, parsePermission(line))
		}
	})
	return o.needs
}

// route is how a request of a REST service is recognised.
type route struct {
	method, path string
	query        []parameter
	members      []string // "q:name" of the query, "h:Name" of the header, as http.Header has it
}

// parameter is a part of the query that an operation's URI has.
type parameter struct{ name, value string }

// loaded returns what is known about the service's operations.
func (s *Service) loaded() *lazy {
	s.lazy.once.Do(s.lazy.read)
	return s.lazy
}

// read fills l from the lines of its frame. O is an operation: name, body, and for REST services
// method, path, parameters, members; the member "never" marks an operation that no request is
// recognised as, because another operation has the same requests. Each N after it is a permission,
// see parsePermission.
func (l *lazy) read() {
	l.operations = map[string]*operation{}
	var o *operation
	for line := range strings.Lines(string(frames.Inflate(l.frame, nil))) {
		kind, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if kind == "N" {
			o.lines = append(o.lines, rest)
			continue
		}
		var f [6]string
		copy(f[:], strings.Split(rest, "\t"))
		o = &operation{name: f[0], body: bodies[f[1]], route: parseRoute(f[2:])}
		l.operations[o.name] = o
	}
	for _, o := range l.operations {
		o.settle(l.service)
	}
	l.buildRouters()
}

// settle sets how the body is used: it is not read if no need depends on it, and it is read if a
// rule written by hand reads what the table takes for a stream.
func (o *operation) settle(s *Service) {
	if s.Name == "s3" && o.name == "PutBucketPolicy" {
		o.body = Whole
	}
	_, written := byHand()[s.Name][o.name]
	reads := func(line string) bool { return strings.Contains(line, "b:") }
	if o.method != "" && o.body == Whole && !written && !slices.ContainsFunc(o.lines, reads) {
		o.body = Streamed
	}
}

var bodies = map[string]BodyUse{"n": NoBody, "w": Whole, "s": Streamed}

func parseRoute(f []string) route {
	r := route{method: f[0], path: f[1], members: strings.Fields(f[3])}
	for i, m := range r.members {
		if name, ok := strings.CutPrefix(m, "h:"); ok {
			r.members[i] = "h:" + http.CanonicalHeaderKey(name)
		}
	}
	for item := range strings.SplitSeq(f[2], "&") {
		if name, value, _ := strings.Cut(item, "="); name != "" {
			r.query = append(r.query, parameter{name, value})
		}
	}
	return r
}
