package gateway

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"strconv"
	"strings"

	"github.com/fxamacker/cbor/v2"

	"github.com/understudy-iam/understudy/gateway/services"
)

// answer is an error in the form that is sent.
type answer struct {
	code, message, requestID string
	queryCode                string // the code in the query protocol
	status                   int
	details                  []detail
}

// answerOf returns a failure in the words of the call's service.
func (c *call) answerOf(f *failure) *answer {
	usual := codes[f.kind][c.family()]
	a := &answer{code: f.code, message: f.message, status: f.status, details: f.details, requestID: c.caller.Request.ID}
	if a.code == "" {
		a.code, a.queryCode = usual.code, codes[f.kind][queryFamily].code
	}
	if a.status == 0 {
		a.status = usual.status
	}
	if c.serviceIs("sqs") && a.status == http.StatusBadRequest &&
		f.kind != malformed { // with JSON too: aws/serverless-application-model issue 3633
		a.status = http.StatusForbidden
	}
	return a
}

// write sends the error in the form that clients of the service read.
func (c *call) write(a *answer) {
	h := c.w.Header()
	c.identify(h)
	h.Set("Content-Type", c.contentType())
	var body []byte
	switch c.protocol {
	case services.JSON10, services.JSON11:
		body = jsonError(a)
	case services.RESTJSON:
		h.Set("X-Amzn-Errortype", a.code)
		body = jsonError(a)
	case services.CBOR:
		h.Set("Smithy-Protocol", "rpc-v2-cbor")
		body, _ = cbor.Marshal(errorMembers{a.code, a.message})
	case services.EC2:
		body = xmlError(ec2Error{Code: a.code, Message: a.message, RequestID: a.requestID})
	default:
		body = c.xmlBody(a)
	}
	if c.serviceIs("sqs") && (c.protocol == services.JSON10 || c.protocol == services.JSON11) {
		h.Set("X-Amzn-Query-Error", a.queryCode+";"+fault(a.status))
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if c.in.ContentLength != 0 && !c.read {
		h.Set("Connection", "close") // the body is not read
	}
	c.w.WriteHeader(a.status)
	if c.in.Method != http.MethodHead {
		_, _ = c.w.Write(body) // the client has gone if it fails
	}
}

// contentType returns the content type of the service's answers.
func (c *call) contentType() string {
	switch c.protocol {
	case services.JSON10:
		return "application/x-amz-json-1.0"
	case services.JSON11:
		return "application/x-amz-json-1.1"
	case services.RESTJSON:
		return "application/json"
	case services.CBOR:
		return "application/cbor"
	case services.EC2:
		return "text/xml;charset=UTF-8"
	}
	if c.family() == s3Family {
		return "application/xml"
	}
	return "text/xml"
}

// identify writes the request ID into an answer, where the clients of the service look for it.
func (c *call) identify(h http.Header) {
	id := []string{c.caller.Request.ID}
	h["X-Amzn-Requestid"] = id
	if c.family() == s3Family {
		h["X-Amz-Request-Id"] = id
	}
	if faults := c.caller.Request.Faults; len(faults) > 0 {
		h[faultHeader] = faults
	}
}

// fault says whose fault it was, in AWS's words.
func fault(status int) string {
	if status < http.StatusInternalServerError {
		return "Sender"
	}
	return "Receiver"
}

// errorMembers are the members of an error in JSON and in CBOR.
type errorMembers struct {
	Type    string `json:"__type"`
	Message string `json:"message"`
}

func jsonError(a *answer) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(errorMembers{a.code, a.message})
	return bytes.TrimSpace(b.Bytes())
}

type ec2Error struct {
	XMLName   xml.Name `xml:"Response"`
	Code      string   `xml:"Errors>Error>Code"`
	Message   string   `xml:"Errors>Error>Message"`
	RequestID string   `xml:"RequestID"`
}

type queryError struct {
	XMLName   xml.Name `xml:"ErrorResponse"`
	Type      string   `xml:"Error>Type"`
	Code      string   `xml:"Error>Code"`
	Message   string   `xml:"Error>Message"`
	RequestID string   `xml:"RequestId"`
}

// xmlBody is an error of S3 or of the query protocol. Other services of REST with XML have the form
// of the query protocol too.
func (c *call) xmlBody(a *answer) []byte {
	if c.family() != s3Family {
		return xmlError(queryError{Type: fault(a.status), Code: a.code, Message: a.message, RequestID: a.requestID})
	}
	var b strings.Builder
	b.WriteString("<Error>")
	for _, e := range append([]detail{
		{"Code", a.code}, {"Message", a.message},
	}, append(a.details, detail{"RequestId", a.requestID}, detail{"HostId", a.requestID})...) {
		b.WriteString("<" + e.name + ">")
		_ = xml.EscapeText(&b, []byte(e.value))
		b.WriteString("</" + e.name + ">")
	}
	b.WriteString("</Error>")
	return []byte(xml.Header + b.String())
}

func xmlError(v any) []byte {
	body, _ := xml.Marshal(v)
	return append([]byte(xml.Header), body...)
}

// guessProtocol guesses the protocol of a call to a service that is not known.
func guessProtocol(r *http.Request, service string) services.Protocol {
	contentType := r.Header.Get("Content-Type")
	switch {
	case r.Header.Get("Smithy-Protocol") == "rpc-v2-cbor":
		return services.CBOR
	case strings.Contains(contentType, "x-amz-json-1.1"):
		return services.JSON11
	case r.Header.Get(targetHeader) != "", strings.Contains(contentType, "x-amz-json"):
		return services.JSON10
	case strings.HasPrefix(service, "s3"), service == "" && !isForm(r.Header):
		return services.RESTXML
	case isForm(r.Header), r.URL.Query().Has("Action"):
		return services.Query
	}
	return services.RESTJSON
}
