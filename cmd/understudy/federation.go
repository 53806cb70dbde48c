package main

import (
	"fmt"
	"strings"

	"github.com/understudy-iam/understudy/federation/oidc"
	"github.com/understudy-iam/understudy/internal/textfile"
)

// readKeys reads the key sets of --oidc-keys.
func readKeys(files map[string]string) (map[string]*oidc.Keys, error) {
	keys := map[string]*oidc.Keys{}
	for issuer, file := range files {
		if !strings.HasPrefix(issuer, "https://") {
			return nil, fmt.Errorf("--oidc-keys %q is not an issuer; give its URL, which begins with https://", issuer)
		}
		document, err := textfile.Read(file, textfile.Document)
		if err != nil {
			return nil, fmt.Errorf("--oidc-keys: %w", err)
		}
		if keys[issuer], err = oidc.ParseKeys(document); err != nil {
			return nil, fmt.Errorf("--oidc-keys: %s: %w", file, err)
		}
	}
	return keys, nil
}
