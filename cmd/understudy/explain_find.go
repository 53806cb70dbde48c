package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/principal"
)

// notAllowed are the decisions that are explained.
const notAllowed = "denied,would-be-denied,refused"

// maxSearched is how many calls the server lists at once. At most this many of the last
// calls are explained, and searched for the text of an error.
const maxSearched = 1000

// requestIDs finds the request ID in the text of an error, as SDKs write it.
var requestIDs = regexp.MustCompile(`(?i)request[ _-]?id["']?\s*[:=]?\s*["']?([0-9a-z][0-9a-z-]{7,})`)

// denials finds the caller, the action and the resource in AWS's message. What follows
// the resource is part of the last group, because a resource may be shown as several
// words.
var denials = regexp.MustCompile(`(?:User: )?(\S+) is not authorized to perform: (\S+)(?: on resource: (.+))?`)

// find returns the IDs of the requests to explain, the newest last.
func (c *explainCommand) find(ctx context.Context, m *manager) ([]string, error) {
	text := strings.Join(strings.Fields(strings.Join(c.What, " ")), " ") // a terminal may have broken the lines
	switch {
	case c.Last < 1:
		return nil, usageError{fmt.Errorf("--last %d is below 1; give how many calls to explain, such as --last 5", c.Last)}
	case c.Last > maxSearched:
		return nil, usageError{fmt.Errorf("--last %d is above %d; give fewer, or ask for one call by its request ID", c.Last, maxSearched)}
	case text == "":
		return c.last(ctx, m, &management.CallQuery{}, "no call was denied or refused among those that are kept")
	case strings.Contains(text, " "):
		return c.quoted(ctx, m, text)
	case !strings.HasPrefix(text, "arn:"):
		_, err := m.Decision(ctx, text)
		if err == nil {
			return []string{text}, nil
		}
		if !isNotFound(err) {
			return nil, err
		}
	}
	return c.last(ctx, m, &management.CallQuery{Principal: text}, fmt.Sprintf(
		"no decision about %q is kept: no request of the last calls has this ID, and none of a user or role of this name was denied or "+
			"refused; understudy watch shows calls as they are made", text))
}

func isNotFound(err error) bool {
	var fault *management.Fault
	return errors.As(err, &fault) && fault.Status == http.StatusNotFound
}

// last finds the last denials that match the query.
func (c *explainCommand) last(ctx context.Context, m *manager, q *management.CallQuery, none string) ([]string, error) {
	q.Decision, q.Limit = notAllowed, c.Last
	list, err := m.Decisions(ctx, q)
	if err == nil && len(list) == 0 {
		err = elsewhere(ctx, m, q.Principal)
		if err == nil {
			err = errors.New(none)
		}
	}
	var ids []string
	for _, r := range slices.Backward(list) {
		ids = append(ids, r.RequestID)
	}
	return ids, err
}

// elsewhere is the error for an ARN of another partition than the server's; nil for other
// ARNs, and for text that is not an ARN.
func elsewhere(ctx context.Context, m *manager, arn string) error {
	if !strings.HasPrefix(arn, "arn:") {
		return nil // the server does not have to be asked for its partition
	}
	health, err := m.Health(ctx)
	if err != nil {
		return err
	}
	where, here := principal.Partition(health.Partition).Elsewhere(arn)
	if where == "" {
		return nil
	}
	return fmt.Errorf("no decision about %q is kept: %s; give %s", arn, where, here)
}

// quoted finds the call that has the text as its error.
func (c *explainCommand) quoted(ctx context.Context, m *manager, text string) ([]string, error) {
	for _, found := range requestIDs.FindAllStringSubmatch(text, -1) {
		if _, err := m.Decision(ctx, found[1]); err == nil {
			return []string{found[1]}, nil
		}
	}
	q := &management.CallQuery{Limit: maxSearched}
	named := denials.FindStringSubmatch(text)
	if named != nil { // any other error can belong to a call that was allowed, such as an error about a malformed policy
		q.Decision = notAllowed
		q.Action = strings.TrimRight(named[2], ",.;\"'")
		if strings.HasPrefix(named[1], "arn:") {
			q.Principal = named[1]
		}
	}
	list, err := m.Decisions(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, r := range list { // the newest first
		if isError(r, text, named) {
			return []string{r.RequestID}, nil
		}
	}
	return nil, errors.New("none of the calls that are kept ended with this error: the text has neither the request ID of one, nor the " +
		"principal, action and resource of one that was denied or refused; understudy explain --last 5 shows the last ones")
}

// isError reports whether the text is the error of the record. named are the caller, the
// action and the resource, if the text has them.
func isError(r *decisions.Record, text string, named []string) bool {
	if named == nil {
		return r.Error != nil && r.Error.Message != "" && strings.Contains(text, strings.Join(strings.Fields(r.Error.Message), " "))
	}
	if named[3] == "" || r.Error != nil && isResource(named[3], shownResource(r.Error.Message)) {
		return true
	}
	return slices.ContainsFunc(r.Checks, func(c decisions.Check) bool { return isResource(named[3], c.Resource) })
}

// shownResource is the resource in the message of a denial, which is not always an ARN:
// "user bob".
func shownResource(message string) string {
	named := denials.FindStringSubmatch(message)
	if named == nil {
		return ""
	}
	resource, _, _ := strings.Cut(named[3], " because ")
	resource, _, _ = strings.Cut(resource, " with an explicit deny in ")
	return resource
}

// isResource reports whether the text begins with that resource, and not with a longer
// name. A full stop or comma may follow it, as in a sentence.
func isResource(text, resource string) bool {
	rest, ok := strings.CutPrefix(text, resource)
	if !ok || resource == "" {
		return false
	}
	rest = strings.TrimLeft(rest, ",.")
	return rest == "" || strings.ContainsRune(" ;\"'", rune(rest[0]))
}
