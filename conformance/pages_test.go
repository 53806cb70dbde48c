package conformance_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/smithy-go"
)

// A script that uses an SDK in a page of this machine can call, and one in
// another page cannot: the browser sets the Origin, whatever the SDK signs. A
// program that is refused gets the reason from its SDK.
func TestPagesCallBySDK(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	list := func(change func(*http.Request)) error {
		config := w.srv.Config(w.ctx)
		inner := config.HTTPClient
		config.HTTPClient = doing(func(r *http.Request) (*http.Response, error) {
			change(r)
			return inner.Do(r)
		})
		_, err := iam.NewFromConfig(config).ListUsers(w.ctx, nil)
		return err
	}
	for name, c := range map[string]struct {
		change func(*http.Request)
		reason string
	}{
		"a page of localhost": {func(r *http.Request) { r.Header.Set("Origin", "http://localhost:3000") }, ""},
		"a page of another site": {
			func(r *http.Request) { r.Header.Set("Origin", "https://page.example") }, "--allow-origin https://page.example",
		},
		"a page of no origin":     {func(r *http.Request) { r.Header.Set("Origin", "null") }, "serve the page from localhost"},
		"a name that is not ours": {func(r *http.Request) { r.Host = "iam.example.com" }, "--allow-host iam.example.com"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := list(c.change)
			if c.reason == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			var api smithy.APIError
			if !errors.As(err, &api) || api.ErrorCode() != "WebPageRefused" || !strings.Contains(api.ErrorMessage(), c.reason) {
				t.Errorf("%v", err)
			}
		})
	}
}
