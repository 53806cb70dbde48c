package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"

	"github.com/understudy-iam/understudy/principal"
	"github.com/understudy-iam/understudy/seed"
)

// maxSeed bounds a seed with the files that it refers to, in bytes.
const maxSeed = 256 << 20

// seedOptions are those of a seed that is applied to the running server. Who lags
// sees at once what it declares: it counts as having been there before.
func (s *Server) seedOptions() seed.Options {
	return seed.Options{
		Store: s.trouble.store.Store, Now: s.clock.Now, Random: s.options.Random, Quotas: s.options.Quotas,
		Warn: func(f *seed.Fault) { s.options.Logger.Warn("seed", "file", f.File, "line", f.Line, "reason", f.Reason) },
	}
}

// ApplySeed applies the text of a seed to the running server; name is what
// errors call it. A fault in it is a *seed.Fault, and then nothing has changed.
func (s *Server) ApplySeed(ctx context.Context, name string, text []byte) error {
	return seed.Apply(ctx, s.seedOptions(), name, text)
}

// ApplySeeds applies the seed files of the options, as they are now.
func (s *Server) ApplySeeds(ctx context.Context) error {
	return seed.ApplyFiles(ctx, s.seedOptions(), s.options.Seeds)
}

// refuseSeed answers a seed that was not applied; nothing has changed.
func (s *Server) refuseSeed(w http.ResponseWriter, err error) {
	var f *seed.Fault
	if !errors.As(err, &f) {
		s.options.Logger.Error("applying a seed", "error", err)
		writeJSON(w, http.StatusInternalServerError, map[string]string{"error": "an internal error"})
		return
	}
	writeJSON(w, http.StatusBadRequest, map[string]any{"error": f.Error(), "file": f.File, "line": f.Line, "reason": f.Reason})
}

// importSeed applies a seed that is sent: as the body, or, with the files that
// it refers to, as the parts of one. It answers what was left out or kept as it
// is; see seed.Options.Warn.
func (s *Server) importSeed(w http.ResponseWriter, r *http.Request) {
	sent, err := readSeed(w, r)
	if err != nil {
		badRequest(w, err)
		return
	}
	warnings := []string{}
	o := s.seedOptions()
	o.Open, o.Warn = sent.open, func(f *seed.Fault) { warnings = append(warnings, f.Error()) }
	if err := seed.Apply(r.Context(), o, sent.name, sent.text); err != nil {
		s.refuseSeed(w, err)
		return
	}
	s.options.Logger.Info("a seed was applied", "file", sent.name, "warnings", len(warnings))
	writeJSON(w, http.StatusOK, map[string]any{"warnings": warnings})
}

// sentSeed is a seed with the files that it refers to.
type sentSeed struct {
	name  string
	text  []byte
	files map[string][]byte
}

// open returns a file that came with the seed: no file of this machine is read
// for it.
func (x *sentSeed) open(name string) ([]byte, error) {
	text, ok := x.files[name]
	if !ok {
		return nil, errors.New("it did not come with the seed; send it as a part, or put its text in its place")
	}
	return text, nil
}

func readSeed(w http.ResponseWriter, r *http.Request) (*sentSeed, error) {
	kind, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	body := http.MaxBytesReader(w, r.Body, maxSeed)
	switch {
	case err == nil && (kind == "application/json" || kind == "application/yaml"):
		text, err := io.ReadAll(body)
		return &sentSeed{name: "seed", text: text}, err
	case err == nil && kind == "multipart/form-data":
		return readParts(multipart.NewReader(body, parameters["boundary"]))
	}
	return nil, errors.New("the body must be application/yaml, application/json or multipart/form-data")
}

// readParts reads the part seed, whose file name is what errors call it, and the
// parts file, by theirs.
func readParts(parts *multipart.Reader) (*sentSeed, error) {
	x := &sentSeed{files: map[string][]byte{}}
	for {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("the parts of the body: %w", err)
		}
		text, err := io.ReadAll(p)
		if err != nil {
			return nil, fmt.Errorf("the parts of the body: %w", err)
		}
		_, names, err := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
		switch {
		case err != nil:
			return nil, fmt.Errorf("the parts of the body: %w", err)
		case names["name"] == "seed":
			x.name, x.text = names["filename"], text
		case names["name"] == "file":
			x.files[names["filename"]] = text
		}
	}
	if x.text == nil {
		return nil, errors.New("the body has no part seed")
	}
	return x, nil
}

// exportState answers the state as a seed, for the accounts that the query
// names, or all; with ?secrets=true it holds secrets.
func (s *Server) exportState(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	o := seed.ExportOptions{Store: s.options.Store, Accounts: query["account"], Secrets: query.Get("secrets") == "true"}
	for _, id := range o.Accounts {
		if !principal.ValidAccountID(id) {
			badRequest(w, fmt.Errorf("account %q must have 12 digits", id))
			return
		}
	}
	if value := strings.ToLower(query.Get("secrets")); value != "" && value != "true" && value != "false" {
		badRequest(w, fmt.Errorf("secrets %q is neither true nor false", value))
		return
	}
	err := s.iam.FlushUses(r.Context())
	var text []byte
	if err == nil {
		text, err = seed.Export(r.Context(), o)
	}
	if err != nil {
		s.refuse(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/yaml")
	_, _ = w.Write(text) // the client has gone if it fails
}
