package services

import (
	"iter"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator/catalog"
	"github.com/understudy-iam/understudy/internal/spelling"
)

// otherSigningNames are the signing names in botocore 1.43.11 that are neither in the table nor the
// prefix of an action.
var otherSigningNames = []string{
	"awsssoportal", "cloudcontrolapi", "iot-jobs-data", "iotdata", "ioteventsdata", "iotsecuredtunneling", "iotthingsgraph",
	"mturk-requester", "partnercentral-account", "partnercentral-benefits", "partnercentral-channel", "partnercentral-selling",
}

// AnsweredHere reports whether the service with the name is IAM or STS, whose calls the server
// answers itself and never sends on.
func AnsweredHere(name string) bool { return name == "iam" || name == "sts" }

// Names returns the names of a service, in lower case: botocore's, its signing name and the prefix
// of its actions.
func (s *Service) Names() []string {
	return []string{strings.ToLower(s.Name), strings.ToLower(s.SigningName), strings.ToLower(s.Prefix)}
}

// HasName reports whether a service of AWS has the name, in lower case. A service that is not in
// the table is known by its signing name or the prefix of its actions.
func HasName(name string) bool {
	inTable := slices.ContainsFunc(opened().services, func(s *Service) bool { return slices.Contains(s.Names(), name) })
	_, hasActions := catalog.Find(name)
	return inTable || hasActions || slices.Contains(otherSigningNames, name)
}

// NearestName returns the name of a service that is most similar to an unknown one; empty if none
// is similar.
func NearestName(name string) string {
	return spelling.Nearest(name, allNames(), max(len(name)/3, 1))
}

// allNames yields the names of services, those of the table first.
func allNames() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, s := range opened().services {
			for _, name := range s.Names() {
				if !yield(name) {
					return
				}
			}
		}
		for info := range catalog.Services() {
			if !yield(info.Prefix) {
				return
			}
		}
	}
}
