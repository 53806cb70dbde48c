package management

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"

	"github.com/understudy-iam/understudy/internal/textfile"
)

// Seed is a seed to send, with the files to which it refers.
type Seed struct {
	Name  string // its name in errors
	Text  []byte
	Files map[string][]byte // by their names in the seed
	Dry   bool              // change nothing and only report what would change
}

// Open returns a file that came with the seed. It never reads a file of this machine.
func (s *Seed) Open(name string) ([]byte, error) {
	text, ok := s.Files[name]
	if !ok {
		return nil, errors.New("it did not come with the seed; send it as a part, or put its text in its place")
	}
	return text, nil
}

// Parts of a body with a Seed.
const (
	seedPart = "seed" // its file name is the name in errors
	filePart = "file" // its file name is the name in the seed
)

// Body returns the seed as the body of a request, and its content type.
func (s *Seed) Body() (contentType string, body []byte, err error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	add := func(field, name string, text []byte) {
		part, fault := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {multipart.FileContentDisposition(field, name)}})
		if fault == nil {
			_, fault = part.Write(text)
		}
		err = errors.Join(err, fault)
	}
	add(seedPart, s.Name, s.Text)
	for name, text := range s.Files {
		add(filePart, name, text)
	}
	err = errors.Join(err, w.Close())
	return w.FormDataContentType(), b.Bytes(), err
}

// SeedOutcome says what a seed has changed, or would change.
type SeedOutcome struct {
	Warnings []string      `json:"warnings"` // about what was left out or kept as it is
	Summary  string        `json:"summary"`  // the changes in a line, such as "made 2 users and 1 role"
	Changes  []SeedChanges `json:"changes"`
	Diff     string        `json:"diff,omitempty"` // of the exported state without secrets, as a unified diff; only for a dry run
}

// SeedChanges says how many things of a kind were made, changed and removed.
type SeedChanges struct {
	Kind    string `json:"kind"` // such as "user" or "inline policy"
	Made    int    `json:"made,omitempty"`
	Changed int    `json:"changed,omitempty"`
	Removed int    `json:"removed,omitempty"`
}

// dryParameter asks for a dry run.
const dryParameter = "dry"

// Query returns the query parameters of the request, which ask for a dry run.
func (s *Seed) Query() url.Values {
	if !s.Dry {
		return nil
	}
	return url.Values{dryParameter: {"true"}}
}

// importSeed applies the seed of a request: the body or, with the files to which the seed
// refers, the parts of the body.
func (h *handler) importSeed(w http.ResponseWriter, r *http.Request) error {
	sent, err := readSeed(w, r)
	if err != nil {
		return Invalid(err)
	}
	if sent.Dry, err = flagOf(r.URL.Query(), dryParameter); err != nil {
		return err
	}
	outcome, err := h.Backend.ImportSeed(r.Context(), sent)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, outcome)
}

func readSeed(w http.ResponseWriter, r *http.Request) (*Seed, error) {
	kind, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	body := http.MaxBytesReader(w, r.Body, textfile.Seed)
	switch {
	case err == nil && (kind == "application/json" || kind == "application/yaml"):
		text, err := io.ReadAll(body)
		return &Seed{Name: "seed", Text: text}, err
	case err == nil && kind == "multipart/form-data":
		return readParts(multipart.NewReader(body, parameters["boundary"]))
	}
	return nil, errors.New("the body must be application/yaml, application/json or multipart/form-data")
}

func readParts(parts *multipart.Reader) (*Seed, error) {
	s := &Seed{Files: map[string][]byte{}}
	for {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = s.add(p)
		}
		if err != nil {
			return nil, fmt.Errorf("the parts of the body: %w", err)
		}
	}
	if s.Text == nil {
		return nil, errors.New("the body has no part seed")
	}
	return s, nil
}

func (s *Seed) add(p *multipart.Part) error {
	text, err := io.ReadAll(p)
	if err != nil {
		return err
	}
	_, names, err := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
	switch {
	case err != nil:
		return err
	case names["name"] == seedPart:
		s.Name, s.Text = names["filename"], text
	case names["name"] == filePart:
		s.Files[names["filename"]] = text
	}
	return nil
}
