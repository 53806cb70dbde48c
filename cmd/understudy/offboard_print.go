package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/offboard"
)

// planPrinter writes a plan for people.
type planPrinter struct {
	decisions.Printer
	plan *offboard.Plan
	b    strings.Builder
}

func (p *planPrinter) flush() error {
	_, err := io.WriteString(os.Stdout, decisions.CleanLines(p.b.String()))
	return err
}

// line writes a line, or several if it is wider than the printer.
func (p *planPrinter) line(format string, args ...any) {
	p.b.WriteString(p.Message(decisions.Clean(fmt.Sprintf(format, args...))) + "\n")
}

func (p *planPrinter) heading(format string, args ...any) {
	if p.b.Len() > 0 {
		p.b.WriteString("\n")
	}
	p.line(format+":", args...)
}

// holdings writes what the user has.
func (p *planPrinter) holdings() {
	h := &p.plan.Holds
	p.line("%s (%s) has", p.plan.ARN, p.plan.ID)
	for i := range h.Keys {
		p.key(&h.Keys[i])
	}
	if h.Password != nil {
		p.line("  password, set %s", stamp(*h.Password))
	}
	for _, list := range []struct {
		what string
		of   []string
	}{
		{"MFA device", h.Devices}, {"signing certificate", h.Certificates}, {"SSH key", h.SSHKeys},
		{"service credential", h.ServiceCredentials}, {"group", h.Groups}, {"attached policy", h.Attached}, {"inline policy", h.Inline},
	} {
		for _, name := range list.of {
			p.line("  %s %s", list.what, name)
		}
	}
	if h.Boundary != "" {
		p.line("  permissions boundary %s", h.Boundary)
	}
	for _, tag := range sortedTags(h.Tags) {
		p.line("  tag %s", tag)
	}
}

func (p *planPrinter) key(k *offboard.Key) {
	status, used := "active", "never used"
	if !k.Active {
		status = "inactive"
	}
	if k.LastUsed != nil {
		used = "last used " + stamp(*k.LastUsed)
	}
	p.line("  access key %s, %s, made %s, %s", k.ID, status, stamp(k.Created), used)
	p.places(k.Places)
}

// places writes where a credential was used. More than one place means that it was copied.
func (p *planPrinter) places(list []offboard.Place) {
	for i := range list {
		c := &list[i]
		p.line("    from %s with %s, %s, the last %s", c.Address, c.Program, plural(c.Calls, "call"), stamp(c.Last))
		if len(c.Others) > 0 {
			p.line("      also by %s", strings.Join(c.Others, ", "))
		}
	}
	if len(list) > 1 {
		p.line("    it was used from %d places: who else has it?", len(list))
	}
}

// sessions writes the open sessions.
func (p *planPrinter) sessions() {
	reach := "no events are kept, so that open sessions cannot be listed"
	if since := p.plan.EventsSince; since != nil {
		reach = "by events since " + stamp(*since) + "; older ones cannot be listed"
	}
	p.heading("sessions (%s)", reach)
	for i := range p.plan.Sessions {
		s := &p.plan.Sessions[i]
		identity := ""
		if s.SourceIdentity != "" {
			identity = ", source identity " + s.SourceIdentity
		}
		p.line("  %s of %s until %s: %s%s", s.AccessKeyID, s.Operation, stamp(s.Expires), s.ARN, identity)
		p.places(s.Places)
		if len(s.Shared) > 0 {
			p.line("    a policy cannot tell it from sessions of %s", strings.Join(s.Shared, ", "))
		}
	}
	if len(p.plan.Sessions) == 0 {
		p.line("  none is open")
	}
	if p.plan.Expired > 0 {
		p.line("  and %s that ended", plural(p.plan.Expired, "session"))
	}
}

// mentions writes the policies that name the user.
func (p *planPrinter) mentions() {
	if len(p.plan.Named) == 0 {
		return
	}
	p.heading("policies that name %s, and stay as they are", p.plan.User)
	for _, m := range p.plan.Named {
		account := ""
		if m.Account != "" && m.Account != p.plan.Account {
			account = " in account " + m.Account
		}
		p.line("  %s%s, line %d, %s: %s", m.Policy, account, m.Line, m.Element, m.Value)
	}
}

func (p *planPrinter) step(s *offboard.Step) {
	p.line("  %s", s.Why)
	p.b.WriteString(p.Command("    ", s.Command))
}

// notes writes what the reader has to know in addition to the steps.
func (p *planPrinter) notes(revoke bool) {
	if len(p.plan.Left) > 0 && !revoke {
		p.heading("roles that may have open sessions of %s which no policy can name. --revoke-roles ends all older sessions of these roles, "+
			"those of others too", p.plan.User)
		for _, l := range p.plan.Left {
			p.line("  %s: %s", l.Role, l.Why)
		}
	}
	for i, note := range p.plan.Notes {
		if i == 0 {
			p.heading("to know")
		}
		p.line("  %s", note.Text)
		p.b.WriteString(p.Command("    ", note.Command))
	}
}

// proof writes what each credential may do now.
func (p *planPrinter) proof() {
	p.heading("proof, by what was allowed before")
	for i := range p.plan.Proof {
		r := &p.plan.Proof[i]
		switch {
		case r.Action != "":
			p.line("  %s: %s was allowed, and is %s now", r.Of, r.Action, r.After)
		case r.Before == "unknown":
			p.line("  %s: no call was found that it was allowed", r.Of)
		default:
			p.line("  %s is %s", r.Of, r.After)
		}
	}
	if len(p.plan.Proof) == 0 {
		p.line("  there was no credential and no open session")
	}
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// plural formats a number of things, such as "2 keys".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// sortedTags formats tags for people.
func sortedTags(tags map[string]string) []string {
	list := []string{}
	for key, value := range tags {
		list = append(list, key+"="+value)
	}
	slices.Sort(list)
	return list
}
