// Command emulator stands in for an emulator of S3 behind the gateway, in tests that run
// in containers. It keeps objects in memory, whoever writes them.
//
// It knows PutObject and GetObject in buckets that are all there, and answers everything
// else as S3 answers what does not exist. Use moto or another emulator for anything but
// the tests of this project.
package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

const maxObject = 1 << 20 // bytes

func main() {
	listener, err := net.Listen("tcp", ":9000")
	if err != nil {
		log.Fatal(err)
	}
	log.Print("listening at ", listener.Addr())
	server := &http.Server{Handler: &bucket{objects: map[string][]byte{}}, ReadHeaderTimeout: 10 * time.Second}
	log.Fatal(server.Serve(listener))
}

// bucket holds objects by their path.
type bucket struct {
	mu      sync.Mutex
	objects map[string][]byte
}

func (b *bucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	object, known := b.objects[r.URL.Path]
	switch {
	case r.Method == http.MethodPut && r.URL.RawQuery == "x-id=PutObject":
		b.put(w, r)
	case r.Method == http.MethodGet && r.URL.RawQuery == "x-id=GetObject" && known:
		_, _ = w.Write(object) // the client has gone if it fails
	default:
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, "<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>")
	}
}

func (b *bucket) put(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxObject))
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	b.objects[r.URL.Path] = body
	log.Printf("%s has %d bytes", r.URL.Path, len(body))
}
