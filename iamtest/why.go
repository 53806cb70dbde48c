package iamtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/server"
)

// Why returns the decision behind an error of the AWS SDK: the layers that were
// consulted, the statements that applied, and what would allow the call. A test
// can so tell a denial for the right reason from one for another.
func (s *Server) Why(err error) (*decisions.Record, error) {
	var answered interface{ ServiceRequestID() string }
	if !errors.As(err, &answered) {
		return nil, fmt.Errorf("iamtest: no answer of a server stands behind the error: %w", err)
	}
	return s.Decision(answered.ServiceRequestID())
}

// Decision returns the decision about the request with the ID.
func (s *Server) Decision(requestID string) (*decisions.Record, error) {
	answer, err := http.Get(s.URL + server.ManagementPath + "decisions/" + requestID)
	if err != nil {
		return nil, fmt.Errorf("iamtest: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("iamtest: no decision is kept about the request %q", requestID)
	}
	r := new(decisions.Record)
	if err := json.NewDecoder(answer.Body).Decode(r); err != nil {
		return nil, fmt.Errorf("iamtest: %w", err)
	}
	return r, nil
}
