package intake_test

import (
	"errors"
	"net"
	"net/http"
	"os"
	"syscall"
	"testing"

	"github.com/understudy-iam/understudy/internal/intake"
)

// failing is a listener whose first calls of Accept fail.
type failing struct {
	net.Listener
	errors chan error
}

func (f *failing) Accept() (net.Conn, error) {
	select {
	case err := <-f.errors:
		return nil, &net.OpError{Op: "accept", Net: "tcp", Err: os.NewSyscallError("accept4", err)}
	default:
		return f.Listener.Accept()
	}
}

// A server survives temporary errors of accept. If there are not enough files, the
// connection that has waited longest for a request makes room.
func TestErrorsOfAccept(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err    error
		places int
	}{
		"too many open files":              {syscall.EMFILE, 1},
		"too many open files in the whole": {syscall.ENFILE, 1},
		"no memory for a connection":       {syscall.ENOBUFS, 0},
		"the client has gone already":      {syscall.ECONNABORTED, 0},
		"a firewall":                       {syscall.EPERM, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			broken := &failing{ln, make(chan error, 1)}
			s := serveOn(t, broken, intake.Limits{}, intake.Times{},
				func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }, nil)
			waiting := s.dial(t)
			s.get(t, waiting)
			s.waits(t, 1) // it is not yet the longest when its answer is there
			broken.errors <- c.err
			s.get(t, s.dial(t)) // ends the call of Accept that began before the error
			s.get(t, s.dial(t))
			if got := s.Refused("ulimit -n"); got != c.places {
				t.Errorf("%d places were made, want %d", got, c.places)
			}
			if c.places == 0 {
				s.get(t, waiting)
			} else if n, err := waiting.Read(make([]byte, 1)); n > 0 || err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("the connection that waits longest is open still: %d bytes, %v", n, err)
			}
			s.stop()
			if err := s.ended(t); err != nil {
				t.Error(err)
			}
		})
	}
}

// A listener that cannot be used any more ends the server.
func TestDeadListenerEndsTheServer(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	broken := &failing{ln, make(chan error, 1)}
	broken.errors <- syscall.EINVAL
	s := serveOn(t, broken, intake.Limits{}, intake.Times{}, http.NotFound, nil)
	if err := s.ended(t); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("the server ended with %v", err)
	}
}
