package awsapi

import (
	"errors"
	"net/http"
)

// handler is the http.Handler that NewHandler returns.
type handler struct {
	Options
}

func newHandler(ops []Operation, o Options) (*handler, error) {
	switch {
	case o.Model == nil:
		return nil, errors.New("awsapi: Options.Model is required")
	case o.Credentials == nil:
		return nil, errors.New("awsapi: Options.Credentials is required")
	case o.Authorizer == nil:
		return nil, errors.New("awsapi: Options.Authorizer is required")
	}
	return &handler{Options: o}, nil
}

// ServeHTTP answers one request.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.WriteHeader(http.StatusNotImplemented)
}
