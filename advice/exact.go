package advice

import (
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// wildcards escapes the special characters of a pattern. A policy variable begins with
// "${".
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars
var wildcards = strings.NewReplacer("${", "${$}{", "*", "${*}", "?", "${?}")

// variables does the same for a value that is compared literally, in which only a
// variable is special.
var variables = strings.NewReplacer("${", "${$}{")

// exactResource is the pattern for one resource and no other. A last part that is only
// "*" stays: the request is then for all such resources.
func exactResource(name string) string {
	stem, all := strings.CutSuffix(name, "*")
	if all && (stem == "" || strings.HasSuffix(stem, "/") || strings.HasSuffix(stem, ":")) {
		return wildcards.Replace(stem) + "*"
	}
	return wildcards.Replace(name)
}

// hasVariables reports whether strings of the document can have variables, and so can
// have escaped characters.
func (d *document) hasVariables() bool {
	version, _ := stringsOf(d.head.Get("Version"))
	return len(version) == 1 && version[0] == evaluator.Version2012
}

// canName reports whether a document can name the request's resource, and the subject of
// its token, without naming others.
func (d *document) canName(st *state) bool {
	if d.hasVariables() {
		return true
	}
	for _, v := range st.only() {
		if variables.Replace(v) != v {
			return false
		}
	}
	return exactResource(st.request.Resource) == st.request.Resource
}
