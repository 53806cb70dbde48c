package services

import (
	"iter"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator/catalog"
	"github.com/understudy-iam/understudy/internal/spelling"
)

// otherSigningNames are the services that botocore 1.43.11 signs requests for by a name
// that neither a service of the table nor the prefix of an action has.
var otherSigningNames = []string{
	"awsssoportal", "cloudcontrolapi", "iot-jobs-data", "iotdata", "ioteventsdata", "iotsecuredtunneling", "iotthingsgraph",
	"mturk-requester", "partnercentral-account", "partnercentral-benefits", "partnercentral-channel", "partnercentral-selling",
}

// AnsweredHere reports whether the service of the name is IAM or STS, whose calls the
// server answers itself and never sends on.
func AnsweredHere(name string) bool { return name == "iam" || name == "sts" }

// Names are those by which a service is known, in lower case: botocore's, that of its
// signatures and that of its actions.
func (s *Service) Names() []string {
	return []string{strings.ToLower(s.Name), strings.ToLower(s.SigningName), strings.ToLower(s.Prefix)}
}

// HasName reports whether a service of AWS has the name, in lower case. Of a service
// that is not in the table it is the name of its signatures or of its actions.
func HasName(name string) bool {
	inTable := slices.ContainsFunc(opened().services, func(s *Service) bool { return slices.Contains(s.Names(), name) })
	_, hasActions := catalog.Find(name)
	return inTable || hasActions || slices.Contains(otherSigningNames, name)
}

// NearestName returns the name of a service that is most like one that no service has;
// empty if none is like it.
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
