package console

import (
	"embed"
	"fmt"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
)

// The built assets, each with a hash of its content in its name. They are made from
// assets/ by internal/cmd/genconsole.
//
//go:generate go run -C ../../internal/cmd/genconsole . -out ../../../management/console
//go:embed dist
var assets embed.FS

// assetPath is where the assets are, below Path.
const assetPath = "assets/"

// assetNames are the names of the built files, by those without the hash, such as
// main.js.
var assetNames = sync.OnceValue(func() map[string]string {
	files, err := assets.ReadDir("dist")
	if err != nil {
		return nil // it is embedded
	}
	names := map[string]string{}
	for _, f := range files {
		parts := strings.Split(f.Name(), ".") // main.4f2a.js
		names[parts[0]+"."+parts[len(parts)-1]] = f.Name()
	}
	return names
})

// assetURL returns the URL of an asset, by its name without the hash.
func assetURL(name string) (string, error) {
	built := assetNames()[name]
	if built == "" {
		return "", fmt.Errorf("console: there is no asset %s", name)
	}
	return Path + assetPath + built, nil
}

// serveAsset answers with an asset. A name with a hash has the same content for ever.
func serveAsset(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, Path+assetPath)
	body, err := assets.ReadFile(path.Join("dist", name))
	if err != nil || path.Base(name) != name {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	_, _ = w.Write(body) // it fails only if the browser has gone
}
