package services

import (
	"errors"
	"fmt"
)

// ErrService is returned when nothing in a request shows its service, or when the service is not in
// the table.
var ErrService = errors.New("the service of the request is not known")

// Unknown is returned when the service of a request is known but its operation is not.
type Unknown struct {
	Service   *Service
	Protocol  Protocol // that an answer should have
	Operation string   // as in the request: a name, or method and path
	Reason    string   // why, if the operation may exist

	near bool // of the services with the same signing name, the request is for this one
}

func (e *Unknown) Error() string {
	if e.Reason != "" {
		return fmt.Sprintf("the operation %q of %s is not recognised: %s", e.Operation, e.Service.Name, e.Reason)
	}
	return fmt.Sprintf("%s has no operation %q", e.Service.Name, e.Operation)
}
