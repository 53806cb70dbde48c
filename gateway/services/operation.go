package services

import (
	"strings"
	"sync"

	"github.com/gorilla/mux"
)

// lazy is what is known of a service's operations, unpacked when it is asked
// for.
type lazy struct {
	service *Service
	frame   string
	once    sync.Once

	// Set by once.
	operations map[string]*operation
	routers    map[string]*mux.Router // by method; nil unless the service is a REST one
	parameters map[string]bool        // of the query, that tell operations apart
}

// operation is one operation of a service.
type operation struct {
	name string
	body BodyUse
	route
}

// route is how a request of a REST service is recognised.
type route struct {
	method, path string
	query        []parameter
	members      []string // "q:name" of the query, "h:name" of the header
}

// parameter is a part of the query that an operation's URI has.
type parameter struct{ name, value string }

// operations returns what is known of the service's operations.
func (s *Service) loaded() *lazy {
	s.lazy.once.Do(s.lazy.read)
	return s.lazy
}

// read fills l from the lines of its frame: O name, body, and for REST services
// method, path, parameters, members. The member "never" marks an operation that
// no request is recognised as, because another one has the same requests.
func (l *lazy) read() {
	l.operations = map[string]*operation{}
	for line := range strings.Lines(inflate(l.frame)) {
		var f [7]string
		copy(f[:], strings.Split(strings.TrimSuffix(line, "\n"), "\t"))
		o := &operation{name: f[1], body: bodies[f[2]]}
		o.route = parseRoute(f[3:7])
		l.operations[o.name] = o
	}
	l.buildRouters()
}

var bodies = map[string]BodyUse{"n": NoBody, "w": Whole, "s": Streamed}

func parseRoute(f []string) route {
	r := route{method: f[0], path: f[1], members: strings.Fields(f[3])}
	for item := range strings.SplitSeq(f[2], "&") {
		if name, value, _ := strings.Cut(item, "="); name != "" {
			r.query = append(r.query, parameter{name, value})
		}
	}
	return r
}
