package gateway

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/internal/textfile"
)

// The default times that an upstream may take.
const (
	dialTimeout = 5 * time.Second

	// answerTimeout is for the head of an answer, once the request is sent. Long polls
	// take 20 seconds (SQS) or 60 (GetActivityTask of Step Functions).
	answerTimeout = 2 * time.Minute

	// longAnswerTimeout is for services that answer when their work is done: a Lambda function may
	// run for 15 minutes.
	longAnswerTimeout = 15*time.Minute + 30*time.Second
)

// upstream is an Upstream that can be called.
type upstream struct {
	Upstream
	transports
	emulator *emulator // nil for other upstreams
}

// waits are how long answers may take to begin.
type waits struct{ quick, patient time.Duration }

// transports are the connections of one upstream: for calls that are answered soon, and for those
// that are answered when the work is done.
type transports struct{ quick, patient *http.Transport }

func newTransports(trust *tls.Config, w waits) transports {
	return transports{newTransport(trust, w.quick), newTransport(trust, w.patient)}
}

func (t transports) of(patient bool) http.RoundTripper {
	if patient {
		return t.patient
	}
	return t.quick
}

func (t transports) closeIdle() {
	for _, one := range []*http.Transport{t.quick, t.patient} {
		if one != nil {
			one.CloseIdleConnections()
		}
	}
}

// newUpstream makes an upstream that trusts the certificates of the configuration.
func newUpstream(u Upstream, c *Config) (*upstream, error) {
	trust := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: c.Insecure}
	if c.CAFile != "" {
		var err error
		if trust.RootCAs, err = certificates(c.CAFile); err != nil {
			return nil, fmt.Errorf("the certificates of upstreams: %w", err)
		}
	}
	waits := waits{answerTimeout, longAnswerTimeout}
	if c.AnswerTimeout > 0 {
		waits.quick, waits.patient = c.AnswerTimeout, c.AnswerTimeout
	}
	out := &upstream{Upstream: u, transports: newTransports(trust, waits)}
	if u.Emulator != "" {
		out.emulator = &emulator{dir: u.Emulator, trust: trust, waits: waits}
	}
	return out, nil
}

// CheckCAFile refuses a CAFile that cannot be read or has no certificate.
func (c *Config) CheckCAFile() error {
	if c.CAFile == "" {
		return nil
	}
	_, err := certificates(c.CAFile)
	return err
}

// certificates returns the system's certificates and those of a file.
func certificates(file string) (*x509.CertPool, error) {
	pem, err := textfile.Read(file, textfile.Document)
	if err != nil {
		return nil, err
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s: %w", file, errNoCertificate)
	}
	return pool, nil
}

// newTransport makes the connections of one upstream. Bodies are not decompressed.
func newTransport(trust *tls.Config, answer time.Duration) *http.Transport {
	return &http.Transport{
		DialContext:           (&net.Dialer{Timeout: dialTimeout}).DialContext,
		TLSClientConfig:       trust.Clone(),
		TLSHandshakeTimeout:   dialTimeout,
		ResponseHeaderTimeout: answer,
		DisableCompression:    true,
		MaxIdleConnsPerHost:   256,
		IdleConnTimeout:       90 * time.Second,
		ReadBufferSize:        32 << 10,
		WriteBufferSize:       32 << 10,
	}
}

// target says how an upstream is called now.
type target struct {
	url       *url.URL
	transport http.RoundTripper
	key       sigv4.Credentials // the credentials that it wants; zero: any
}

// target returns the transport and the credentials of a call, which for AWS's
// emulator change whenever it starts.
func (u *upstream) target(patient bool) (*target, error) {
	if u.emulator != nil {
		return u.emulator.target(u.URL, patient)
	}
	return &target{url: u.URL, transport: u.of(patient)}, nil
}

func (u *upstream) close() {
	u.closeIdle()
	if u.emulator != nil {
		u.emulator.close()
	}
}
