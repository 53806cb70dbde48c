package management

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// ResetRequest says how to empty the state. The body may be left out.
type ResetRequest struct {
	Seeds *bool `json:"seeds,omitempty"` // false: do not apply the seeds again
}

// ResetAnswer says which seed files were applied.
type ResetAnswer struct {
	Seeds []string `json:"seeds"`
}

// reset empties the state of all accounts, and applies again the seeds with which the
// server was started, as the files are now: both or neither. Snapshots, decisions and
// settings such as the enforcement mode stay.
func (h *handler) reset(w http.ResponseWriter, r *http.Request) error {
	var body ResetRequest
	if err := readOptionalJSON(w, r, &body); err != nil {
		return err
	}
	files, err := h.Backend.Reset(r.Context(), body.Seeds == nil || *body.Seeds)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, ResetAnswer{append([]string{}, files...)})
}

// Snapshot is a copy of the state.
type Snapshot struct {
	ID         string    `json:"id"`
	CreateDate time.Time `json:"createDate"`
	Bytes      int       `json:"bytes"` // bytes of keys and values
}

// SnapshotList has the snapshots, the oldest first.
type SnapshotList struct {
	Snapshots []Snapshot `json:"snapshots"`
}

// RestoreRequest names the snapshot to restore.
type RestoreRequest struct {
	ID string `json:"id"`
}

func (h *handler) takeSnapshot(w http.ResponseWriter, r *http.Request) error {
	taken, err := h.Backend.TakeSnapshot(r.Context())
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusCreated, taken)
}

// restore restores the state of a snapshot. The snapshot is kept.
func (h *handler) restore(w http.ResponseWriter, r *http.Request) error {
	var body RestoreRequest
	if err := readJSON(w, r, &body); err != nil {
		return err
	}
	restored, err := h.Backend.RestoreSnapshot(r.Context(), body.ID)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, restored)
}

func (h *handler) listSnapshots(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, http.StatusOK, SnapshotList{h.Backend.Snapshots()})
}

func (h *handler) deleteSnapshot(w http.ResponseWriter, r *http.Request) error {
	if err := h.Backend.DeleteSnapshot(variable(r, "id")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// Export says which parts of the state to export.
type Export struct {
	Accounts []string // empty: all, and the organizations
	Secrets  bool     // write secrets too
}

// Query parameters of an Export.
const (
	accountParameter = "account"
	secretsParameter = "secrets"
)

// Query returns the query parameters of the request.
func (e *Export) Query() url.Values {
	q := url.Values{}
	if len(e.Accounts) > 0 {
		q[accountParameter] = e.Accounts
	}
	if e.Secrets {
		q.Set(secretsParameter, strconv.FormatBool(true))
	}
	return q
}

func exportOf(q url.Values) (*Export, error) {
	secrets, err := flagOf(q, secretsParameter)
	return &Export{Accounts: q[accountParameter], Secrets: secrets}, err
}

// flagOf returns a parameter that is true or false; false if it is left out.
func flagOf(q url.Values, name string) (bool, error) {
	switch value := strings.ToLower(q.Get(name)); value {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	default:
		return false, Invalid(fmt.Errorf("%s %q is neither true nor false", name, value))
	}
}

// exportState answers with the state as a seed, which it writes while it reads.
func (h *handler) exportState(w http.ResponseWriter, r *http.Request) error {
	e, err := exportOf(r.URL.Query())
	if err != nil {
		return err
	}
	out := &lateAnswer{w: w, contentType: "application/yaml"}
	if err := h.Backend.Export(r.Context(), out, e); err != nil {
		return h.broken(r, out, err)
	}
	_ = out.begin() // it fails only if the client has gone
	return nil
}
