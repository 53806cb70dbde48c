package idp

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
)

// signToken answers with the token that the request asks for, in JSON or as a form of OAuth.
func (h *Handler) signToken(w http.ResponseWriter, r *http.Request) {
	if mediaType(r) == "application/x-www-form-urlencoded" {
		h.signForm(w, r)
		return
	}
	var q Request
	if err := readJSON(w, r, &q); err != nil {
		unreadable(w, err)
		return
	}
	t, err := h.options.Provider.Sign(r.Context(), &q)
	if err != nil {
		h.refuse(w, err)
		return
	}
	writeJSON(w, http.StatusOK, t)
}

// signForm answers a client of OAuth in the form that OAuth defines.
// https://www.rfc-editor.org/rfc/rfc6749#section-5
func (h *Handler) signForm(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if err := r.ParseForm(); err != nil {
		var known interface{ HTTPStatus() int }
		if errors.As(err, &known) {
			unreadable(w, err)
			return
		}
		refuseForm(w, &FormError{"invalid_request", "the form cannot be read"})
		return
	}
	client, _, _ := r.BasicAuth()
	q, err := FromForm(r.PostForm, client)
	var unfit *FormError
	if errors.As(err, &unfit) {
		refuseForm(w, unfit)
		return
	}
	t, err := h.options.Provider.Sign(r.Context(), q)
	switch {
	case errors.Is(err, ErrRequest):
		refuseForm(w, &FormError{"invalid_request", err.Error()})
	case err != nil:
		h.refuse(w, err)
	default:
		writeJSON(w, http.StatusOK, t.ForOAuth())
	}
}

func refuseForm(w http.ResponseWriter, e *FormError) {
	writeJSON(w, http.StatusBadRequest, map[string]string{"error": e.Code, "error_description": e.Description})
}

// showMetadata answers with the metadata from which a SAML provider is created: that of the
// provider itself or, with ?issuer=, of any other issuer, for whom it signs with the same key.
func (h *Handler) showMetadata(w http.ResponseWriter, r *http.Request) {
	document, err := h.options.Provider.SAMLMetadata(r.Context(), r.URL.Query().Get("issuer"), h.base(r)+"saml/assertion")
	if err != nil {
		h.refuse(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/samlmetadata+xml")
	_, _ = w.Write([]byte(document)) // an error means that the client has gone
}

// signAssertion answers with the SAML response that the request asks for.
func (h *Handler) signAssertion(w http.ResponseWriter, r *http.Request) {
	var q SAMLRequest
	if err := readJSON(w, r, &q); err != nil {
		unreadable(w, err)
		return
	}
	response, err := h.options.Provider.SignSAML(r.Context(), &q)
	if err != nil {
		h.refuse(w, err)
		return
	}
	writeJSON(w, http.StatusOK, response)
}

// readJSON reads a body that must say that it is JSON: a page in a browser
// cannot send that to another origin without asking first.
func readJSON(w http.ResponseWriter, r *http.Request, into any) error {
	if mediaType(r) != "application/json" {
		return errors.New("the body must be application/json")
	}
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("the body has something after its JSON value; send one value and nothing else")
	}
	return nil
}

// mediaType returns the type of the body without its parameters, or "" if it is missing or cannot
// be read.
func mediaType(r *http.Request) string {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return kind
}
