package services

import (
	"cmp"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/gorilla/mux"
)

// buildRouters makes a router for each method of a REST service. The order of
// its routes is from the special to the general: a written part of a path goes
// before a label, and a label before one that takes slashes.
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
	l.routers, l.parameters = map[string]*mux.Router{}, map[string]bool{}
	for _, o := range list {
		l.add(o)
	}
}

func (l *lazy) add(o *operation) {
	router := l.routers[o.method]
	if router == nil {
		router = mux.NewRouter().SkipClean(true).UseEncodedPath()
		l.routers[o.method] = router
	}
	for _, p := range o.query {
		l.parameters[p.name] = true
	}
	r := router.NewRoute().Name(o.name)
	if o.conditions() > 0 {
		r.MatcherFunc(o.fits)
	}
	r.Path(pattern(o.path)).Handler(http.NotFoundHandler())
}

// rank is less for a path that is more special.
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

// conditions is the number of things that the route wants beside the path.
func (r route) conditions() int { return len(r.query) + len(r.members) }

// fits reports whether query and header have what the route wants.
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

// has is Header.Get for a name that needs no spelling, which costs a string for
// each route.
func has(h http.Header, name string) bool {
	values := h[name]
	return len(values) > 0 && values[0] != ""
}

var labels = regexp.MustCompile(`\{([^}+]+)(\+?)\}`)

// pattern writes a path of the table for mux. A slash at the end does not
// count, because older clients send it and newer ones do not.
func pattern(path string) string {
	if len(path) > 1 {
		path = strings.TrimSuffix(path, "/")
	}
	return labels.ReplaceAllStringFunc(path, func(label string) string {
		m := labels.FindStringSubmatch(label)
		if m[2] != "" {
			return "{" + m[1] + ":.+}"
		}
		return "{" + m[1] + ":[^/]+}"
	})
}

// match finds the operation of a REST request and the labels of its path.
func (l *lazy) match(r *Request, path string) (*operation, map[string]string) {
	router := l.routers[r.Method]
	if router == nil {
		return nil, nil
	}
	plain, err := url.PathUnescape(path)
	if err != nil {
		return nil, nil
	}
	request := &http.Request{Method: r.Method, URL: &url.URL{Path: plain, RawPath: path}, Header: r.Header, Form: r.Query}
	var m mux.RouteMatch
	if !router.Match(request, &m) {
		if cut, ok := strings.CutSuffix(path, "/"); ok && cut != "" && !strings.HasSuffix(cut, "/") {
			return l.match(r, cut)
		}
		return nil, nil
	}
	return l.operations[m.Route.GetName()], unescape(m.Vars)
}

// unescape unescapes labels. They are parts of a path that was unescaped as a
// whole before, so that there is no error.
func unescape(vars map[string]string) map[string]string {
	for name, value := range vars {
		if strings.Contains(value, "%") {
			vars[name], _ = url.PathUnescape(value)
		}
	}
	return vars
}
