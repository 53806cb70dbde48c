package server

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/awsapi"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/principal"
)

// At level debug the log says where a policy document is wrong, and nothing else from
// the document. Other levels and other errors have no such line.
func TestMalformedPoliciesAreLogged(t *testing.T) {
	t.Parallel()
	malformed := evaluator.Validate("{\"Version\":\"2012-10-17\",\"Statement\":[\n  {\"Efect\":\"Allow\",\"Action\":\"secret:Plan\",\"Resource\":\"*\"}]}", evaluator.Identity)
	const line = `level=DEBUG msg="policy document" request_id=r-1 fault="line 2, column 4, Statement[0].Efect: unknown member Efect; did you mean Effect?"`
	for _, c := range []struct {
		name  string
		level slog.Level
		err   error
		want  string
	}{
		{"a malformed policy", slog.LevelDebug, fmt.Errorf("refused: %w", malformed), line},
		{"a level above", slog.LevelInfo, malformed, ""},
		{"another error", slog.LevelDebug, errors.New("no such user"), ""},
		{"no error", slog.LevelDebug, nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			l := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: c.level}))
			caller := &principal.Caller{Request: principal.Request{ID: "r-1"}}
			logExchange(l, &awsapi.Exchange{Caller: caller, Service: "iam", Operation: "CreatePolicy", Err: c.err})
			if strings.Contains(log.String(), "policy document") != (c.want != "") || !strings.Contains(log.String(), c.want) {
				t.Errorf("the log has:\n%swant the line:\n%s", &log, c.want)
			}
			if strings.Contains(log.String(), "secret") {
				t.Errorf("the log has the document:\n%s", &log)
			}
		})
	}
}
