package server

import (
	"net/http"
	"runtime/debug"
)

// logged logs a panic of a handler, with its stack, and closes the connection: the
// answer may be half written. net/http would do the same, but logs it only for those
// who also listen to connection errors.
func (s *Server) logged(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			switch v := recover(); v {
			case nil:
			case http.ErrAbortHandler: // the connection is closed on purpose
				panic(v)
			default:
				s.options.Logger.Error("panic", "method", r.Method, "path", r.URL.Path, "panic", v, "stack", string(debug.Stack()))
				panic(http.ErrAbortHandler)
			}
		}()
		h.ServeHTTP(w, r)
	})
}
