package testkit

import "net/http"

// HTTP sends the requests of tests over its own connections. Those of
// http.DefaultClient end when any test of the program closes its httptest.Server,
// and another test can lose its answer.
var HTTP = &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}
