// Command gengateway writes the table of package gateway/services: the operations
// of AWS's main services, how a request is recognised as one of them, and what it
// needs.
//
//	gengateway [-out DIR]
//
// The operations and their requests come from botocore's models, which package botocore finds; the
// actions, their resources and condition keys from package evaluator/catalog; what a request needs
// and the names do not show, from requests.txt, actions.txt and rules.txt. The same input gives
// the same bytes. The table's layout is described in gateway/services/archive.go, which reads it.
//
// Caveats: it trusts its input and stops at the first thing it does not know.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/understudy-iam/understudy/internal/botocore"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("gengateway: ")
	out := flag.String("out", ".", "directory of package gateway/services")
	flag.Parse()
	if err := generate(*out); err != nil {
		log.Fatal(err)
	}
}

func generate(out string) error {
	dir, err := botocore.Dir()
	if err != nil {
		return err
	}
	known, err := readFacts()
	if err != nil {
		return err
	}
	var list []*service
	for _, s := range services {
		m, err := readModel(dir, s.name)
		if err != nil {
			return err
		}
		list = append(list, &service{source: s, model: m, facts: known})
	}
	archive, err := pack(list)
	if err != nil {
		return fmt.Errorf("cannot write the table: %w", err)
	}
	return os.WriteFile(filepath.Join(out, "services.bin"), archive, 0o644)
}
