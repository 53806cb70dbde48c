package main

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestJudgeVuln(t *testing.T) {
	t.Parallel()
	failed := errors.New("exit status 1")
	for name, c := range map[string]struct {
		said  string
		err   error
		out   string
		fails bool
	}{
		"nothing":         {"No vulnerabilities found.\n", nil, "vuln: no known vulnerability is called\n", false},
		"a vulnerability": {"Vulnerability #1: GO-2026-0001\nexit status 3\n", failed, "", true},
		"no data": {
			"govulncheck: no such host\nexit status 1\n", failed,
			"vuln: not looked for, govulncheck or its data cannot be reached (govulncheck: no such host)\n", false,
		},
		"the time is over": {
			"", errors.New("signal: killed"), "vuln: not looked for, govulncheck or its data cannot be reached (signal: killed)\n", false,
		},
		"the tool is missing": {
			"go: module lookup disabled\n", failed,
			"vuln: not looked for, govulncheck or its data cannot be reached (go: module lookup disabled)\n", false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			if err := judgeVuln(c.said, c.err, &out); (err != nil) != c.fails {
				t.Errorf("judgeVuln: %v", err)
			}
			if diff := cmp.Diff(c.out, out.String()); diff != "" {
				t.Errorf("output (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRunNamesTheGates(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {"door"}, {"vuln"}, {"floor"}} {
		if err := run(t.Context(), args); err == nil {
			t.Errorf("gate %q succeeds", args)
		}
	}
}
