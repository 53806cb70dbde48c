package testkit_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/understudy-iam/understudy/internal/testkit"
)

func TestRounds(t *testing.T) {
	for name, test := range map[string]struct {
		minutes     string
		short, want int
	}{
		"without torture":                    {"", 2, 2},
		"a share of ten minutes":             {"10", 2, 8}, // the last begins within its 20 seconds
		"a share of one minute":              {"1", 1, 1},
		"the short number is always reached": {"1", 5, 5},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("UNDERSTUDY_TORTURE", test.minutes)
			synctest.Test(t, func(t *testing.T) {
				got := 0
				for round := range testkit.Rounds(t, test.short, 2*time.Second) {
					if round != got {
						t.Errorf("round %d comes after %d others", round, got)
					}
					got++
					time.Sleep(2700 * time.Millisecond) // of the bubble's clock
				}
				if got != test.want {
					t.Errorf("%d rounds, want %d", got, test.want)
				}
			})
		})
	}
}

func TestRoundsEndEarly(t *testing.T) {
	t.Setenv("UNDERSTUDY_TORTURE", "1")
	got := 0
	for range testkit.Rounds(t, 3, time.Hour) {
		if got++; got == 2 {
			break
		}
	}
	if got != 2 {
		t.Errorf("%d rounds though the test ended after 2", got)
	}
}

func TestTortureIsANumber(t *testing.T) {
	t.Setenv("UNDERSTUDY_TORTURE", "yes")
	defer func() {
		if recover() == nil {
			t.Error("no panic though the minutes are not a number")
		}
	}()
	testkit.Thorough()
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
