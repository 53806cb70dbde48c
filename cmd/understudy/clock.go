package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/understudy-iam/understudy/management"
)

type clockCommand struct {
	endpoint
	Advance time.Duration `placeholder:"DURATION" help:"Move the clock on, by 2h or 90s; a negative duration, --advance=-2h, moves it back."`
	Set     string        `placeholder:"TIME" help:"Let the clock show this time, such as 2027-01-31T08:00:00Z."`
	Freeze  bool          `xor:"run" help:"Stop the clock at what it shows."`
	Resume  bool          `xor:"run" help:"Let a stopped clock go on from what it shows."`
	Reset   bool          `help:"Go with the real time again. With other flags it is done first."`
	JSON    bool          `name:"json" help:"Print JSON."`
}

// Help is shown by --help.
func (clockCommand) Help() string {
	return `Sessions, conditions on aws:CurrentTime, dates, password ages, reports and the expiry of tokens go by the server's
clock. Signatures go by the real time, so clients need not know that the clock was moved; one-time codes of MFA devices are
taken by either. Without flags the command shows the clock and changes nothing.

    understudy clock --advance 1h                 # sessions of an hour are over
    understudy clock --set 2027-01-31T08:00:00Z   # conditions on dates
    understudy clock --freeze                     # two calls at the same time
    understudy clock --reset                      # the real time again

The clock is the server's alone: a server that is started again has the real time.`
}

// Run changes the clock if a flag asks for it, and shows it.
func (c *clockCommand) Run() error {
	change, err := c.change()
	if err != nil {
		return err
	}
	m, err := c.manage()
	if err != nil {
		return err
	}
	var s *management.Clock
	if change == (management.ClockChange{}) {
		s, err = m.Clock(context.Background())
	} else {
		s, err = m.MoveClock(context.Background(), &change)
	}
	if err != nil || c.JSON {
		return m.end(err)
	}
	_, err = fmt.Fprintln(os.Stdout, clockLine(s))
	return err
}

func (c *clockCommand) change() (management.ClockChange, error) {
	change := management.ClockChange{Reset: c.Reset}
	if c.Set != "" {
		t, err := time.Parse(time.RFC3339, c.Set)
		if err != nil {
			return change, usageError{fmt.Errorf("--set %q is not a time; give one such as 2027-01-31T08:00:00Z", c.Set)}
		}
		change.Now = &t
	}
	if c.Advance != 0 {
		change.Advance = c.Advance.String()
	}
	if c.Freeze && c.Resume {
		return change, usageError{errors.New("--freeze stops the clock and --resume lets it run, so only one " +
			"of them can be given; leave one out")}
	}
	if c.Freeze || c.Resume {
		change.Frozen = &c.Freeze
	}
	return change, nil
}

// clockLine says what the clock shows, and how much that differs from the real time.
func clockLine(s *management.Clock) string {
	line := s.Now.Format(time.RFC3339)
	offset := s.Now.Sub(s.Real).Round(time.Second)
	switch {
	case offset > 0:
		line += fmt.Sprintf(", %s ahead of the real time", offset)
	case offset < 0:
		line += fmt.Sprintf(", %s behind the real time", -offset)
	default:
		line += ", the real time"
	}
	if s.Frozen {
		line += ", frozen"
	}
	return line
}
