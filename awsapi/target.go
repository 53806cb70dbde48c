package awsapi

import (
	"net/http"
	"strings"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
)

// targetHeader names the operation of a call in JSON.
// https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
const targetHeader = "X-Amz-Target"

const (
	jsonType = "application/x-amz-json-1.1"

	// maxJSON is the maximum size of the body of a call in JSON, in bytes. AWS documents no such
	// limit for the services that are served; none of their inputs comes near it.
	maxJSON = 1 << 20
)

// target is an operation of a service that speaks JSON, with or without REST.
type target struct {
	api    *api
	op     *operation
	labels params // in the path of a call in REST
}

// addTargets makes the served operations of a service known by their targets.
func (h *handler) addTargets(a *api) {
	for name, op := range a.operations {
		if op.in != nil {
			h.targets[a.Target+"."+name] = &target{api: a, op: op}
		}
	}
}

// named finds the operation that a request names by its head alone; nil if that does not
// name one.
func (h *handler) named(r *http.Request) *target {
	if t := h.target(r); t != nil {
		return t
	}
	return h.restTarget(r)
}

// target finds the operation that a request names in its header; nil if it names none that is
// served. The operation's service answers the call even if it is signed for another service, or not
// at all. Some clients put a namespace before the name of the service.
func (h *handler) target(r *http.Request) *target {
	values := r.Header[targetHeader]
	if len(values) != 1 || r.Method != http.MethodPost || !isRoot(r) || isForm(r.Header.Get("Content-Type")) {
		return nil
	}
	name := values[0]
	if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
		name = name[strings.LastIndexByte(name[:dot], '.')+1:]
	}
	return h.targets[name]
}

// readTarget reads the body of a call in JSON. It answers and returns false if the body
// cannot be read.
func (c *request) readTarget(w http.ResponseWriter) bool {
	c.action, c.version = &c.target.op.name, &c.target.api.Version
	c.sig, c.sigErr = sigv4.Parse(c.r)
	return c.readBody(w)
}
