// Package awsprofile writes a profile into the files that the AWS CLI and SDKs
// read, and leaves everything else in them as it is.
//
// It guarantees that a file is replaced whole or not at all. The format is
// https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html.
//
// Caveats: it does not read profiles; an existing section is replaced, with the
// comments in it.
package awsprofile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Settings are the values of a profile.
type Settings struct {
	EndpointURL     string
	Region          string
	AccessKeyID     string
	SecretAccessKey string

	// CredentialProcess is a command that prints the credentials; with it, the two
	// above are not written.
	CredentialProcess string
}

// Write puts the profile into the config and the credentials file and returns their
// names. AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name files other than
// those in ~/.aws.
func Write(name string, s Settings) ([]string, error) {
	if name == "" || strings.ContainsAny(name, "[]\r\n") {
		return nil, fmt.Errorf("%q cannot be the name of a profile; use letters, digits and dashes", name)
	}
	config, err := location("AWS_CONFIG_FILE", "config")
	if err != nil {
		return nil, err
	}
	credentials, err := location("AWS_SHARED_CREDENTIALS_FILE", "credentials")
	if err != nil {
		return nil, err
	}
	header := "profile " + name
	if name == "default" {
		header = name
	}
	settings := []string{"region = " + s.Region, "endpoint_url = " + s.EndpointURL}
	keys := []string{"aws_access_key_id = " + s.AccessKeyID, "aws_secret_access_key = " + s.SecretAccessKey}
	if s.CredentialProcess != "" {
		settings, keys = append(settings, "credential_process = "+s.CredentialProcess), nil
	}
	if err := rewrite(config, header, settings); err != nil {
		return nil, err
	}
	if keys == nil { // keys of an older profile would take precedence over the process
		return []string{config}, remove(credentials, name)
	}
	if err := rewrite(credentials, name, keys); err != nil {
		return nil, err
	}
	return []string{config, credentials}, nil
}

// remove takes the section out of the file, if there is one.
func remove(file, section string) error {
	old, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("cannot read the profiles in %s; make it a readable file: %w", file, err)
	}
	kept := without(string(old), section)
	if len(kept) > 0 {
		kept = append(kept, "")
	}
	return replace(file, strings.Join(kept, "\n"))
}

func location(variable, base string) (string, error) {
	if file := os.Getenv(variable); file != "" {
		return file, nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("there is no home directory for the profile; set %s to a file", variable)
	}
	return filepath.Join(home, ".aws", base), nil
}

// rewrite replaces the section in the file, or appends it.
func rewrite(file, section string, lines []string) error {
	old, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("cannot read the profiles in %s; make it a readable file: %w", file, err)
	}
	return replace(file, replaceSection(string(old), section, lines))
}

// replace replaces the contents of the file with the text.
func replace(file, text string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return fmt.Errorf("cannot make the directory of %s: %w", file, err)
	}
	temp, err := os.CreateTemp(filepath.Dir(file), ".understudy-*")
	if err != nil {
		return fmt.Errorf("cannot write beside %s; make its directory writable: %w", file, err)
	}
	defer os.Remove(temp.Name()) // nothing to remove once renamed
	_, err = temp.WriteString(text)
	if err := errors.Join(err, temp.Close()); err != nil {
		return fmt.Errorf("cannot write %s: %w", file, err)
	}
	if err := os.Rename(temp.Name(), file); err != nil {
		return fmt.Errorf("cannot replace %s: %w", file, err)
	}
	return nil
}

// replaceSection returns the text with exactly these lines in the section.
func replaceSection(text, section string, lines []string) string {
	kept := without(text, section)
	if len(kept) > 0 {
		kept = append(kept, "")
	}
	kept = append(append(kept, "["+section+"]"), lines...)
	return strings.Join(kept, "\n") + "\n"
}

// without returns the lines of the text without the section and without empty lines
// at the end.
func without(text, section string) (kept []string) {
	inside := false
	for line := range strings.Lines(text) {
		if name, ok := header(line); ok {
			inside = name == section
		}
		if !inside {
			kept = append(kept, strings.TrimRight(line, "\n"))
		}
	}
	for len(kept) > 0 && strings.TrimSpace(kept[len(kept)-1]) == "" {
		kept = kept[:len(kept)-1]
	}
	return kept
}

// header returns the name in a line such as "[profile dev]  # comment".
func header(line string) (string, bool) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(line), "[")
	if !ok {
		return "", false
	}
	name, _, ok := strings.Cut(rest, "]")
	return strings.Join(strings.Fields(name), " "), ok
}
