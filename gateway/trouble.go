package gateway

import (
	"crypto/tls"
	"errors"
	"net"
	"os"
)

// trouble describes what is wrong with an upstream, in words that follow its address.
type trouble struct {
	kind             kind
	happened, advice string
}

// troubleOf says what is wrong with an upstream that did not answer.
func troubleOf(err error) trouble {
	var network net.Error
	var dial *net.OpError
	var untrusted *tls.CertificateVerificationError
	var plain tls.RecordHeaderError
	switch {
	case errors.Is(err, errNoEmulator):
		return trouble{unreachable, "is AWS's emulator, which is not running", "start it"}
	case errors.As(err, &dial) && dial.Op == "dial":
		return trouble{unreachable, "cannot be reached", "check that it is running at this address"}
	case errors.As(err, &untrusted):
		return trouble{garbled, "has a certificate that is not trusted", "start Understudy with --upstream-ca FILE or --upstream-insecure"}
	case errors.As(err, &plain):
		return trouble{garbled, "does not speak TLS", "start Understudy with its address as http://"}
	case errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return trouble{slow, "did not answer in time", "check whether it is busy or hangs"}
	}
	return trouble{garbled, "has closed the connection or has not answered in HTTP", "see its log"}
}
