package awsapi

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aws/smithy-go"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/principal"
)

// targetHeader names the operation of services that speak JSON, such as
// DynamoDB_20120810.ListTables.
const targetHeader = "X-Amz-Target"

// foreign is a call of a service that is not served here, as far as its head tells.
type foreign struct{ service, operation, accessKeyID string }

// foreignCall finds out whether a request is a call of another service; nil if it is
// not. A form that is signed for another service is not looked at: its body says
// whether it is a call of a service that is served, with a wrong scope.
func (h *handler) foreignCall(r *http.Request) *foreign {
	if r.URL.Path == "/" && (r.Method == http.MethodPost && isForm(r.Header.Get("Content-Type")) || r.URL.Query().Has(actionParameter)) {
		return nil
	}
	f := &foreign{operation: operationOf(r)}
	if sig, err := sigv4.Parse(r); err == nil && sig != nil {
		f.service, f.accessKeyID = sig.Service, sig.AccessKeyID
	}
	if target, _, ok := strings.Cut(r.Header.Get(targetHeader), "."); ok && f.service == "" {
		name, _, _ := strings.Cut(target, "_")
		f.service = strings.ToLower(name)
	}
	if f.service == "" || h.api(f.service) != nil {
		return nil
	}
	f.service = clipped(f.service)
	return f
}

// operationOf is what the head says of the operation: its name, or else the method
// and the path.
func operationOf(r *http.Request) string {
	if _, name, ok := strings.Cut(r.Header.Get(targetHeader), "."); ok {
		return clipped(name)
	}
	if _, name, ok := strings.Cut(r.URL.Path, "/operation/"); ok { // of the protocol RPC v2
		return clipped(name)
	}
	return clipped(r.Method + " " + r.URL.Path)
}

// maxClipped is how long a text from a head may be that is kept, in bytes.
const maxClipped = 128

func clipped(s string) string {
	if len(s) > maxClipped {
		s = strings.ToValidUTF8(s[:maxClipped], "") + "..."
	}
	return strings.Clone(s)
}

// notServedHere says what to do with a call of another service.
func notServedHere(service, operation string) *smithy.GenericAPIError {
	return &smithy.GenericAPIError{
		Code: "NotImplemented", Fault: smithy.FaultServer,
		Message: "Understudy serves IAM and STS, and this is a call of " + service + " (" + operation + "): give its address in " +
			"AWS_ENDPOINT_URL_IAM and AWS_ENDPOINT_URL_STS instead of AWS_ENDPOINT_URL, so that calls of other services go where these are served.",
	}
}

// answerForeign answers a call of another service, and lets it be recorded.
func (h *handler) answerForeign(w http.ResponseWriter, r *http.Request, f *foreign, start time.Time) {
	c := &request{handler: h, r: r}
	caller := &principal.Caller{Request: c.facts()}
	caller.Request.Service, caller.Request.Operation = f.service, f.operation
	if f.accessKeyID != "" {
		caller.Claimed = &principal.Principal{AccessKeyID: clipped(f.accessKeyID)}
	}
	err := notServedHere(f.service, f.operation)
	if h.Observe != nil {
		h.Observe(Exchange{
			Caller: caller, Service: f.service, Operation: f.operation, Status: http.StatusNotImplemented,
			Code: err.Code, Message: err.Message, Err: err, Refusal: &Refusal{Stage: AtService}, Duration: time.Since(start),
		})
	}
	contentType, body := foreignBody(r, f.service, err, caller.Request.ID)
	header := w.Header()
	header["x-amzn-RequestId"] = []string{caller.Request.ID}
	header.Set("X-Amzn-Errortype", err.Code) // where REST services that speak JSON say it
	header.Set("Content-Type", contentType)
	header.Set("Content-Length", strconv.Itoa(len(body)))
	if r.ContentLength != 0 {
		header.Set("Connection", "close") // the body is not read
	}
	w.WriteHeader(http.StatusNotImplemented)
	_, _ = w.Write(body) // the client has gone if it fails
}

// foreignBody is an error in the form that clients of the service read: JSON, S3's
// XML, or that of the query protocol.
func foreignBody(r *http.Request, service string, err *smithy.GenericAPIError, id string) (contentType string, body []byte) {
	if t := r.Header.Get("Content-Type"); r.Header.Get(targetHeader) != "" || strings.Contains(t, "json") || strings.Contains(t, "cbor") ||
		r.Header.Get("Smithy-Protocol") != "" {
		body, _ = json.Marshal(map[string]string{"__type": err.Code, "message": err.Message})
		return "application/x-amz-json-1.0", body
	}
	if strings.HasPrefix(service, "s3") {
		body, _ = xml.Marshal(struct {
			XMLName                  xml.Name `xml:"Error"`
			Code, Message, RequestId string
		}{Code: err.Code, Message: err.Message, RequestId: id})
		return "application/xml", body
	}
	e := encoder{}
	e.fail(errorBody{namespace: faultNamespace, code: err.Code, message: err.Message, requestID: id})
	return "text/xml", e.buf
}

// isForeign reports whether a form is a call of another service: it is signed for
// one, and neither its version nor its action are of one that is served.
func (c *request) isForeign() bool {
	if c.sig == nil || c.sig.Service == "" || c.handler.api(c.sig.Service) != nil || c.action == nil {
		return false
	}
	for _, a := range c.handler.apis {
		if c.version != nil && *c.version == a.Version || a.operations[*c.action] != nil {
			return false
		}
	}
	return c.version != nil
}

// refuseForeign answers such a form.
func (c *request) refuseForeign() error {
	c.stage = AtService
	facts := &c.caller.Request
	facts.Service, facts.Operation = clipped(c.sig.Service), clipped(*c.action)
	c.caller.Claimed = &principal.Principal{AccessKeyID: clipped(c.sig.AccessKeyID)}
	return notServedHere(facts.Service, facts.Operation)
}
