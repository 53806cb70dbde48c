package services

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestUniqueKeepsTheOrderAndEachOnce(t *testing.T) {
	t.Parallel()
	var u unique
	var want []string
	for i := range 3 * maxScanned {
		text := fmt.Sprint("n", i)
		if u.has(text) {
			t.Errorf("%s is there before it was added", text)
		}
		want = append(want, text)
		u.add(text, want[i/2], text)
		if diff := cmp.Diff(want, u.list); diff != "" {
			t.Fatalf("after %d (-want +got):\n%s", i+1, diff)
		}
		if !u.has(want[0]) || !u.has(text) {
			t.Fatalf("after %d, what was added is not there", i+1)
		}
	}
}
