package management

import (
	"errors"
	"net/http"

	"github.com/understudy-iam/understudy/faults"
)

// FaultList has the rules that are in force, in the order in which they are tried.
type FaultList struct {
	Faults []faults.State `json:"faults"`
}

func (h *handler) listFaults(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, http.StatusOK, FaultList{h.Backend.Faults()})
}

func (h *handler) addFault(w http.ResponseWriter, r *http.Request) error {
	var rule faults.Rule
	if err := readJSON(w, r, &rule); err != nil {
		return err
	}
	added, err := h.Backend.AddFault(rule)
	if err != nil {
		return Invalid(err)
	}
	return writeJSON(w, http.StatusCreated, added)
}

func (h *handler) deleteFault(w http.ResponseWriter, r *http.Request) error {
	id := variable(r, "id")
	if err := h.Backend.RemoveFault(id); errors.Is(err, faults.ErrNoRule) {
		return NotFound("there is no fault %q; understudy faults list and GET %sfaults show those that there are", id, Path)
	} else if err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// deleteFaults removes all rules.
func (h *handler) deleteFaults(w http.ResponseWriter, _ *http.Request) error {
	h.Backend.ClearFaults()
	w.WriteHeader(http.StatusNoContent)
	return nil
}
