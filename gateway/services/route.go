package services

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gorilla/mux"
)

// buildRouters makes a router for each method of a REST service. The order of its routes is from
// the special to the general: a fixed part of a path comes before a label, and a label before a
// label that can have slashes.
func (l *lazy) buildRouters() {
	var list []*operation
	for _, o := range l.operations {
		if o.method != "" && !slices.Contains(o.members, "never") {
			list = append(list, o)
		}
	}
	if len(list) == 0 {
		return
	}
	slices.SortFunc(list, func(a, b *operation) int {
		return cmp.Or(cmp.Compare(a.rank(), b.rank()), cmp.Compare(b.conditions(), a.conditions()), cmp.Compare(a.name, b.name))
	})
	l.routers, l.parameters = map[string]*routers{}, map[string]bool{}
	for _, o := range list {
		l.add(o)
	}
}

// routers are the routers of one method.
type routers struct {
	all   *mux.Router
	plain *mux.Router // without the operations that need more than a path

	// The parameters and headers of the operations that are not in plain.
	query, headers map[string]bool
}

func newRouters() *routers {
	router := func() *mux.Router { return mux.NewRouter().SkipClean(true).UseEncodedPath() }
	return &routers{router(), router(), map[string]bool{}, map[string]bool{}}
}

// of returns the router for a request. Most requests have only a path, and need not be compared
// with all the operations that S3 distinguishes by a parameter.
func (x *routers) of(r *Request) *mux.Router {
	for name := range r.Query {
		if x.query[name] {
			return x.all
		}
	}
	for name := range x.headers {
		if has(r.Header, name) {
			return x.all
		}
	}
	return x.plain
}

func (l *lazy) add(o *operation) {
	x := l.routers[o.method]
	if x == nil {
		x = newRouters()
		l.routers[o.method] = x
	}
	for _, p := range o.query {
		l.parameters[p.name], x.query[p.name] = true, true
	}
	for _, m := range o.members {
		if name, ok := strings.CutPrefix(m, "h:"); ok {
			x.headers[name] = true
		} else {
			x.query[strings.TrimPrefix(m, "q:")] = true
		}
	}
	o.addTo(x.all)
	if o.conditions() == 0 {
		o.addTo(x.plain)
	}
}

func (o *operation) addTo(router *mux.Router) {
	r := router.NewRoute().Name(o.name)
	if o.conditions() > 0 {
		r.MatcherFunc(o.fits)
	}
	r.Path(pattern(o.path)).Handler(http.NotFoundHandler())
}

// rank is lower for a path that is more special.
func (r route) rank() string {
	var rank strings.Builder
	for part := range strings.SplitSeq(r.path, "/") {
		switch {
		case strings.Contains(part, "+}"):
			rank.WriteByte('2')
		case strings.Contains(part, "{"):
			rank.WriteByte('1')
		default:
			rank.WriteByte('0')
		}
	}
	return rank.String()
}

// conditions returns the number of conditions that the route has besides the path.
func (r route) conditions() int { return len(r.query) + len(r.members) }

// fits reports whether query and header meet the conditions of the route.
func (r route) fits(request *http.Request, match *mux.RouteMatch) bool {
	query := request.Form
	for _, p := range r.query {
		values, ok := query[p.name]
		if !ok || p.value != "" && values[0] != p.value {
			return false
		}
	}
	for _, m := range r.members {
		place, name, _ := strings.Cut(m, ":")
		if place == "h" && !has(request.Header, name) || place == "q" && !query.Has(name) {
			return false
		}
	}
	return true
}

// has is Header.Get for a name in canonical form, without allocating a string for each route.
func has(h http.Header, name string) bool {
	values := h[name]
	return len(values) > 0 && values[0] != ""
}

// muxLabels rewrites the labels of the table for mux.
var muxLabels = strings.NewReplacer("+}", ":.+}", "}", ":[^/]+}")

// pattern writes a path of the table for mux. A slash at the end is optional, because older clients
// send it and newer ones do not.
func pattern(path string) string {
	if len(path) > 1 {
		path = strings.TrimSuffix(path, "/")
	}
	return muxLabels.Replace(path)
}

// match finds the operation of a REST request and the labels of its path.
func (l *lazy) match(r *Request, path string) (*operation, map[string]string) {
	x := l.routers[r.Method]
	if x == nil {
		return nil, nil
	}
	plain, err := url.PathUnescape(path)
	if err != nil {
		return nil, nil
	}
	request := &http.Request{Method: r.Method, URL: &url.URL{Path: plain, RawPath: path}, Header: r.Header, Form: r.Query}
	var m mux.RouteMatch
	if !x.of(r).Match(request, &m) {
		if cut, ok := strings.CutSuffix(path, "/"); ok && cut != "" && !strings.HasSuffix(cut, "/") {
			return l.match(r, cut)
		}
		return nil, nil
	}
	return l.operations[m.Route.GetName()], unescape(m.Vars)
}

// unescape unescapes labels. The whole path was unescaped before, so there can be no error.
func unescape(vars map[string]string) map[string]string {
	for name, value := range vars {
		if strings.Contains(value, "%") {
			vars[name], _ = url.PathUnescape(value)
		}
	}
	return vars
}
