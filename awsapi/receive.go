package awsapi

import (
	"io"
	"net/http"
	"net/netip"
	"strings"

	"github.com/understudy-iam/understudy/principal"
)

// What is turned away before a service sees it, as recorded at STS.
const (
	maxBody = 10_000_000 // bytes of a POST body; one more is answered 413
	maxHead = 16 << 10   // bytes of a GET's request line, about

	// home is where AWS sends what is no API call.
	home = "https://aws.amazon.com/iam"

	formType = "application/x-www-form-urlencoded"
)

// refuse answers what is no API call by its head alone, and reports whether it
// did.
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

// read takes the parameters from the query and from a POST's body. It answers
// and returns false if the request holds no call.
func (c *request) read(w http.ResponseWriter) bool {
	var ok bool
	if c.params, ok = c.params.parse(c.r.URL.RawQuery); !ok {
		w.WriteHeader(http.StatusBadRequest)
		return false
	}
	if c.r.Method == http.MethodPost {
		if err := c.readBody(); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return false
		}
		if len(c.body) > maxBody {
			tooLarge(w)
			return false
		}
		c.params, ok = c.params.parse(string(c.body))
		c.badForm = !ok
	}
	c.action, c.version = c.params.get("Action"), c.params.get("Version")
	if c.action == nil && !c.badForm {
		to := home
		if c.r.Method != http.MethodPost && c.r.URL.RawQuery != "" {
			to += "?" + c.r.URL.RawQuery
		}
		redirect(w, to)
		return false
	}
	return true
}

// readBody reads at most a byte more than is allowed.
func (c *request) readBody() error {
	if n := c.r.ContentLength; n > int64(cap(c.body)) {
		c.body = make([]byte, 0, n)
	}
	limited := io.LimitReader(c.r.Body, maxBody+1)
	for {
		if len(c.body) == cap(c.body) {
			c.body = append(c.body, 0)[:len(c.body)]
		}
		n, err := limited.Read(c.body[len(c.body):cap(c.body)])
		c.body = c.body[:len(c.body)+n]
		if err == io.EOF || err == nil && int64(len(c.body)) == c.r.ContentLength {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// facts are what is known of the request before its caller is.
func (c *request) facts() principal.Request {
	r := c.r
	facts := principal.Request{
		ID:              c.handler.NewID(),
		Time:            c.handler.Clock(),
		Received:        c.handler.Now(),
		UserAgent:       r.UserAgent(),
		Referer:         r.Referer(),
		SecureTransport: r.TLS != nil,
	}
	if at, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		facts.SourceIP = at.Addr().Unmap().WithZone("")
	}
	if c.handler.TrustForwardedFor {
		first, _, _ := strings.Cut(r.Header.Get("X-Forwarded-For"), ",")
		if ip, err := netip.ParseAddr(strings.TrimSpace(first)); err == nil {
			facts.SourceIP = ip.Unmap()
		}
		if proto := r.Header.Get("X-Forwarded-Proto"); proto != "" {
			facts.SecureTransport = strings.EqualFold(proto, "https")
		}
	}
	return facts
}
