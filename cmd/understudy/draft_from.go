package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/principal"
)

// readNeeds makes needs from the records in files, as far as they contain them.
func (c *draftCommand) readNeeds() (*management.Needs, error) {
	if c.Trust {
		return nil, errors.New("--trust has no use with --from: the events of a file do not say by whom a role was assumed; ask a server")
	}
	from, err := (&management.NeedQuery{Since: c.Since}).From(time.Now())
	if err != nil {
		return nil, fmt.Errorf("--%w", err)
	}
	filter := &events.Filter{Since: from}
	n := &management.Needs{Whole: true}
	owners := map[string]bool{}
	seen := map[string]int{}
	for _, name := range c.From {
		for r, err := range readEvents("--from "+name, name) {
			if err != nil {
				return nil, err
			}
			owner := r.Record.PolicyOwner()
			if !filter.AdmitsRecord(r.Record) || !c.isAbout(owner) {
				continue
			}
			owners[owner] = true
			addRecord(n, seen, r.Record)
		}
	}
	return n, c.onlyOwner(n, owners)
}

// isAbout reports whether the flag names the owner of policies, by ARN, name, user/NAME or role/NAME.
func (c *draftCommand) isAbout(owner string) bool {
	arn, ok := principal.ParseARN(owner)
	if !ok {
		return false
	}
	kind, _, name := arn.Entity()
	if c.Principal == "" {
		return name != "" // the root user is asked about by name
	}
	return c.Principal == owner || c.Principal == name && name != "" || c.Principal == kind+"/"+name || c.Principal == arn.Resource
}

func addRecord(n *management.Needs, seen map[string]int, r *events.Record) {
	calls := r.Needs()
	if len(calls) > 0 {
		n.Calls++
	}
	for i := range calls {
		need := management.NewNeed(&calls[i])
		if at, ok := seen[need.Same()]; ok {
			n.Needs[at].RequestIDs = append(n.Needs[at].RequestIDs, need.RequestIDs...)
			continue
		}
		seen[need.Same()] = len(n.Needs)
		n.Needs = append(n.Needs, need)
	}
}

// onlyOwner adds the owner of the calls to the needs, and says what is not in the files.
func (c *draftCommand) onlyOwner(n *management.Needs, owners map[string]bool) error {
	list := []string{}
	for o := range owners {
		list = append(list, o)
	}
	slices.Sort(list)
	switch {
	case len(list) == 0 && c.Principal != "":
		return fmt.Errorf("the files have no calls of %s; give its name or its ARN", c.Principal)
	case len(list) == 0:
		return errors.New("the files have no calls of a user or role; give --principal root for those of the root user")
	case len(list) > 1:
		return fmt.Errorf("several have made calls: %s; give one of them with --principal", strings.Join(list[:min(len(list), 10)], ", "))
	}
	n.Principal.ARN = list[0]
	if arn, ok := principal.ParseARN(list[0]); ok {
		n.Principal.Type, _, n.Principal.Name = arn.Entity()
		n.Principal.Account = arn.AccountID
	}
	note("events do not say what was decided: the actions are those of the operations, the resources those that are recorded, " +
		"or *, and no conditions are kept; ask a server for all of it")
	return nil
}
