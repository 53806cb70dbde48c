package intake

import (
	"errors"
	"net"
	"syscall"
)

// A connection is a file to the system, which bounds how many the process may have
// open. Some are for others: the data directory, seeds, requests to issuers.
const (
	filesForOthers = 4  // a quarter is for others
	leastForOthers = 32 // or so many, as long as there is as much for connections
)

// fitting is how many connections there may be under a bound of files.
func fitting(wanted int, files uint64) int {
	others := max(files/filesForOthers, min(leastForOthers, files/2))
	return int(max(1, min(uint64(wanted), files-others)))
}

// fit lessens the bound of connections to what the system allows.
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

// listener outlives errors that pass.
type listener struct {
	net.Listener
	run *run
}

// passing are errors of accept that say nothing about the listener. Linux also hands
// out errors of the network that wait on a new connection.
var passing = []error{
	syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM, syscall.ECONNABORTED, syscall.EPERM, syscall.EPROTO,
	syscall.ENETDOWN, syscall.ENETUNREACH, syscall.EHOSTDOWN, syscall.EHOSTUNREACH, syscall.ENOPROTOOPT, syscall.EOPNOTSUPP,
}

// Accept waits for a connection. Of an error that passes it returns one that net/http
// takes as such: it tries again, after up to a second. If files are short, the
// connection that has waited longest for a request makes place for a new one.
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

// passingError is an error after which net/http goes on.
type passingError struct{ error }

func (e passingError) Unwrap() error { return e.error }

// Timeout implements net.Error.
func (passingError) Timeout() bool { return false }

// Temporary implements net.Error.
func (passingError) Temporary() bool { return true }
