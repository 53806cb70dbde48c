package gateway

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/principal"
)

// Config is what a user chooses. The zero value has no upstream: every call is
// answered with an error that says what to do.
type Config struct {
	Upstreams []Upstream

	// Signing says with which credentials requests are sent on.
	Signing Signing

	// Account is the account whose resources the upstreams hold, 12 digits; "" is the
	// server's own, and CallersAccount the one of each caller.
	Account string

	// CAFile is a file of certificates, in PEM, that are trusted for upstreams besides the
	// system's; "" for none.
	CAFile string

	// Insecure accepts any certificate of an upstream.
	Insecure bool

	// AnswerTimeout is how long an upstream may take to begin an answer; 0 is 2 minutes, and 15
	// minutes for services that answer when their work is done, such as Lambda.
	AnswerTimeout time.Duration

	// NoMirror leaves the IAM of the upstreams alone. Otherwise the roles that calls pass,
	// and the instance profiles and server certificates that they name, are made there,
	// and deleted when they are deleted here.
	NoMirror bool

	// Lenient decides calls of unknown operations by the operation's name, on every resource.
	// Otherwise they are denied.
	Lenient bool
}

// CallersAccount as Config.Account makes resources belong to the caller's account, for upstreams
// that keep accounts apart by the key ID.
const CallersAccount = "caller"

// ParseAccount reads Config.Account.
func ParseAccount(s string) (string, error) {
	if s == "" || s == CallersAccount || principal.ValidAccountID(s) {
		return s, nil
	}
	return "", fmt.Errorf("%q is not an account ID; give 12 digits, or %s for the account of each caller", s, CallersAccount)
}

// Upstream is a server to which calls are sent on.
type Upstream struct {
	// Services are the services that it serves, in lower case, as clients of the SDKs or scopes of
	// signatures name them: s3, dynamodb, monitoring. If there are none, it serves all services
	// that no other upstream names.
	Services []string

	// URL has a scheme and a host.
	URL *url.URL

	// Emulator is the directory of the files that AWS's emulator writes when it starts;
	// "" for other upstreams.
	Emulator string
}

// emulatorPort is where AWS's emulator listens.
// https://docs.aws.amazon.com/emulator/latest/userguide/cli-reference.html
const emulatorPort = "9297"

// ParseUpstream reads an upstream as flags give it: [SERVICE[,SERVICE...]=]URL, with
// emulator or emulator:PORT in place of the URL for AWS's emulator on this machine.
func ParseUpstream(s string) (Upstream, error) {
	var u Upstream
	names, target, found := strings.Cut(s, "=")
	if !found || strings.Contains(names, "/") {
		names, target = "", s
	}
	for name := range strings.SplitSeq(names, ",") {
		if name = strings.ToLower(strings.TrimSpace(name)); name == "" {
			continue
		}
		if err := checkService(name); err != nil {
			return u, err
		}
		u.Services = append(u.Services, name)
	}
	if found && target != s && len(u.Services) == 0 {
		return u, fmt.Errorf("%q names no service before the equals sign; give one such as s3=http://127.0.0.1:9000", s)
	}
	var err error
	if name, port, _ := strings.Cut(target, ":"); name == "emulator" {
		u.URL, u.Emulator, err = emulatorAt(port)
		return u, err
	}
	u.URL, err = parseURL(target)
	return u, err
}

func parseURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "":
		return nil, fmt.Errorf("%q is not the URL of an upstream; give one such as http://127.0.0.1:5000", s)
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		return nil, fmt.Errorf("%q has more than a scheme, a host and a port; requests keep their own path, so give one such as %s://%s",
			u.Redacted(), u.Scheme, u.Host)
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host}, nil
}

func emulatorAt(port string) (*url.URL, string, error) {
	if port == "" {
		port = emulatorPort
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return nil, "", fmt.Errorf("emulator:%s has no port; give one such as emulator:%s", port, emulatorPort)
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return nil, "", fmt.Errorf("the files of AWS's emulator are in the home directory, which is not known: %w", err)
	}
	return &url.URL{Scheme: "https", Host: net.JoinHostPort("127.0.0.1", port)}, filepath.Join(home, ".aws", "emulator", port), nil
}

// Signing says how a request that is sent on is signed. The zero value is SignAccount.
type Signing struct {
	Mode SigningMode
	Key  sigv4.Credentials // of SignKey
}

// SigningMode says with which credentials.
type SigningMode uint8

// The modes of signing.
const (
	// SignAccount signs with a key whose ID is the account of the resources, which LocalStack and
	// similar emulators understand, and puts the account in x-moto-account-id too.
	SignAccount SigningMode = iota
	Keep                    // the client's own signature is sent on
	Strip                   // the request is sent on without a signature
	SignKey                 // signs with Signing.Key
)

// ParseSigning reads a Signing as flags give it: account, keep, strip or
// KEYID:SECRET. An error does not repeat the secret.
func ParseSigning(s string) (Signing, error) {
	switch s {
	case "", "account":
		return Signing{}, nil
	case "keep":
		return Signing{Mode: Keep}, nil
	case "strip":
		return Signing{Mode: Strip}, nil
	}
	id, secret, ok := strings.Cut(s, ":")
	if !ok || id == "" || secret == "" {
		return Signing{}, errors.New("the credentials are not account, keep, strip or KEYID:SECRET")
	}
	return Signing{SignKey, sigv4.Credentials{AccessKeyID: id, SecretAccessKey: secret}}, nil
}
