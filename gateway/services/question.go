package services

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"

	"github.com/understudy-iam/understudy/principal"
)

// Question is a request to an upstream about a resource. It is not signed yet.
type Question struct {
	Service *Service
	Region  string
	Account string // the owner of the resource; empty if its ARN does not say
	Method  string
	URL     url.URL // path and query
	Header  http.Header
	Body    []byte

	// Unsigned lets it be sent without a signature if there are no credentials, for upstreams that
	// do not verify signatures.
	Unsigned bool
}

// ask begins a question about a resource.
func ask(service string, a principal.ARN) *Question {
	return &Question{
		Service: serviceNamed(service), Region: a.Region, Account: a.AccountID, Method: http.MethodPost, URL: url.URL{Path: "/"},
	}
}

// rest makes it a request by method and path, escaped, with a query.
func (q *Question) rest(method, path, query string) *Question {
	q.Method, q.URL.RawPath, q.URL.RawQuery = method, path, query
	q.URL.Path, _ = url.PathUnescape(path) // it was made by url.PathEscape
	return q
}

// json makes it a call of the JSON protocols.
func (q *Question) json(operation string, members map[string]any) *Question {
	version := "1.1"
	if slices.Contains(q.Service.Protocols, JSON10) {
		version = "1.0"
	}
	q.Header = http.Header{"X-Amz-Target": {q.Service.Target + "." + operation}, "Content-Type": {"application/x-amz-json-" + version}}
	q.Body, _ = json.Marshal(members) // only strings
	return q
}

// form makes it a call of the query protocol.
func (q *Question) form(operation string, parameters url.Values) *Question {
	parameters.Set("Action", operation)
	parameters.Set("Version", q.Service.Version)
	q.Header = http.Header{"Content-Type": {"application/x-www-form-urlencoded; charset=utf-8"}}
	q.Body = []byte(parameters.Encode())
	return q
}

// byARN asks by an operation of the JSON protocols that takes the ARN.
func byARN(service, operation, member string) func(principal.ARN) *Question {
	return func(a principal.ARN) *Question {
		return ask(service, a).json(operation, map[string]any{member: a.String()})
	}
}

// queueURL returns a URL that names a queue. The host does not matter: emulators read the path.
func queueURL(a principal.ARN) string {
	return "http://sqs." + a.Region + ".localhost/" + a.AccountID + "/" + a.Resource
}

// answered reads the members of an answer in JSON. An answer in another form has none.
func answered(answer []byte) *reader {
	root, err := readJSON(answer)
	return &reader{body: root, err: err, read: true}
}

// memberOf returns the string at a path in an answer; empty if there is none.
func memberOf(path string) func(answer []byte) string {
	return func(answer []byte) string {
		text, _ := answered(answer).text(path)
		return text
	}
}
