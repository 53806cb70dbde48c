// Package docs holds what the server serves of the documents of this directory.
package docs

import _ "embed"

// OpenAPI describes the management routes, in YAML.
//
//go:embed openapi.yaml
var OpenAPI []byte
