// Package docs holds what the server serves of the documents of this directory.
//
// Caveats: it is the OpenAPI document alone; the pages are for readers and stand in
// no binary.
package docs

import _ "embed"

// OpenAPI describes the management routes, in YAML.
//
//go:embed openapi.yaml
var OpenAPI []byte
