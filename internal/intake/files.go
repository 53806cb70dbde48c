package intake

import (
	"errors"
	"net"
	"syscall"
)

// For the system a connection is a file, and the number of files that a process may
// have open is limited. Some are kept for other uses: the data directory, seeds,
// requests to issuers.
const (
	filesForOthers = 4  // a quarter is for other uses
	leastForOthers = 32 // or this many, if at least as many are left for connections
)

// fitting returns how many connections are possible under a limit of files.
func fitting(wanted int, files uint64) int {
	others := max(files/filesForOthers, min(leastForOthers, files/2))
	return int(max(1, min(uint64(wanted), files-others)))
}

// fit lowers the limit of connections to what the system allows.
func (i *Intake) fit(openFiles func() (uint64, bool)) {
	files, known := openFiles()
	if !known {
		return
	}
	wanted := i.limits.Connections
	if i.limits.Connections = fitting(wanted, files); i.limits.Connections < wanted {
		i.logger.Warn("fewer connections are kept open than --max-connections allows, since the system lets this process open only so many files; "+
			"raise that limit (ulimit -n), or lower --max-connections", "connections", i.limits.Connections, "max_connections", wanted,
			"files", files)
	}
}

// listener survives temporary errors.
type listener struct {
	net.Listener
	run *run
}

// passing lists errors of accept that say nothing about the listener. Linux also
// returns network errors that are pending on a new connection.
var passing = []error{
	syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM, syscall.ECONNABORTED, syscall.EPERM, syscall.EPROTO,
	syscall.ENETDOWN, syscall.ENETUNREACH, syscall.EHOSTDOWN, syscall.EHOSTUNREACH, syscall.ENOPROTOOPT, syscall.EOPNOTSUPP,
}

// Accept waits for a connection. It turns a temporary error into one after which
// net/http tries again, within a second. If there are not enough files, the
// connection that has waited longest for a request makes room for a new one.
func (l *listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	for _, e := range passing {
		if errors.Is(err, e) {
			if e == syscall.EMFILE || e == syscall.ENFILE {
				l.run.yield()
			}
			return nil, passingError{err}
		}
	}
	return c, err
}

// yield closes the connection that has waited longest for a request.
func (r *run) yield() {
	r.overflow.note("ulimit -n")
	if longest := r.conns.takeLongest(); longest != nil {
		_ = longest.Close()
	}
}

// passingError is an error after which net/http continues.
type passingError struct{ error }

func (e passingError) Unwrap() error { return e.error }

// Timeout implements net.Error.
func (passingError) Timeout() bool { return false }

// Temporary implements net.Error.
func (passingError) Temporary() bool { return true }
