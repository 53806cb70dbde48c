package advice

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/understudy-iam/understudy/internal/shell"
)

// line is a command to be pasted. It is empty if the command would not do what it says: a
// word has characters that a terminal does not show, or the AWS CLI takes it for the name
// of a file or web page to read.
func line(words []string) string {
	for i, w := range words {
		if strings.ContainsFunc(w, shell.Obeyed) || i > 0 && isRead(words[i-1], w) {
			return ""
		}
	}
	return shell.Command(words)
}

// isRead reports whether the AWS CLI puts what it reads from a file or page in the place
// of an option's value. Version 1 reads pages, but for options that take a URL.
// https://docs.aws.amazon.com/cli/v1/userguide/cli-configure-files.html
func isRead(option, value string) bool {
	switch {
	case strings.HasPrefix(value, "file://"), strings.HasPrefix(value, "fileb://"):
		return true
	case option == "--queue-url", option == "--url":
		return false
	}
	return strings.HasPrefix(value, "http://") || strings.HasPrefix(value, "https://")
}

// visible is a document whose characters can all be shown: those that a terminal would
// obey are escaped, as JSON allows.
func visible(document string) string {
	if !strings.ContainsFunc(document, shell.Obeyed) {
		return document
	}
	var b strings.Builder
	for _, r := range document {
		if shell.Obeyed(r) {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// notInName matches the characters that the name of a policy cannot have.
var notInName = regexp.MustCompile(`[^\w+=,.@-]`)

// newPolicyName is a name for an inline policy that the user or role does not have yet:
// put-user-policy replaces one of the same name.
func newPolicyName(st *state, kind, owner string) string {
	const most = 120 // of AWS's 128, which leaves room for a number
	name := "allow-" + notInName.ReplaceAllString(st.request.Action, "-")
	name = name[:min(len(name), most)]
	taken := func(name string) bool {
		for _, p := range st.policies.Identity {
			if o := p.Origin(); o.Holder == kind && o.Owner == owner && inlineName(o) == name {
				return true
			}
		}
		return false
	}
	for n := 2; taken(name) && n <= len(st.policies.Identity)+2; n++ {
		if next := fmt.Sprintf("%s-%d", name, n); !taken(next) {
			return next
		}
	}
	return name
}
