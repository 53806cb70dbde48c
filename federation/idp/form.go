package idp

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Grants of OAuth that a form may ask for.
// https://www.rfc-editor.org/rfc/rfc6749#section-4.4
// https://www.rfc-editor.org/rfc/rfc8693
const (
	ClientCredentials = "client_credentials"
	TokenExchange     = "urn:ietf:params:oauth:grant-type:token-exchange"
)

// idToken is the type of token that is issued in exchange.
const idToken = "urn:ietf:params:oauth:token-type:id_token"

// A FormError is a mistake in a form, with OAuth's code for it.
type FormError struct{ Code, Description string }

func (e *FormError) Error() string { return "idp: " + e.Code + ": " + e.Description }

// FromForm reads the request of an OAuth client. The client's name becomes the subject; its secret
// is not checked. In a token exchange the subject is that of the exchanged token, which is not
// verified, unless the form names one. Besides OAuth's own parameters it understands issuer,
// subject, algorithm and expires_in. Unknown parameters are ignored, as OAuth asks.
//
// client is the name from HTTP Basic authentication, or empty. The error is a
// *FormError.
func FromForm(form url.Values, client string) (*Request, error) {
	for name, values := range form {
		if len(values) > 1 && name != "audience" && name != "resource" {
			return nil, &FormError{"invalid_request", name + " is there more than once"}
		}
	}
	r := &Request{
		Issuer: form.Get("issuer"), Subject: or(form.Get("subject"), client, form.Get("client_id")), Algorithm: form.Get("algorithm"),
		Audience: slices.Concat(form["audience"], form["resource"]),
	}
	if text := form.Get("expires_in"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, &FormError{"invalid_request", "expires_in is not a number of seconds"}
		}
		r.ExpiresIn = n
	}
	switch form.Get("grant_type") {
	case ClientCredentials:
		if scope := form.Get("scope"); scope != "" {
			r.Claims = Claims{"scope": scope}
		}
	case TokenExchange:
		return r, r.exchange(form)
	case "":
		return nil, &FormError{"invalid_request", "grant_type is missing"}
	default:
		return nil, &FormError{"unsupported_grant_type", "use " + ClientCredentials + " or " + TokenExchange}
	}
	return r, nil
}

// exchange takes the subject from the token that is exchanged.
func (r *Request) exchange(form url.Values) error {
	if wanted := form.Get("requested_token_type"); wanted != "" && wanted != idToken && !strings.HasSuffix(wanted, ":jwt") {
		return &FormError{"invalid_request", "requested_token_type must be " + idToken}
	}
	if form.Get("subject") != "" {
		return nil
	}
	subject, ok := subjectOf(form.Get("subject_token"))
	if !ok {
		return &FormError{"invalid_request", "subject_token is not a JSON web token with a subject; or name one in subject"}
	}
	r.Subject = subject
	return nil
}

// subjectOf reads the subject of a token without verifying it.
func subjectOf(token string) (string, bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return "", false
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return "", false
	}
	var c struct {
		Subject string `json:"sub"`
	}
	return c.Subject, json.Unmarshal(raw, &c) == nil && c.Subject != ""
}
