package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/textproto"
	"os"

	"github.com/understudy-iam/understudy/seed"
)

type importCommand struct {
	endpoint
	File string `arg:"" complete:"file" help:"A seed in YAML or JSON, or what aws iam get-account-authorization-details prints; - is standard input."`
	JSON bool   `name:"json" help:"Print JSON."`
}

// Help is the end of the help text.
func (*importCommand) Help() string {
	return `Applies the file to the running server, whole or not at all: what is missing is made, and what exists is brought to what the file says.

    understudy import iam.yaml
    aws iam get-account-authorization-details --profile real | understudy import -`
}

// Run sends the file, with the files that it refers to, to the server, and
// prints what was left out or kept as it is.
func (c *importCommand) Run() error {
	name, text, err := c.read()
	if err != nil {
		return usageError{err}
	}
	files, err := seed.Files(name, text)
	if err != nil {
		return usageError{err}
	}
	kind, body, err := seedParts(name, text, files)
	if err != nil {
		return err
	}
	answer, err := c.sendAs("seed", kind, body)
	if err != nil {
		return err
	}
	defer answer.Close()
	var done struct{ Warnings []string }
	if err := json.NewDecoder(answer).Decode(&done); err != nil {
		return noServerError{fmt.Errorf("the answer is not understudy's: %w", err)}
	}
	if c.JSON {
		return printJSON(map[string][]string{"warnings": append([]string{}, done.Warnings...)})
	}
	for _, w := range done.Warnings {
		fmt.Fprintln(os.Stderr, "warning:", w)
	}
	fmt.Fprintln(os.Stdout, "imported", name)
	return nil
}

func (c *importCommand) read() (name string, text []byte, err error) {
	if c.File == "-" {
		text, err = io.ReadAll(os.Stdin)
		return "standard input", text, err
	}
	text, err = os.ReadFile(c.File)
	if err != nil {
		err = fmt.Errorf("%s: %w", c.File, rootCause(err))
	}
	return c.File, text, err
}

// seedParts is a body with a seed and the files that it refers to, and its
// content type.
func seedParts(name string, text []byte, files map[string][]byte) (kind string, body []byte, err error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	add := func(field, name string, text []byte) {
		part, fault := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {multipart.FileContentDisposition(field, name)}})
		if fault == nil {
			_, fault = part.Write(text)
		}
		err = errors.Join(err, fault)
	}
	add("seed", name, text)
	for other, text := range files {
		add("file", other, text)
	}
	err = errors.Join(err, w.Close())
	return w.FormDataContentType(), b.Bytes(), err
}
