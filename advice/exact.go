package advice

import (
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// wildcards writes the characters with a meaning in a pattern so that they stand for
// themselves. A policy variable begins with "${".
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars
var wildcards = strings.NewReplacer("${", "${$}{", "*", "${*}", "?", "${?}")

// variables does that for a value that is compared as it is, in which only a variable
// has a meaning.
var variables = strings.NewReplacer("${", "${$}{")

// exactResource is the pattern for one resource and no other. A last part that is "*"
// alone stays: the resource of the request is "all of these" then.
func exactResource(name string) string {
	stem, all := strings.CutSuffix(name, "*")
	if all && (stem == "" || strings.HasSuffix(stem, "/") || strings.HasSuffix(stem, ":")) {
		return wildcards.Replace(stem) + "*"
	}
	return wildcards.Replace(name)
}

// hasVariables reports whether texts of the document can have variables, and so
// characters that stand for themselves.
func (d *document) hasVariables() bool {
	version, _ := stringsOf(d.head.Get("Version"))
	return len(version) == 1 && version[0] == evaluator.Version2012
}

// canName reports whether a document can name the request's resource, and whom its
// token is about, without naming others.
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
