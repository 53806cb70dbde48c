package lint

import (
	"strconv"
	"strings"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/catalog"
	"github.com/understudy-iam/understudy/principal"
)

// resources looks at the entries of Resource or NotResource.
func (l *linter) resources(s *statement) {
	if l.kind == evaluator.Trust {
		return // it has none
	}
	for _, r := range s.resources {
		l.resource(r)
	}
	if list := redundant(s.resources, l.coversResource); len(list) > 0 {
		l.report(RedundantResource, list[0].spot, strconv.Itoa(len(list)))
	}
}

// coversResource reports whether an entry of Resource covers the text of another.
func (l *linter) coversResource(a, b string) bool {
	return evaluator.NewResourcePattern(a, l.doc.version).Matches(b)
}

func (l *linter) resource(r value) {
	if r.text == "*" || l.newest() && strings.HasPrefix(r.text, "${") {
		return
	}
	parts := l.splitARN(r.text)
	switch {
	case parts[0] != "arn":
		l.report(InvalidARNPrefix, r.spot)
		return
	case len(parts) < arnParts:
		l.report(MissingARNField, r.spot, strconv.Itoa(arnParts))
		return
	}
	l.partition(r, parts)
	if service := parts[servicePart]; !open(service) && l.service(r, service) {
		l.shape(r, parts)
	}
	l.resourceOfType(r)
}

func (l *linter) partition(r value, parts []string) {
	if p := parts[partitionPart]; !open(p) && !principal.IsPartition(p) {
		l.report(InvalidPartition, r.spot, parts[servicePart], p, strings.Join(principal.Partitions(), ", "))
	}
}

// service reports whether ARNs of the service are known.
func (l *linter) service(r value, service string) bool {
	_, ofARNs := shapes()[service]
	_, exists := catalog.Find(service)
	switch {
	case service != lower(service):
		f := l.report(InvalidARNServiceCase, r.spot, service)
		if at := strings.Index(l.text(r.spot), ":"+service+":"); at > 0 {
			from := r.span.From + at + 1
			f.fix(from, from+len(service), lower(service))
		}
	case !ofARNs && !exists:
		f := l.report(InvalidService, r.spot, service)
		guess, _ := l.names.guess(service, nearestService)
		f.suggest(guess)
	}
	return ofARNs
}

// shape compares the ARN with the resource types of its service.
func (l *linter) shape(r value, parts []string) {
	fit := l.fitting(parts)
	if len(fit) == 0 {
		l.report(InvalidARNResource, r.spot)
		return
	}
	service, region, account := parts[servicePart], parts[regionPart], parts[accountPart]
	switch {
	case region == "":
		if all(fit, regionPart, false) {
			l.report(MissingARNRegion, r.spot, service)
		}
	case open(region):
	case all(fit, regionPart, true):
		l.report(ARNRegionNotAllowed, r.spot, service)
	case !sigv4.ValidRegion(region):
		l.report(InvalidARNRegion, r.spot, region)
	}
	switch {
	case account == "":
		if all(fit, accountPart, false) && !l.mayBe(r.text, ofAWS) {
			l.report(MissingARNAccount, r.spot, service)
		}
	case open(account):
	case all(fit, accountPart, true):
		l.report(ARNAccountNotAllowed, r.spot, service)
	case !isAccount(account) && account != "aws":
		l.report(InvalidARNAccount, r.spot, account)
	}
}

// ofAWS are the forms of resources that AWS has for all accounts, although the resource
// type of the catalogue has an account. AWS's own managed policies name them so.
var ofAWS = []string{
	"arn:${Partition}:ssm:${Region}::automation-definition/${Name}",
	"arn:${Partition}:ssm:${Region}::document/${Name}",
	"arn:${Partition}:ssm:${Region}::parameter/aws/${Name}",
}

// isAccount reports whether s has the form of an account ID.
func isAccount(s string) bool {
	return len(s) == 12 && strings.Trim(s, "0123456789") == ""
}
