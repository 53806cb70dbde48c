// Command genconsole bundles what the console's pages load: the TypeScript and the styles in
// management/console/assets, with the packages that its package-lock.json pins, which npm
// installs. Each built file has a hash of its content in its name. The result is the same on
// every machine; a test compares it with what is committed.
//
//	genconsole -out DIR   DIR has assets/, and gets dist/
package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

func main() {
	out := flag.String("out", "", "the directory of package console")
	flag.Parse()
	if err := run(*out); err != nil {
		fmt.Fprintln(os.Stderr, "genconsole:", err)
		os.Exit(1)
	}
}

// run builds in a temporary copy, so that node_modules is not in the tree.
func run(dir string) error {
	if dir == "" {
		return errors.New("-out is required: the directory that has assets/")
	}
	work, err := os.MkdirTemp("", "genconsole")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	if err := os.CopyFS(work, os.DirFS(filepath.Join(dir, "assets"))); err != nil {
		return err
	}
	npm := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	npm.Dir, npm.Stdout, npm.Stderr = work, os.Stderr, os.Stderr
	if err := npm.Run(); err != nil {
		return fmt.Errorf("npm ci: %w", err)
	}
	built, err := build(work)
	if err != nil {
		return err
	}
	return write(filepath.Join(dir, "dist"), built)
}

// build bundles the scripts and the styles.
func build(work string) (map[string][]byte, error) {
	result := api.Build(api.BuildOptions{
		AbsWorkingDir: work, EntryPoints: []string{"main.ts", "editor.ts", "style.css"}, Outdir: filepath.Join(work, "out"),
		Bundle: true, MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true, Target: api.ES2022,
		Format: api.FormatIIFE, LegalComments: api.LegalCommentsNone, LogLevel: api.LogLevelWarning, Charset: api.CharsetUTF8,
	})
	if len(result.Errors) > 0 {
		return nil, fmt.Errorf("esbuild reports %d errors", len(result.Errors))
	}
	built := map[string][]byte{}
	for _, f := range result.OutputFiles {
		built[filepath.Base(f.Path)] = f.Contents
	}
	icon, err := os.ReadFile(filepath.Join(work, "icon.svg"))
	built["icon.svg"] = icon
	return built, err
}

// write replaces the files of a directory by the built ones.
func write(dir string, built map[string][]byte) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, content := range built {
		base, ext, _ := strings.Cut(name, ".")
		sum := sha256.Sum256(content)
		name = base + "." + hex.EncodeToString(sum[:6]) + "." + ext
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}
