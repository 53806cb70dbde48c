package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"

	"github.com/understudy-iam/understudy/decisions"
)

type watchCommand struct {
	endpoint
	shown
	Principal string `placeholder:"ARN" help:"Only calls of this principal: an ARN, in which * is any run of characters, or a name."`
	Action    string `complete:"action" placeholder:"SERVICE:NAME" help:"Only calls that need this action; * is any run of characters."`
	Decision  string `default:"" enum:"allowed,denied,would-be-denied,faulted," placeholder:"OUTCOME" help:"Only this outcome: allowed, denied, would-be-denied or faulted."`
	Count     int    `short:"n" placeholder:"N" help:"End after N decisions."`
}

// maxEvent bounds one line of the stream, in bytes: a record may be long.
const maxEvent = 16 << 20

// Help is the end of the help text.
func (*watchCommand) Help() string {
	return `A line for each decision, with what would allow what was denied. It ends when it is interrupted, after -n decisions, or with the server (exit code 3).

    understudy watch --decision denied
    understudy watch --principal alice --action 'iam:*'
    understudy watch --json -n 10 | jq -r .verdict`
}

// Run shows decisions as they are made, until it is interrupted.
func (c *watchCommand) Run() error {
	p := c.printer()
	query := url.Values{}
	for name, value := range map[string]string{"principal": c.Principal, "action": c.Action, "decision": c.Decision} {
		if value != "" {
			query.Set(name, value)
		}
	}
	body, err := c.manage("decisions/stream?" + query.Encode())
	if err != nil {
		return err
	}
	defer body.Close()
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, maxEvent)
	kind, seen := "", 0
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch name {
		case "": // a comment; the first says that the stream has begun
			if seen == 0 && value == "decisions follow" {
				fmt.Fprintln(os.Stderr, "watching")
			}
		case "event":
			kind = value
		case "data":
			if err := c.event(p, kind, value); err != nil {
				return err
			}
			if kind == "decision" {
				seen++
			}
			if c.Count > 0 && seen == c.Count {
				return nil
			}
		}
	}
	if err := lines.Err(); err != nil {
		return noServerError{fmt.Errorf("the server has gone: %w", rootCause(err))}
	}
	return noServerError{errors.New("the server has stopped")}
}

func (c *watchCommand) event(p *decisions.Printer, kind, data string) error {
	if kind == "lost" {
		fmt.Fprintf(os.Stderr, "%s calls were too fast to show\n", data)
		return nil
	}
	if c.JSON {
		fmt.Fprintln(os.Stdout, data)
		return nil
	}
	var r decisions.Record
	if err := json.Unmarshal([]byte(data), &r); err != nil {
		return noServerError{fmt.Errorf("the server's answer is no decision: %w", err)}
	}
	_, err := io.WriteString(os.Stdout, p.Summary(&r))
	return err
}
