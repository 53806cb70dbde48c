package management

import (
	"encoding/json"
	"io"
	"iter"
	"net/http"
)

// maxListedBytes is the maximum length of a list, in bytes: an item has parts of its
// request, which may be a megabyte. The first item is always in the list.
const maxListedBytes = 16 << 20

// writeList writes an object whose member has the items. It writes them one by one, since
// all together may be long. It ends when the client has gone, or before the list gets too
// long: then the object has the member "truncated" too.
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
	_, _ = io.WriteString(w, after) // it fails only if the client has gone
	return nil
}
