package awsapi

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/smithy-go"
)

// restType is the type of bodies in REST with JSON.
// https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
const restType = "application/json"

// isREST reports whether the service speaks REST with JSON.
func (s *Service) isREST() bool { return len(s.Operations) > 0 && s.Operations[0].Path != "" }

func (c *request) isREST() bool { return c.target != nil && c.target.api.isREST() }

// routeOf is the method and the segments of the path of an operation.
func (s *Service) routeOf(operation string) (method string, segments []string) {
	i := slices.IndexFunc(s.Operations, func(o OperationModel) bool { return o.Name == operation })
	return s.Operations[i].Method, strings.Split(s.Operations[i].Path, "/")
}

// planExceptions makes the plans of the errors.
func (a *api) planExceptions(p *planner) {
	a.exceptions = make(map[reflect.Type]*structPlan, len(a.Exceptions))
	for _, t := range a.Exceptions {
		a.exceptions[t] = p.structure(t)
	}
}

// restTarget finds the operation of a service that speaks REST, by the method and the
// path; nil if the request is not one of an operation that is served. Other services have
// the same paths, so the credential scope says which is meant, or the host of a request
// without one.
func (h *handler) restTarget(r *http.Request) *target {
	if len(h.rest) == 0 || isRoot(r) {
		return nil
	}
	name := h.scopeOf(r)
	if name == "" {
		name, _, _ = strings.Cut(strings.ToLower(hostOf(r)), ".")
	}
	a := h.rest[name]
	if a == nil {
		return nil
	}
	path := strings.Split(r.URL.EscapedPath(), "/")
	for _, op := range a.operations {
		if op.in == nil || op.method != r.Method {
			continue
		}
		if labels, ok := match(op.route, path); ok {
			return &target{api: a, op: op, labels: labels}
		}
	}
	return nil
}

// hostOf is the host that a request names, without a port.
func hostOf(r *http.Request) string {
	if host, _, err := net.SplitHostPort(r.Host); err == nil {
		return host
	}
	return r.Host
}

// match compares a path with a route and returns the values of the route's labels. Only a label
// at the end may be empty: some clients send the empty name of a thing that way, and the
// operation says that there is none.
func match(route, path []string) (labels params, ok bool) {
	if len(route) != len(path) {
		return nil, false
	}
	for i, want := range route {
		name, isLabel := strings.CutPrefix(want, "{")
		if !isLabel {
			if path[i] != want {
				return nil, false
			}
			continue
		}
		value, err := url.PathUnescape(path[i])
		if err != nil || value == "" && i < len(route)-1 {
			return nil, false
		}
		labels = append(labels, pair{key: strings.TrimSuffix(name, "}"), value: strings.ToValidUTF8(value, "\uFFFD")})
	}
	return labels, true
}

// decodeREST reads the input that dst, a struct, is for, from the path, the query and the
// document of the call.
func (c *request) decodeREST(dst reflect.Value) error {
	var ok bool
	if c.params, ok = c.params.parse(c.r.URL.RawQuery); !ok {
		return notSerialized("")
	}
	return decodeREST(c.api.Service, c.op.in, dst, restInput{c.target.labels, c.params, c.body.text.String()})
}

// restInput is what is sent of an input, by the place.
type restInput struct {
	labels, query params
	body          string // empty for no document
}

func decodeREST(s *Service, plan *structPlan, dst reflect.Value, in restInput) error {
	members := map[string]any{}
	if in.body != "" {
		document, err := parseJSON(in.body)
		if err != nil {
			return err
		}
		if members, _ = document.(map[string]any); members == nil {
			return misplaced(document, "Expected null")
		}
	}
	for _, f := range plan.fields {
		switch f.in {
		case InPath:
			f.take(members, in.labels)
		case InQuery:
			f.take(members, in.query)
		}
	}
	d := decoder{service: s, echo: s.EchoValues}
	if err := d.object(plan, dst, members); err != nil {
		return err
	}
	return d.verdict()
}

// take puts the value of a member that is not in the document where the document would
// have it.
func (f *fieldPlan) take(members map[string]any, from params) {
	delete(members, f.name)
	text := from.get(f.name)
	if text == nil {
		return
	}
	members[f.name] = any(*text)
	if f.kind == kindInt || f.kind == kindFloat || f.kind == kindBool { // which are written as in JSON
		if v, err := parseValue(*text); err == nil {
			members[f.name] = v
		}
	}
}

// parseValue reads a JSON value.
func parseValue(text string) (v any, err error) {
	r := json.NewDecoder(strings.NewReader(text))
	r.UseNumber()
	if err := r.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := r.Token(); err != io.EOF {
		return nil, notSerialized("")
	}
	return v, nil
}

// failREST writes an error: its code is in a header, and its members are the document.
func (c *request) failREST(err smithy.APIError) {
	c.code = err.ErrorCode()
	if x := c.exception(err); x.IsValid() {
		c.out.structJSON(c.api.exceptions[x.Type()], x)
		return
	}
	c.out.raw(`{"message":`)
	c.out.textJSON(err.ErrorMessage())
	c.out.raw("}")
}

// exception is the structure of the API that an error is; the zero Value if it is another.
func (c *request) exception(err error) reflect.Value {
	for ; err != nil; err = errors.Unwrap(err) {
		v := reflect.ValueOf(err)
		if v.Kind() == reflect.Pointer && !v.IsNil() && c.api.exceptions[v.Type().Elem()] != nil {
			return v.Elem()
		}
	}
	return reflect.Value{}
}
