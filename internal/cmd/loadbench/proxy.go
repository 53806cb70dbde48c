package main

import (
	"crypto/sha256"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"path"
	"strconv"
)

// part is the size of the parts in which bodies are written.
const part = 64 << 10

var zeros [part]byte

// serveUpstream serves the upstream of the gateway and the proxy: a handler that
// does nothing, except for a GET of an object, whose name is its size.
func serveUpstream(addr string) error {
	return http.ListenAndServe(addr, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		size, _ := strconv.ParseInt(path.Base(r.URL.Path), 10, 64)
		if r.Method != http.MethodGet || size == 0 {
			_, _ = io.Copy(io.Discard, r.Body)
			return
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
		_ = writeZeros(w, size) // if it fails, the client has gone
	}))
}

// writeZeros writes size zero bytes.
func writeZeros(w io.Writer, size int64) error {
	for ; size > 0; size -= min(size, part) {
		if _, err := w.Write(zeros[:min(size, part)]); err != nil {
			return err
		}
	}
	return nil
}

// serveProxy serves the yardstick for the gateway: Go's proxy, which keeps as many
// connections as it needs. With hash it also computes the SHA-256 of request bodies.
func serveProxy(addr, upstream string, hash bool) error {
	to, err := url.Parse(upstream)
	if err != nil {
		return err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost, transport.DisableCompression = 256, true
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.Transport = transport
	if !hash {
		return http.ListenAndServe(addr, proxy)
	}
	return http.ListenAndServe(addr, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = struct {
			io.Reader
			io.Closer
		}{io.TeeReader(r.Body, sha256.New()), r.Body}
		proxy.ServeHTTP(w, r)
	}))
}
