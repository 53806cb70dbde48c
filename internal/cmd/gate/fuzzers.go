package main

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// fuzzer is a fuzz test.
type fuzzer struct {
	dir  string // the directory of its package, relative to the root of the module
	name string // the name of its function
}

func (f fuzzer) String() string { return f.dir + "." + f.name }

// binary returns the path of the test program of the fuzzer's package, below a
// directory.
func (f fuzzer) binary(dir string) string {
	return filepath.Join(dir, path.Base(f.dir)+".test")
}

// findFuzzers looks for the fuzzers below a directory, in the order of their
// packages: there is no list that somebody could forget to extend.
func findFuzzers(root string) ([]fuzzer, error) {
	var list []fuzzer
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && file != root && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") || strings.HasPrefix(d.Name(), "_")):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(file, "_test.go"):
			return nil
		}
		names, err := fuzzersIn(file)
		if err != nil {
			return err
		}
		dir, err := filepath.Rel(root, filepath.Dir(file))
		for _, name := range names {
			list = append(list, fuzzer{filepath.ToSlash(dir), name})
		}
		return err
	})
	return list, err
}

// fuzzersIn returns the names of the fuzzers in a file.
func fuzzersIn(name string) (names []string, err error) {
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Fuzz") && takesF(f.Type) {
			names = append(names, f.Name.Name)
		}
	}
	return names, nil
}

// takesF reports whether the only parameter of a function is a *testing.F.
func takesF(f *ast.FuncType) bool {
	if f.Params.NumFields() != 1 {
		return false
	}
	star, ok := f.Params.List[0].Type.(*ast.StarExpr)
	if !ok {
		return false
	}
	of, ok := star.X.(*ast.SelectorExpr)
	return ok && of.Sel.Name == "F"
}

// buildFuzzers builds the test programs of the fuzzers, one for each package, all
// at once, which keeps every core busy. It fails if two packages have the same
// name.
func buildFuzzers(ctx context.Context, dir string, list []fuzzer) error {
	build := []string{"test", "-c", "-o", dir + string(filepath.Separator)}
	for _, packages := range instrumented {
		build = append(build, "-gcflags="+packages+"=-d=libfuzzer")
	}
	for _, one := range list {
		if dir := "./" + one.dir; !slices.Contains(build, dir) {
			build = append(build, dir)
		}
	}
	_, err := output(ctx, ".", "go", build...)
	return err
}
