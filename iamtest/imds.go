package iamtest

import (
	"context"
	"net"
)

// IMDS starts the metadata endpoint of server.Options.IMDS on its own port and
// returns its URL. Use the URL as AWS_EC2_METADATA_SERVICE_ENDPOINT, or with
// /v2/credentials/ROLE appended as AWS_CONTAINER_CREDENTIALS_FULL_URI. The endpoint
// stops when the test ends.
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
