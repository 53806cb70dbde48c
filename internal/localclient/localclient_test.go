package localclient_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/understudy-iam/understudy/internal/localclient"
)

// closable is a body that cannot be read after it was closed, like the SDK's.
type closable struct {
	io.Reader
	closed bool
}

func (c *closable) Read(p []byte) (int, error) {
	if c.closed {
		return 0, errors.New("read of a closed body")
	}
	return c.Reader.Read(p)
}

func (c *closable) Close() error {
	c.closed = true
	return nil
}

// early answers before it reads the body of the request, which it keeps.
type early struct{ body io.Reader }

func (e *early) RoundTrip(r *http.Request) (*http.Response, error) {
	e.body = r.Body
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
}

func TestBodyCanBeClosedBeforeItIsSent(t *testing.T) {
	t.Parallel()
	for name, sent := range map[string]string{"a form": "Action=ListUsers", "nothing": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body, server := &closable{Reader: strings.NewReader(sent)}, &early{}
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://localhost/", body)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := (localclient.Transport{Client: &http.Client{Transport: server}}).Do(r); err != nil {
				t.Fatal(err)
			}
			body.Close()
			if got, err := io.ReadAll(server.body); err != nil || string(got) != sent {
				t.Errorf("the server reads %q, %v; want %q", got, err, sent)
			}
		})
	}
}

func TestBodyThatCannotBeRead(t *testing.T) {
	t.Parallel()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://localhost/", &closable{closed: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (localclient.Transport{Client: &http.Client{Transport: &early{}}}).Do(r); err == nil {
		t.Error("the body's error is lost")
	}
}

func TestConfigRetriesNothing(t *testing.T) {
	t.Parallel()
	c := localclient.Config("http://127.0.0.1:1", "us-east-1", aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"})
	if n := c.Retryer().MaxAttempts(); n != 1 {
		t.Errorf("a call is tried %d times", n)
	}
}
