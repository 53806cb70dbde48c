package iamtest

import (
	"context"
	"net"
)

// IMDS starts the metadata endpoint of server.Options.IMDS on a port of its own
// and returns its URL: the value for AWS_EC2_METADATA_SERVICE_ENDPOINT, and the
// beginning of one for AWS_CONTAINER_CREDENTIALS_FULL_URI, which goes on
// /v2/credentials/ROLE. It ends with the test.
func (s *Server) IMDS(t TB) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("iamtest: %v", err)
		return ""
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.handler.ServeIMDS(ctx, ln) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Fatalf("iamtest: %v", err)
		}
	})
	return "http://" + ln.Addr().String()
}
