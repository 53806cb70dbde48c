package mfa_test

import (
	"errors"
	"testing"
	"time"

	"github.com/understudy-iam/understudy/internal/mfa"
	"github.com/understudy-iam/understudy/persistence"
)

// Codes are accepted for a call, and as a pair by Sync, whatever was used before.
func TestCodes(t *testing.T) {
	t.Parallel()
	step := now.Unix() / 30
	for _, c := range []struct {
		name   string
		device persistence.MFADevice
		first  int64 // steps from now
		err    error
	}{
		{"a new device", persistence.MFADevice{Seed: seed}, 0, nil},
		{"the code of now is used", persistence.MFADevice{Seed: seed, Spent: []int64{step}}, 1, nil},
		{"a gap", persistence.MFADevice{Seed: seed, Spent: []int64{step, step + 2}}, 1, nil},
		{"all are used", persistence.MFADevice{Seed: seed, Spent: []int64{step, step + 1, step + 2}}, 0, mfa.ErrAllUsed},
		{"enabled in this moment", persistence.MFADevice{Seed: seed, LastSync: step + 1}, 2, nil},
		{"a clock that is ahead", persistence.MFADevice{Seed: seed, Drift: 4}, 4, nil},
		{"a security key", persistence.MFADevice{}, 0, mfa.ErrNoCodes},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := c.device
			got, err := mfa.Codes(&d, now)
			if !errors.Is(err, c.err) {
				t.Fatalf("error %v; want %v", err, c.err)
			}
			if c.err == nil && got != [2]string{code(t, c.first), code(t, c.first+1)} {
				t.Errorf("codes %v; want those %d steps from now", got, c.first)
			}
			if c.err == nil && !mfa.Sync(&d, got[0], got[1], mfa.Clocks{Time: now, Real: now}) && d.Drift == 0 {
				t.Error("the pair does not synchronise the device")
			}
		})
	}
}

func TestCodesOfSeed(t *testing.T) {
	t.Parallel()
	want := [2]string{code(t, 0), code(t, 1)}
	if got, err := mfa.CodesOfSeed(seed, now.Add(29*time.Second)); err != nil || got != want {
		t.Errorf("%v, %v; want %v", got, err, want)
	}
	if got, err := mfa.CodesOfSeed("not base32!", now); err == nil {
		t.Errorf("codes %v of no seed", got)
	}
}
