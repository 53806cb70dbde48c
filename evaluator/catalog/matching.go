package catalog

import (
	"path"
	"strings"
)

// Matching returns the names of the actions that match a pattern as policies have them: *
// matches any run of characters, ? matches one, and case does not matter.
func Matching(pattern string) (list []string) {
	prefix, name, ok := strings.Cut(strings.ToLower(pattern), ":")
	if pattern == "*" {
		prefix, name, ok = "*", "*", true
	}
	if !ok {
		return nil
	}
	for info := range Services() {
		if !fitsName(prefix, info.Prefix) {
			continue
		}
		service, _ := Find(info.Prefix)
		for a := range service.Actions() {
			if fitsName(name, a.Name) {
				list = append(list, a.Service+":"+a.Name)
			}
		}
	}
	return list
}

// fitsName reports whether a name of the reference, which has only letters, digits and
// hyphens, fits a pattern in lower case.
func fitsName(pattern, name string) bool {
	ok, err := path.Match(strings.NewReplacer("[", `\[`, `\`, `\\`).Replace(pattern), strings.ToLower(name))
	return ok && err == nil
}
