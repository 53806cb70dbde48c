package testkit_test

import (
	"testing"

	"github.com/understudy-iam/understudy/internal/testkit"
)

func TestRounds(t *testing.T) {
	for _, test := range []struct {
		minutes           string
		short, long, want int
	}{
		{"", 2, 200, 2},
		{"60", 2, 200, 200},
		{"90", 2, 200, 200},
		{"6", 2, 200, 20},
		{"1", 20, 200, 20},
		{"6", 10, 1, 1}, // each tenth, or each
	} {
		t.Setenv("UNDERSTUDY_TORTURE", test.minutes)
		if got := testkit.Rounds(test.short, test.long); got != test.want {
			t.Errorf("Rounds(%d, %d) = %d with %q minutes; want %d", test.short, test.long, got, test.minutes, test.want)
		}
	}
}

func TestTortureIsANumber(t *testing.T) {
	t.Setenv("UNDERSTUDY_TORTURE", "yes")
	defer func() {
		if recover() == nil {
			t.Error("no panic though the minutes are not a number")
		}
	}()
	testkit.Rounds(1, 2)
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
