package services

import (
	"errors"
	"fmt"
)

// ErrService is returned when nothing in a request tells which service it is
// for, or when it is for one that the table does not have.
var ErrService = errors.New("the service of the request is not known")

// Unknown is returned when the service of a request is known, and its operation
// is not.
type Unknown struct {
	Service   *Service
	Protocol  Protocol // that an answer should have
	Operation string   // as the request says it: a name, or method and path
	Reason    string   // why, if the operation may exist

	near bool // the request is this service's, of those that sign alike
}

func (e *Unknown) Error() string {
	if e.Reason != "" {
		return fmt.Sprintf("the operation %q of %s is not recognised: %s", e.Operation, e.Service.Name, e.Reason)
	}
	return fmt.Sprintf("%s has no operation %q", e.Service.Name, e.Operation)
}
