package management

import (
	"encoding/json"
	"io"
	"iter"
	"net/http"
)

// maxListedBytes is how long a list may be, in bytes: an item holds what its request
// said, which may be a megabyte. The first item is always in it.
const maxListedBytes = 16 << 20

// writeList writes an object whose member has the items, one by one, since all of them
// may be long. It ends when the client has gone, and before the list gets too long: then
// the object has the member "truncated" too.
func writeList[T any](w http.ResponseWriter, member string, items iter.Seq[T]) error {
	w.Header().Set("Content-Type", "application/json")
	before, after, size := `{"`+member+`":[`, "]}\n", 0
	for item := range items {
		raw, err := json.Marshal(item)
		if err != nil {
			return err
		}
		if size += len(raw); size > maxListedBytes && size > len(raw) {
			after = "],\"truncated\":true}\n"
			break
		}
		if _, err := w.Write(append([]byte(before), raw...)); err != nil {
			return nil
		}
		before = ",\n"
	}
	if size == 0 {
		after = before + after
	}
	_, _ = io.WriteString(w, after) // the client has gone if it fails
	return nil
}
