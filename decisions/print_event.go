package decisions

import (
	"cmp"
	"strings"

	"github.com/understudy-iam/understudy/events"
)

// Event returns a call, as CloudTrail records it, in one line, or in two if it is too long:
// the time, the error, the caller, the operation and the resource.
func (p Printer) Event(r *events.Record) string {
	b := newPrinted(p)
	outcome, color := "ok", green
	if r.ErrorCode != "" {
		outcome, color = Clean(r.ErrorCode), red
	}
	who := Clean(shortIdentity(&r.UserIdentity))
	text := r.EventTime.UTC().Format("01-02 15:04:05") + " " + b.paint(color, outcome) + pad(outcome, 12) + " " +
		who + pad(who, 10) + " " + Clean(r.Service()) + ":" + Clean(r.EventName)
	for _, resource := range resourcesOf(r) {
		text += " " + strings.ReplaceAll(Clean(resource), " ", "\u00a0")
	}
	if b.OneLine {
		b.wrapped(text)
	} else {
		b.wrap("", "  ", text)
	}
	return b.String()
}

// pad returns the blanks that fill a string up to a width.
func pad(text string, width int) string { return strings.Repeat(" ", max(0, width-Columns(text))) }

// shortIdentity returns a short name of the caller.
func shortIdentity(id *events.Identity) string {
	_, path, _ := strings.Cut(id.ARN, "/")
	switch id.Type {
	case "Root":
		return "root"
	case "IAMUser":
		return cmp.Or(id.UserName, path, id.AccessKeyID)
	case "AssumedRole", "FederatedUser": // the path is ROLE/SESSION, or the name
		return cmp.Or(path, id.PrincipalID)
	case "AWSService":
		return id.InvokedBy
	case "WebIdentityUser", "SAMLUser":
		_, provider, _ := strings.Cut(id.IdentityProvider, "/")
		return cmp.Or(id.UserName, provider, id.Type)
	case "Unknown": // as the call says, without proof
		return cmp.Or(id.UserName, id.AccessKeyID, "nobody") + "?"
	}
	return cmp.Or(id.AccountID, id.Type)
}

// maxResource is the largest number of characters that are shown of a resource.
const maxResource = 120

// resourcesOf returns the resources of the call, shortened as they are shown.
func resourcesOf(r *events.Record) []string {
	list := r.About()
	for i, text := range list {
		if len(text) > maxResource {
			list[i] = firstColumns(text, maxResource) + "..."
		}
	}
	return list
}
