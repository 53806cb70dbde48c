package accessanalyzer_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer"

	"github.com/understudy-iam/understudy/iamtest"
)

// upstream answers what it is asked with an empty list, and says so.
func upstream(t *testing.T) (url string, asked func() string) {
	t.Helper()
	calls := make(chan string, 16)
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls <- r.Method + " " + r.URL.Path
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"analyzers":[]}`)
	}))
	t.Cleanup(up.Close)
	return up.URL, func() string {
		select {
		case call := <-calls:
			return call
		default:
			return ""
		}
	}
}

// An upstream gets the operations that are not served here, as policies allow, and none that
// is.
func TestOtherOperationsGoToAnUpstream(t *testing.T) {
	t.Parallel()
	url, asked := upstream(t)
	srv := iamtest.Start(t, iamtest.WithUpstream(url), iamtest.WithSeedText(permitted))
	list := func(c *accessanalyzer.Client) error {
		_, err := c.ListAnalyzers(t.Context(), &accessanalyzer.ListAnalyzersInput{})
		return err
	}
	if err := list(client(srv)); err != nil || asked() != "GET /analyzer" {
		t.Errorf("ListAnalyzers: %v", err)
	}
	srv.AssertDenied(t, list(clientOf(srv.As("user/mayNot").Config(t.Context()))), iamtest.Action("access-analyzer:ListAnalyzers"))
	for operation, call := range calls(t, client(srv)) {
		if err := call(); err != nil {
			t.Errorf("%s: %v", operation, err)
		}
	}
	if got := asked(); got != "" {
		t.Errorf("the upstream was asked for %s", got)
	}
}

// Without an upstream they are refused, with what to do.
func TestOtherOperationsAreRefused(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t)
	_, err := client(srv).ListAnalyzers(t.Context(), &accessanalyzer.ListAnalyzersInput{})
	if err == nil || !strings.Contains(err.Error(), "StatusCode: 501") || !strings.Contains(err.Error(), "--upstream URL") ||
		!strings.Contains(err.Error(), "access-analyzer") {
		t.Errorf("got %v", err)
	}
}
