package server

import (
	"context"
	"net/http"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/seed"
)

// stateRoutes are the routes that copy, change and empty the whole state.
func (s *Server) stateRoutes() []route {
	return []route{
		{http.MethodPost, "reset", ownOrigin(s.reset)},
		{http.MethodPost, "snapshot", ownOrigin(s.takeSnapshot)},
		{http.MethodPost, "restore", ownOrigin(s.restore)},
		{http.MethodGet, "snapshots", s.listSnapshots},
		{http.MethodDelete, "snapshots/{id}", ownOrigin(s.deleteSnapshot)},
		{http.MethodGet, "export", s.exportState},
		{http.MethodPost, "seed", ownOrigin(s.importSeed)},
	}
}

// ownOrigin refuses requests that a page of another origin makes in a browser:
// these routes need no body, and so no content type that a page cannot send.
func ownOrigin(h http.HandlerFunc) http.HandlerFunc {
	p := http.NewCrossOriginProtection()
	p.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusForbidden, map[string]string{"error": "a page of another origin may not do this"})
	}))
	return p.Handler(h).ServeHTTP
}

// readOptionalJSON is readJSON for a body that may be left out.
func readOptionalJSON(w http.ResponseWriter, r *http.Request, into any) error {
	if r.ContentLength == 0 {
		return nil
	}
	return readJSON(w, r, into)
}

// resetRequest is the body of POST /_understudy/reset.
type resetRequest struct {
	Seeds *bool `json:"seeds"` // false: do not apply the seeds again
}

// reset empties the state, of all accounts, and applies the seeds again with
// which the server was started: as they are now, and both or neither.
// Snapshots, decisions and settings such as the enforcement mode stay.
func (s *Server) reset(w http.ResponseWriter, r *http.Request) {
	var body resetRequest
	if err := readOptionalJSON(w, r, &body); err != nil {
		badRequest(w, err)
		return
	}
	seeds := s.options.Seeds
	if body.Seeds != nil && !*body.Seeds {
		seeds = nil
	}
	if err := s.Reset(r.Context(), seeds); err != nil {
		s.refuseSeed(w, err)
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"seeds": append([]string{}, seeds...)})
}

// Reset empties the state, of all accounts, and applies the seed files: both or
// neither. A fault in a file is a *seed.Fault.
func (s *Server) Reset(ctx context.Context, seeds []string) error {
	o := s.seedOptions()
	o.Clean = true
	err := s.replaceState(func() error { return seed.ApplyFiles(ctx, o, seeds) })
	if err == nil {
		s.options.Logger.Info("the state was reset", "seeds", len(seeds))
	}
	return err
}

// replaceState runs f, which replaces the state; everybody sees the new one at
// once, also who lags.
func (s *Server) replaceState(f func() error) error {
	err := s.iam.ReplaceState(f)
	if err == nil {
		s.trouble.store.Forget()
	}
	return err
}

// takeSnapshot copies the state, and answers the ID of the copy.
func (s *Server) takeSnapshot(w http.ResponseWriter, r *http.Request) {
	state, err := s.Capture(r.Context())
	if err != nil {
		s.refuse(w, err)
		return
	}
	taken, err := s.snapshots.add(state, s.clock.Now())
	if err != nil {
		writeJSON(w, http.StatusConflict, map[string]string{"error": err.Error()})
		return
	}
	writeJSON(w, http.StatusCreated, taken)
}

// Capture copies the state with what was used until now.
func (s *Server) Capture(ctx context.Context) (state *persistence.State, err error) {
	if err := s.iam.FlushUses(ctx); err != nil {
		return nil, err
	}
	err = s.options.Store.View(ctx, func(tx persistence.Tx) error {
		state, err = persistence.Capture(tx)
		return err
	})
	return state, err
}

// restoreRequest is the body of POST /_understudy/restore.
type restoreRequest struct {
	ID string `json:"id"` // of a snapshot
}

// restore makes the state that of a snapshot, which stays.
func (s *Server) restore(w http.ResponseWriter, r *http.Request) {
	var body restoreRequest
	if err := readJSON(w, r, &body); err != nil {
		badRequest(w, err)
		return
	}
	taken, ok := s.snapshots.find(body.ID)
	if !ok {
		noSuchSnapshot(w, body.ID)
		return
	}
	if err := s.Replace(r.Context(), taken.state); err != nil {
		s.refuse(w, err)
		return
	}
	writeJSON(w, http.StatusOK, taken)
}

// Replace makes the state that of a copy, which stays good.
func (s *Server) Replace(ctx context.Context, state *persistence.State) error {
	return s.replaceState(func() error {
		return s.options.Store.Update(ctx, func(tx persistence.Tx) error { return persistence.Replace(tx, state) })
	})
}

func (s *Server) listSnapshots(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{"snapshots": s.snapshots.list()})
}

func (s *Server) deleteSnapshot(w http.ResponseWriter, r *http.Request) {
	if id := r.PathValue("id"); !s.snapshots.remove(id) {
		noSuchSnapshot(w, id)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func noSuchSnapshot(w http.ResponseWriter, id string) {
	writeJSON(w, http.StatusNotFound, map[string]string{"error": "there is no snapshot " + id})
}
