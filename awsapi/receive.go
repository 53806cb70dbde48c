package awsapi

import (
	"io"
	"net/http"
	"strings"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
)

// Limits and answers for requests that never reach a service, as recorded at STS.
const (
	maxHead = 16 << 10 // bytes of a GET's request line, about

	// home is where AWS redirects requests that are not API calls.
	home = "https://aws.amazon.com/iam"

	formType = "application/x-www-form-urlencoded"
)

// refuse answers a request whose head shows that it is not an API call, and reports whether it did.
func refuse(w http.ResponseWriter, r *http.Request) bool {
	switch {
	case r.URL.Path != "/" && r.URL.Path != "":
		w.Header().Set("Content-Type", "text/xml")
		w.WriteHeader(http.StatusNotFound)
		io.WriteString(w, "<UnknownOperationException/>")
	case r.Method == http.MethodGet && len(r.RequestURI) > maxHead:
		w.WriteHeader(http.StatusBadRequest)
	case r.Method == http.MethodPost && !isForm(r.Header.Get("Content-Type")):
		redirect(w, home)
	case r.Method != http.MethodPost && r.Method != http.MethodGet && r.Method != http.MethodHead:
		redirect(w, home)
	case r.ContentLength > maxBody:
		tooLarge(w)
	default:
		return false
	}
	return true
}

func isForm(contentType string) bool {
	t, _, _ := strings.Cut(contentType, ";")
	return strings.EqualFold(strings.TrimSpace(t), formType)
}

func redirect(w http.ResponseWriter, to string) {
	w.Header()["Location"] = []string{to}
	w.WriteHeader(http.StatusFound)
}

func tooLarge(w http.ResponseWriter) {
	w.Header().Set("Connection", "close")
	w.WriteHeader(http.StatusRequestEntityTooLarge)
}

// read reads the parameters from the query, and the body of a POST. It answers and
// returns false if the request holds no call.
func (c *request) read(w http.ResponseWriter) bool {
	if c.target != nil {
		return c.readTarget(w)
	}
	var ok bool
	if c.params, ok = c.params.parse(c.r.URL.RawQuery); !ok {
		w.WriteHeader(http.StatusBadRequest)
		return false
	}
	c.action, c.version = c.params.get(actionParameter), c.params.get(versionParameter)
	c.sig, c.sigErr = sigv4.Parse(c.r)
	if c.r.Method == http.MethodPost && !c.readBody(w) {
		return false
	}
	if c.action == nil && !c.badForm && c.cut == nil {
		to := home
		if c.r.Method != http.MethodPost && c.r.URL.RawQuery != "" {
			to += "?" + c.r.URL.RawQuery
		}
		redirect(w, to)
		return false
	}
	return true
}
