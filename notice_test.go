package understudy_test

import (
	"os"
	"regexp"
	"testing"
)

// noticed finds a Go module in NOTICE: "etree 1.8.1 (https://github.com/beevik/etree, ...".
var noticed = regexp.MustCompile(`(\d+\.\d+\.\d+)\s+\(https://(github\.com/[^,)\s]+)`)

func TestNoticeNamesTheVersionsThatAreUsed(t *testing.T) {
	t.Parallel()
	notice, err := os.ReadFile("NOTICE")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]string{}
	for _, r := range readModule(t, ".").Require {
		used[r.Path] = r.Version
	}
	found := noticed.FindAllSubmatch(notice, -1)
	if len(found) < 4 {
		t.Fatalf("NOTICE names %d Go modules with their versions; it should name those of SAML at least", len(found))
	}
	for _, m := range found {
		version, path := "v"+string(m[1]), string(m[2])
		if used[path] != version {
			t.Errorf("NOTICE names %s %s; go.mod requires %q", path, version, used[path])
		}
	}
}
