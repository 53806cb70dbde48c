package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/offboard"
)

type offboardCommand struct {
	endpoint
	User        string `arg:"" help:"Name or ARN of the user."`
	Plan        bool   `group:"What to do:" xor:"do" help:"@offboardPlan"`
	Disable     bool   `group:"What to do:" xor:"do" help:"@offboardDisable"`
	Delete      bool   `group:"What to do:" xor:"do" help:"Disable, and delete the user with all that the user has."`
	RevokeRoles bool   `group:"What to do:" name:"revoke-roles" help:"@offboardRevokeRoles"`
	Script      bool   `group:"What to do:" help:"@offboardScript"`
	JSON        bool   `name:"json" help:"Print JSON."`
}

// Help is the end of the help text.
func (*offboardCommand) Help() string {
	return `A plan shows what the user holds, where it was used and by whom else, which sessions are open by the events that the ` +
		`server keeps, and the calls that would be made. Sessions that are older than these events cannot be listed, since nobody ` +
		`keeps a list of them.

    understudy offboard alice                     # the plan; nothing is changed
    understudy offboard alice --disable
    understudy offboard alice --delete
    understudy offboard alice --delete --script > leave.sh

After the calls a call that each credential was allowed before is decided again: the exit code is 1 if one is still allowed. ` +
		`A run that fails half-way can be made again, and goes on.`
}

// Run makes the plan and does what the flags say.
func (c *offboardCommand) Run() error {
	switch {
	case c.Script && !c.Disable && !c.Delete:
		return usageError{errors.New("--script prints what --disable or --delete would do; give one of them too")}
	case c.Script && c.JSON:
		return usageError{errors.New("--script and --json print different things; leave one of them out")}
	}
	ctx := context.Background()
	l, err := c.leaver(ctx)
	if err != nil {
		return err
	}
	options := offboard.Options{Delete: c.Delete, RevokeRoles: c.RevokeRoles}
	plan, err := l.plan(ctx, options)
	if err != nil {
		return err
	}
	switch {
	case c.Script:
		clock, err := l.manager.Clock(ctx)
		if err != nil {
			return l.manager.told(err)
		}
		_, err = io.WriteString(os.Stdout, plan.Script(clock.Now.Sub(clock.Real).Abs() > time.Second))
		return err
	case !c.Disable && !c.Delete:
		return c.show(plan)
	}
	return c.carryOut(ctx, l, plan)
}

// show prints the plan. Its steps are those of --disable; show also says what --delete
// would do in addition.
func (c *offboardCommand) show(plan *offboard.Plan) error {
	if c.JSON {
		return printJSON(plan)
	}
	p := &planPrinter{Printer: decisions.Printer{Width: terminalWidth(os.Stdout)}, plan: plan}
	p.holdings()
	p.sessions()
	p.mentions()
	p.heading("understudy offboard %s --disable would", plan.User)
	for i := range plan.Steps {
		p.step(&plan.Steps[i])
	}
	p.notes(c.RevokeRoles)
	return p.flush()
}

// carryOut makes the steps, and proves their effect.
func (c *offboardCommand) carryOut(ctx context.Context, l *leaver, plan *offboard.Plan) error {
	prober := l.prober(ctx, plan)
	out := &planPrinter{Printer: decisions.Printer{Width: terminalWidth(os.Stdout)}, plan: plan}
	out.heading("calls that were made")
	for i := range plan.Steps {
		if err := l.make(ctx, &plan.Steps[i]); err != nil {
			_ = out.flush()
			return fmt.Errorf("%d of %d calls are made, and %s failed: %w; make the same call of understudy offboard again to go on",
				i, len(plan.Steps), plan.Steps[i].Operation, err)
		}
		if !c.JSON {
			out.step(&plan.Steps[i])
		}
	}
	plan.Proof = prober.after(ctx)
	if c.JSON {
		if err := printJSON(plan); err != nil {
			return err
		}
	} else {
		out.proof()
		out.notes(c.RevokeRoles)
		if err := out.flush(); err != nil {
			return err
		}
	}
	for i := range plan.Proof {
		if !plan.Proof[i].Closed() {
			return fmt.Errorf("%s may still do what it was allowed; give --revoke-roles, which ends sessions of others too",
				plan.Proof[i].Of)
		}
	}
	return nil
}

// leaver is the user who leaves, with everything that is needed to read the state and
// make calls.
type leaver struct {
	*person
	endpoint *endpoint
	health   *management.Health
	account  string
}
