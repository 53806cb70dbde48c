package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"
)

// foundStatus is the exit status with which govulncheck reports that the program
// calls something vulnerable. go run reports it in its own words.
const foundStatus = "exit status 3"

// vuln runs govulncheck on the packages of this module. It fails if the tool finds
// something; if the tool or its data cannot be reached, it only says so.
func vuln(ctx context.Context, tool string, limit time.Duration, out io.Writer) error {
	if tool == "" {
		return errors.New("vuln needs -tool, such as golang.org/x/vuln/cmd/govulncheck@v1.9.0")
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	c := exec.CommandContext(ctx, "go", "run", tool, "./...")
	c.WaitDelay = time.Second // processes that go started may keep the pipes open for longer
	said, err := c.CombinedOutput()
	return judgeVuln(string(said), err, out)
}

// judgeVuln distinguishes what was found from what could not be checked.
func judgeVuln(said string, err error, out io.Writer) error {
	switch {
	case err == nil:
		fmt.Fprintln(out, "vuln: no known vulnerability is called")
		return nil
	case strings.Contains(said, foundStatus):
		return fmt.Errorf("the program calls what is known to be vulnerable; upgrade the modules named here:\n%s", said)
	}
	fmt.Fprintf(out, "vuln: not looked for, govulncheck or its data cannot be reached (%s)\n", lastLine(said, err))
	return nil
}

// lastLine returns the last line with a message; exit statuses are not messages.
func lastLine(said string, err error) string {
	lines := strings.Split(said, "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		if line := strings.TrimSpace(lines[i]); line != "" && !strings.HasPrefix(line, "exit status") {
			return line
		}
	}
	return err.Error()
}
