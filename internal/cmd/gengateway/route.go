package main

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

var label = regexp.MustCompile(`\{[^}+]*`)

// shape returns the method and the URI without the names of its labels. If two
// operations have the same, only required members tell them apart.
func (o *apiOperation) shape() string {
	return o.HTTP.Method + " " + label.ReplaceAllString(o.HTTP.RequestURI, "{")
}

// collisions returns the operations of each shape that several of them have.
func (s *service) collisions() map[string][]string {
	all := map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(s.model.Operations)) {
		shape := s.model.Operations[name].shape()
		all[shape] = append(all[shape], name)
	}
	maps.DeleteFunc(all, func(_ string, names []string) bool { return len(names) == 1 })
	return all
}

// accountHeader distinguishes requests to s3control from those to S3, which are
// signed for the same service: S3 itself is recognised by the host.
const accountHeader = "h:x-amz-account-id"

// route returns how a request of a REST service is recognised: method, path, the
// parameters that the query must have, and, if that does not tell operations apart,
// the members that it must have.
func (s *service) route(name string, collisions map[string][]string) []string {
	if !s.rest() {
		return nil
	}
	o := s.model.Operations[name]
	path, query, _ := strings.Cut(o.HTTP.RequestURI, "?")
	var members []string
	if rivals := collisions[o.shape()]; rivals != nil {
		members = s.required(name)
		if o.Deprecated || s.loses(name, rivals) {
			members = append(members, "never")
		}
	}
	if s.name == "s3control" {
		members = append(members, accountHeader)
	}
	return []string{o.HTTP.Method, path, query, strings.Join(members, " ")}
}

// loses reports whether another operation that is not deprecated takes the same
// requests and comes first in the order of names. AWS tells some apart by S3's
// host, such as ListBuckets and ListDirectoryBuckets.
func (s *service) loses(name string, rivals []string) bool {
	mine := strings.Join(s.required(name), " ")
	for _, rival := range rivals {
		if rival == name {
			return false
		}
		if !s.model.Operations[rival].Deprecated && strings.Join(s.required(rival), " ") == mine {
			return true
		}
	}
	return false
}

// required returns the members that every request of the operation has in its query
// or in a header.
func (s *service) required(name string) []string {
	in := s.model.input(name)
	var out []string
	for _, member := range in.Required {
		ref := in.Members[member]
		switch ref.Location {
		case "querystring":
			out = append(out, "q:"+ref.wire(member))
		case "header":
			out = append(out, "h:"+ref.wire(member))
		}
	}
	slices.Sort(out)
	return out
}

// body returns the kind of a request's body: "n" for none, "w" for members that a
// need may depend on, "s" for the caller's own data, such as the bytes of an
// object.
func (s *service) body(name string) string {
	if !s.rest() {
		return "w"
	}
	in := s.model.input(name)
	if in.Payload != "" {
		payload := in.Members[in.Payload]
		if shape := s.model.Shapes[payload.Shape]; shape.Type != "structure" {
			return "s"
		}
		return "w"
	}
	for _, ref := range in.Members {
		if ref.Location == "" {
			return "w"
		}
	}
	return "n"
}
