package imds

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"strconv"
	"time"
)

// Headers of IMDSv2.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
const (
	tokenHeader = "X-aws-ec2-metadata-token"
	ttlHeader   = "X-aws-ec2-metadata-token-ttl-seconds"
)

const maxTTL = 21600 // seconds, six hours

// issueToken answers PUT /latest/api/token. A request that came through a proxy
// is refused, as on EC2.
func (h *handler) issueToken(w http.ResponseWriter, r *http.Request) {
	ttl, err := strconv.Atoi(r.Header.Get(ttlHeader))
	switch {
	case r.Header.Get("X-Forwarded-For") != "":
		page(w, http.StatusForbidden)
		return
	case err != nil || ttl < 1 || ttl > maxTTL:
		page(w, http.StatusBadRequest)
		return
	}
	plain(w, h.seal(h.Now().Add(time.Duration(ttl)*time.Second)), ttl)
}

// seal makes a token that ends at a time: the time, and a code that only this
// process can make. It has 56 characters, as EC2's.
func (h *handler) seal(end time.Time) string {
	raw := binary.BigEndian.AppendUint64(nil, uint64(end.UnixMilli()))
	return base64.URLEncoding.EncodeToString(append(raw, h.code(raw)...))
}

func (h *handler) code(of []byte) []byte {
	m := hmac.New(sha256.New, h.key[:])
	m.Write(of)
	return m.Sum(nil)
}

// admitted checks the token of a request for metadata, and answers the request if it is
// refused. left is for how many seconds the token is still valid; v2 is false for a
// request without a token, if such requests are allowed.
func (h *handler) admitted(w http.ResponseWriter, r *http.Request) (left int, v2, ok bool) {
	token := r.Header.Get(tokenHeader)
	if token == "" && h.AllowV1 {
		return 0, false, true
	}
	raw, err := base64.URLEncoding.Strict().DecodeString(token)
	if err == nil && len(raw) == 8+sha256.Size && hmac.Equal(raw[8:], h.code(raw[:8])) {
		end := time.UnixMilli(int64(binary.BigEndian.Uint64(raw[:8])))
		if rest := end.Sub(h.Now()); rest > 0 {
			return int((rest + time.Second - 1) / time.Second), true, true
		}
	}
	page(w, http.StatusUnauthorized)
	return 0, false, false
}

// plain answers with a string. ttl is that of the token in seconds; 0: no token.
func plain(w http.ResponseWriter, text string, ttl int) {
	w.Header().Set("Content-Type", "text/plain")
	w.Header().Set("Server", "EC2ws")
	if ttl > 0 {
		w.Header().Set(ttlHeader, strconv.Itoa(ttl))
	}
	_, _ = w.Write([]byte(text)) // the client has gone if it fails
}
