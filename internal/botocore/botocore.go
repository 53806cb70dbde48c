// Package botocore finds and reads the models of AWS's services in the Python
// package botocore, for the generators that turn them into our tables.
//
// Caveats: it does not pin a version; the generators say which one they expect.
package botocore

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Dir returns the directory of botocore that holds one directory for each
// service: the environment variable BOTOCORE_DATA, or what python3 says.
func Dir() (string, error) {
	if dir := os.Getenv("BOTOCORE_DATA"); dir != "" {
		return dir, nil
	}
	out, err := exec.Command("python3", "-c", "import botocore, os; print(os.path.dirname(botocore.__file__))").Output()
	if err != nil {
		return "", fmt.Errorf("python3 has no botocore, and BOTOCORE_DATA is not set: %w", err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "data"), nil
}

// Read reads the model of a version of a service into the value that into
// points to.
func Read(dir, service, version string, into any) error {
	file := filepath.Join(dir, service, version, "service-2.json.gz")
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	if err := json.NewDecoder(z).Decode(into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// Newest returns the newest version of a service, such as "2012-08-10".
func Newest(dir, service string) (string, error) {
	versions, err := filepath.Glob(filepath.Join(dir, service, "*", "service-2.json.gz"))
	if err != nil || len(versions) == 0 {
		return "", fmt.Errorf("botocore has no service %s", service)
	}
	return filepath.Base(filepath.Dir(slices.Max(versions))), nil
}
