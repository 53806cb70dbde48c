package gateway_test

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/gateway"
)

// due is a context whose time is over when it is said to be.
type due struct {
	context.Context
	over chan struct{}
}

func (d due) Done() <-chan struct{} { return d.over }

func (d due) Err() error {
	select {
	case <-d.over:
		return context.DeadlineExceeded
	default:
		return nil
	}
}

// An upstream that answers anything is well; what is wrong with another is said with what
// to do about it. None is sent a secret.
func TestFaultsOfUpstreams(t *testing.T) {
	t.Parallel()
	got := make(chan string, 1) // by the upstream that answers
	well := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got <- r.Method + " " + r.RequestURI + " " + r.UserAgent() + r.Header.Get("Authorization")
		w.WriteHeader(http.StatusInternalServerError)
	}))
	defer well.Close()
	secret := httptest.NewUnstartedServer(http.NotFoundHandler())
	secret.Config.ErrorLog = log.New(io.Discard, "", 0)
	secret.StartTLS()
	defer secret.Close()
	d := due{t.Context(), make(chan struct{})}
	asked := make(chan struct{})
	hangs := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		<-r.Context().Done()
	}))
	defer hangs.Close()
	for name, c := range map[string]struct{ upstream, want string }{
		"answers with an error": {well.URL, ""},
		"is not there":          {nobody, "cannot be reached; check that it is running at this address"},
		"ends the connection": {
			"http://" + rude(t), "has closed the connection or has not answered in HTTP; see its log",
		},
		"has a certificate of its own": {
			secret.URL, "has a certificate that is not trusted; start Understudy with --upstream-ca FILE or --upstream-insecure",
		},
		"does not speak TLS": {
			"https" + strings.TrimPrefix(well.URL, "http"), "does not speak TLS; start Understudy with its address as http://",
		},
		"is not running": {"emulator", "is AWS's emulator, which is not running; start it"},
	} {
		if diff := cmp.Diff([]string{c.want}, faultsOf(t.Context(), t, c.upstream)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	go func() {
		<-asked
		close(d.over)
	}()
	want := []string{"did not answer in time; check whether it is busy or hangs"}
	if diff := cmp.Diff(want, faultsOf(d, t, hangs.URL)); diff != "" {
		t.Errorf("one hangs (-want +got):\n%s", diff)
	}
	if request := <-got; request != "GET / understudy" {
		t.Errorf("the upstream was asked by %s", request)
	}
}

// faultsOf are the faults of upstreams.
func faultsOf(ctx context.Context, t *testing.T, upstreams ...string) []string {
	t.Helper()
	var o gateway.Options
	for _, given := range upstreams {
		u, err := gateway.ParseUpstream(given)
		if err != nil {
			t.Fatal(err)
		}
		if u.Emulator != "" {
			u.Emulator = t.TempDir()
		}
		o.Upstreams = append(o.Upstreams, u)
	}
	g, err := gateway.New(o)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	return g.Faults(ctx)
}

// rude is the address of a server that ends every connection.
func rude(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			c.Close()
		}
	}()
	return ln.Addr().String()
}
