package alerts

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Headers of a webhook, those of Standard Webhooks, so that a receiver can check
// them with a library:
// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
const (
	idHeader        = "Webhook-Id"        // the alert's ID: the same in each attempt
	timestampHeader = "Webhook-Timestamp" // when the attempt was made, in seconds since 1970
	signatureHeader = "Webhook-Signature" // "v1," and the base64 of the HMAC-SHA256 of "id.timestamp.body"
)

// secretPrefix begins a secret that is written in base64.
const secretPrefix = "whsec_"

// ParseSecret reads the secret that signs a webhook, as a file or a variable has
// it. Without the prefix whsec_ it is the key itself, else base64 of the key.
func ParseSecret(text string) ([]byte, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, fmt.Errorf("the secret is empty; give one, such as the output of: openssl rand -base64 32")
	}
	encoded, found := strings.CutPrefix(text, secretPrefix)
	if !found {
		return []byte(text), nil
	}
	key, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(key) == 0 {
		return nil, fmt.Errorf("what follows %s in the secret is not base64; correct it, or leave the prefix out", secretPrefix)
	}
	return key, nil
}

// sign sets the headers of a letter that is sent at a time; without a key there is
// no signature.
func sign(h http.Header, l letter, key []byte, at time.Time) {
	id, timestamp := l.alert.ID, strconv.FormatInt(at.Unix(), 10)
	h.Set(idHeader, id)
	h.Set(timestampHeader, timestamp)
	if len(key) == 0 {
		return
	}
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%s.", id, timestamp)
	mac.Write(l.body)
	h.Set(signatureHeader, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}
