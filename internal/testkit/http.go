package testkit

import "net/http"

// HTTP sends the requests of tests over connections of its own. Those of
// http.DefaultClient end when any test of the program closes its httptest.Server,
// which can cost another test its answer.
var HTTP = &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}
