package intake_test

import (
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/understudy-iam/understudy/internal/intake"
)

func TestConnectionsAreBounded(t *testing.T) {
	t.Parallel()
	began, goOn := make(chan struct{}), make(chan struct{})
	s := serve(t, intake.Limits{Connections: 3}, intake.Times{}, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/held" {
			began <- struct{}{}
			<-goOn
		}
		io.WriteString(w, "done")
	}, nil)
	get := func(c net.Conn, path string) { send(t, c, "GET "+path+" HTTP/1.1\r\nHost: a\r\n\r\n") }
	active := s.dial(t)
	get(active, "/held")
	<-began
	idle := s.dial(t)
	get(idle, "/")
	if got, _ := status(t, idle); got != 200 {
		t.Fatalf("answered %d", got)
	}
	s.waits(t, 1)
	younger := s.dial(t)
	s.waits(t, 2)
	fresh := s.dial(t)
	get(fresh, "/held")
	<-began
	if _, err := idle.Read(make([]byte, 1)); err == nil {
		t.Error("the connection that has waited longest is not closed")
	}
	get(younger, "/held")
	<-began
	if got, err := io.ReadAll(s.dial(t)); len(got) > 0 {
		t.Errorf("a new connection where all others are in use: %q, %v", got, err)
	}
	if s.Open() != 3 || s.Refused("--max-connections") != 2 {
		t.Errorf("%d are open, %d were refused", s.Open(), s.Refused("--max-connections"))
	}
	close(goOn)
	for _, c := range []net.Conn{active, fresh, younger} {
		if got, _ := status(t, c); got != 200 {
			t.Errorf("a call on a connection that is in use: answered %d", got)
		}
	}
}
