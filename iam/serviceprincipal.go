package iam

import (
	_ "embed"
	"regexp"
	"strings"
	"sync"

	"github.com/understudy-iam/understudy/iam/managed"
)

// knownService reports whether AWS takes the name of a service as a principal
// in a trust policy: a service that has a service-linked role, or one of
// serviceNames before ".amazonaws.com", with or without a Region between them,
// and with ".cn" for China.
//
// AWS publishes no list. A name that AWS takes and the list lacks is refused
// here; a few of the list AWS may refuse.
func knownService(principal string) bool {
	name, found := strings.CutSuffix(strings.TrimSuffix(principal, ".cn"), ".amazonaws.com")
	if !found {
		return alexaService(principal)
	}
	if service, region, ok := cutLast(name, "."); ok && regionName.MatchString(region) {
		name = service
	}
	return services()[name]
}

// alexaService reports whether the principal is one of Alexa's, which alone
// have another domain.
// https://developer.amazon.com/docs/custom-skills/host-a-custom-skill-as-an-aws-lambda-function.html
func alexaService(principal string) bool {
	return principal == "alexa-appkit.amazon.com" || principal == "alexa-connectedhome.amazon.com"
}

// cutLast splits a text at the last separator.
func cutLast(text, separator string) (before, after string, found bool) {
	i := strings.LastIndex(text, separator)
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+len(separator):], true
}

// regionName is the name of a Region, such as us-east-1 or us-gov-west-1.
var regionName = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+)+-[0-9]$`)

// serviceNames are the services that may be principals and have no
// service-linked role. Lines that begin with "#" say where the names are from.
//
//go:embed serviceprincipals.txt
var serviceNames string

// services holds all services that may be principals.
var services = sync.OnceValue(func() map[string]bool {
	known := map[string]bool{}
	for _, name := range listedServices() {
		known[name] = true
	}
	for _, r := range managed.ServiceLinkedRoles() {
		known[strings.TrimSuffix(r.Service, ".amazonaws.com")] = true
	}
	return known
})

// listedServices returns serviceNames in their order.
func listedServices() []string {
	var names []string
	for line := range strings.Lines(serviceNames) {
		if !strings.HasPrefix(line, "#") {
			names = append(names, strings.Fields(line)...)
		}
	}
	return names
}
