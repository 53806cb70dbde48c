package policytest

import (
	"strings"

	"github.com/understudy-iam/understudy/evaluator/catalog"
)

// actionsOf are the actions that a name or a pattern stands for.
func (f *File) actionsOf(written text) ([]string, error) {
	if strings.ContainsAny(written.value, "*?") {
		list := catalog.Matching(written.value)
		if len(list) == 0 {
			return nil, written.at.fault("no action of AWS's reference fits %s", written.value)
		}
		return list, nil
	}
	service, name, ok := strings.Cut(written.value, ":")
	if !ok || service == "" || name == "" || strings.ContainsAny(written.value, " \t\n") {
		return nil, written.at.fault("%q is not an action; write SERVICE:NAME, such as s3:GetObject", written.value)
	}
	if _, known := catalog.FindAction(written.value); known || f.unknown {
		return []string{written.value}, nil
	}
	meant := ""
	if near, ok := catalog.Nearest(written.value); ok {
		meant = "; did you mean " + near + "?"
	}
	return nil, written.at.fault("there is no action %s%s unknown-actions: true takes actions that AWS's reference does not have",
		written.value, sentenceEnd(meant))
}
