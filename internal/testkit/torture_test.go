package testkit_test

import (
	"testing"

	"github.com/understudy-iam/understudy/internal/testkit"
)

func TestRounds(t *testing.T) {
	t.Setenv("UNDERSTUDY_TORTURE", "")
	if got := testkit.Rounds(2, 200); got != 2 {
		t.Errorf("Rounds = %d; want 2", got)
	}
	t.Setenv("UNDERSTUDY_TORTURE", "1")
	if got := testkit.Rounds(2, 200); got != 200 {
		t.Errorf("Rounds = %d under torture; want 200", got)
	}
}

func TestLong(t *testing.T) {
	t.Setenv("UNDERSTUDY_TORTURE", "1")
	if testkit.Long(t); t.Skipped() {
		t.Error("skipped under torture")
	}
	t.Setenv("UNDERSTUDY_TORTURE", "")
	r := &recorder{}
	if testkit.Long(r); !r.skipped {
		t.Error("not skipped without torture")
	}
}
