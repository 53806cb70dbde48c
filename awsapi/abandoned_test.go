package awsapi_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/awsapi"
)

// A request whose client goes away while it is performed is not a fault of the
// server. An operation that gives up by itself is.
func TestAClientThatGoesAway(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		gone   bool
		status int
		code   string
	}{
		{"the client has gone", true, 503, "ServiceUnavailable"},
		{"the client is there", false, 500, "ServiceFailure"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ctx, leave := context.WithCancel(t.Context())
			defer leave()
			create := func(context.Context, *iam.CreateUserInput) (*iam.CreateUserOutput, error) {
				if c.gone {
					leave()
				}
				return nil, fmt.Errorf("nothing was done: %w", context.Canceled)
			}
			var log bytes.Buffer
			var seen awsapi.Exchange
			o := options()
			o.Logger = slog.New(slog.NewTextHandler(&log, nil))
			o.Observe = func(x awsapi.Exchange) { seen = x }
			const body = "Action=CreateUser&Version=2010-05-08&UserName=ana"
			r := form(body)
			sign(t, r, "iam", body)
			w := httptest.NewRecorder()
			newHandler(t, []awsapi.Operation{awsapi.Op(create)}, o).ServeHTTP(w, r.WithContext(ctx))
			if w.Code != c.status || seen.Code != c.code || errors.Is(seen.Err, awsapi.ErrAbandoned) != c.gone ||
				!errors.Is(seen.Err, context.Canceled) {
				t.Errorf("answered %d %s (%v); want %d %s", w.Code, seen.Code, seen.Err, c.status, c.code)
			}
			if (log.Len() == 0) != c.gone {
				t.Errorf("the log has %q", log.String())
			}
		})
	}
}
