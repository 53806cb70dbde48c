package mfa_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pquerna/otp/hotp"

	"github.com/understudy-iam/understudy/internal/mfa"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/memstore"
)

const (
	account = "123456789012"
	serial  = "arn:aws:iam::123456789012:mfa/phone"
	anna    = "AIDAANNA"
	seed    = "MZXW6YTBOJBGC6TRNZQXG5DSNFXGO43F"
)

// now is the first second of a step and of a window of tries.
var now = time.Unix(1_800_000_000/180*180, 0)

// code returns the code that the device shows some steps from now.
func code(t *testing.T, offset int64) string {
	t.Helper()
	c, err := hotp.GenerateCode(seed, uint64(now.Unix()/30+offset))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func newStore(t *testing.T, change func(*persistence.MFADevice)) persistence.Store {
	t.Helper()
	s := memstore.New()
	d := &persistence.MFADevice{Serial: serial, Seed: seed, UserID: anna, EnableDate: now}
	change(d)
	err := s.Update(t.Context(), func(tx persistence.Tx) error { return persistence.MFADevices.Put(tx, account, d) })
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func asItIs(*persistence.MFADevice) {}

func try(code string, at time.Time) mfa.Try {
	return mfa.Try{Account: account, UserID: anna, Serial: serial, Code: code, Clocks: mfa.Clocks{Time: at}}
}

// verifyIn calls Verify in its own transaction.
func verifyIn(t *testing.T, s persistence.Store, x mfa.Try) (v mfa.Verdict, err error) {
	err = s.Update(t.Context(), func(tx persistence.Tx) error {
		v, err = mfa.Verify(tx, x)
		return err
	})
	return v, err
}

func verify(t *testing.T, s persistence.Store, x mfa.Try) mfa.Verdict {
	t.Helper()
	v, err := verifyIn(t, s, x)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Codes two steps away are accepted once, codes three steps away never (recorded).
func TestStepsThatCount(t *testing.T) {
	t.Parallel()
	for offset := int64(-4); offset <= 4; offset++ {
		s := newStore(t, asItIs)
		first, again := mfa.WrongCode, mfa.WrongCode
		if -2 <= offset && offset <= 2 {
			first = mfa.Accepted
		}
		got := []mfa.Verdict{verify(t, s, try(code(t, offset), now)), verify(t, s, try(code(t, offset), now))}
		if diff := cmp.Diff([]mfa.Verdict{first, again}, got); diff != "" {
			t.Errorf("code of step %+d (-want +got):\n%s", offset, diff)
		}
	}
}

// A later code does not use up the earlier ones (recorded).
func TestCodesAreTakenInAnyOrder(t *testing.T) {
	t.Parallel()
	s := newStore(t, asItIs)
	for _, offset := range []int64{1, -2, 2, 0, -1} {
		if v := verify(t, s, try(code(t, offset), now)); v != mfa.Accepted {
			t.Errorf("code of step %+d: verdict %d", offset, v)
		}
	}
}

func TestWhoseDeviceItIs(t *testing.T) {
	t.Parallel()
	right := try(code(t, 0), now)
	for name, c := range map[string]struct {
		change func(*persistence.MFADevice)
		try    func(mfa.Try) mfa.Try
	}{
		"another user":          {asItIs, func(x mfa.Try) mfa.Try { x.UserID = "AIDABOB"; return x }},
		"another account":       {asItIs, func(x mfa.Try) mfa.Try { x.Account = "000000000000"; return x }},
		"another serial number": {asItIs, func(x mfa.Try) mfa.Try { x.Serial += "x"; return x }},
		"a device that is nobody's": {
			func(d *persistence.MFADevice) { d.UserID = "" }, func(x mfa.Try) mfa.Try { x.UserID = ""; return x },
		},
		"a security key": {
			func(d *persistence.MFADevice) { d.Kind, d.Seed = persistence.SecurityKey, "" }, func(x mfa.Try) mfa.Try { return x },
		},
	} {
		if v := verify(t, newStore(t, c.change), c.try(right)); v != mfa.NoDevice {
			t.Errorf("%s: verdict %d", name, v)
		}
	}
}

// After nine tries, right or wrong, the device is treated as missing until the next
// three minutes begin.
func TestTriesAreCounted(t *testing.T) {
	t.Parallel()
	s := newStore(t, asItIs)
	for i := range 9 {
		if v := verify(t, s, try("000000", now)); v != mfa.WrongCode {
			t.Fatalf("try %d: verdict %d", i+1, v)
		}
	}
	if v := verify(t, s, try(code(t, 0), now.Add(29*time.Second))); v != mfa.NoDevice {
		t.Errorf("tenth try: verdict %d", v)
	}
	if v := verify(t, s, try(code(t, 6), now.Add(180*time.Second))); v != mfa.Accepted {
		t.Errorf("in the next three minutes: verdict %d", v)
	}
}

func TestCheckChangesNothing(t *testing.T) {
	t.Parallel()
	s := newStore(t, asItIs)
	for range 12 {
		err := s.View(t.Context(), func(tx persistence.Tx) error {
			v, err := mfa.Check(tx, try(code(t, 0), now))
			if v != mfa.Accepted {
				t.Errorf("verdict %d", v)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if v := verify(t, s, try(code(t, 0), now)); v != mfa.Accepted {
		t.Errorf("verdict %d", v)
	}
}

func TestOfManyWhoTryACodeOneIsTaken(t *testing.T) {
	t.Parallel()
	s := newStore(t, asItIs)
	var verdicts [8]mfa.Verdict
	var wait sync.WaitGroup
	for i := range verdicts {
		wait.Go(func() { verdicts[i], _ = verifyIn(t, s, try(code(t, 0), now)) })
	}
	wait.Wait()
	count := map[mfa.Verdict]int{}
	for _, v := range verdicts {
		count[v]++
	}
	if diff := cmp.Diff(map[mfa.Verdict]int{mfa.Accepted: 1, mfa.WrongCode: 7}, count); diff != "" {
		t.Error(diff)
	}
}

// A spent code stays spent when a resynchronisation then finds that the device is
// slow.
func TestSpentCodesOutliveAResync(t *testing.T) {
	t.Parallel()
	s := newStore(t, asItIs)
	verify(t, s, try(code(t, 0), now))
	verify(t, s, try(code(t, 100), now.Add(100*30*time.Second)))
	err := s.Update(t.Context(), func(tx persistence.Tx) error {
		d, err := persistence.MFADevices.Get(tx, account, serial)
		if err != nil {
			return err
		}
		d.Drift = -100
		return persistence.MFADevices.Put(tx, account, d)
	})
	if err != nil {
		t.Fatal(err)
	}
	if v := verify(t, s, try(code(t, 0), now.Add(100*30*time.Second))); v != mfa.WrongCode {
		t.Errorf("verdict %d", v)
	}
}

// A spent code stays spent when the clock is moved forward, codes are used there,
// and it is moved back. If there are many, those stay spent that can still count by
// the present clock.
func TestSpentCodesStaySpentWhenTheClockGoesBack(t *testing.T) {
	t.Parallel()
	const step = 30 * time.Second
	s := newStore(t, asItIs)
	verify(t, s, try(code(t, 0), now))
	for i := range int64(100) {
		later := 5000 + 6*i
		if v := verify(t, s, try(code(t, later), now.Add(time.Duration(later)*step))); v != mfa.Accepted {
			t.Fatalf("code of step %d: verdict %d", later, v)
		}
	}
	if v := verify(t, s, try(code(t, 0), now)); v != mfa.WrongCode {
		t.Errorf("a spent code: verdict %d", v)
	}
	for i := range int64(1000) {
		later := 10_000 + 6*i
		verify(t, s, try(code(t, later), now.Add(time.Duration(later)*step)))
	}
	if n := len(device(t, s).Spent); n > 600 {
		t.Errorf("%d steps are remembered", n)
	}
}

func device(t *testing.T, s persistence.Store) (d *persistence.MFADevice) {
	t.Helper()
	err := s.View(t.Context(), func(tx persistence.Tx) (err error) {
		d, err = persistence.MFADevices.Get(tx, account, serial)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestFaultsOfTheStoreAcceptNothing(t *testing.T) {
	t.Parallel()
	s := newStore(t, asItIs)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	v, err := verifyIn(t, s, try(code(t, 0), now))
	if v != mfa.NoDevice || !errors.Is(err, persistence.ErrClosed) {
		t.Errorf("verdict %d, %v", v, err)
	}
}

func TestPairsThatSync(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name          string
		first, second int64
		want          bool
	}{
		{"the last two", -1, 0, true},
		{"this one and the next", 0, 1, true},
		{"as far behind as is looked", -999, -998, true},
		{"further behind", -1000, -999, false},
		{"as far ahead as is looked", 999, 1000, true},
		{"further ahead", 1000, 1001, false},
		{"the same code twice", 0, 0, false},
		{"in the wrong order", 0, -1, false},
		{"with a gap", -2, 0, false},
	} {
		d := &persistence.MFADevice{Seed: seed}
		if got := mfa.Sync(d, code(t, c.first), code(t, c.second), mfa.Clocks{Time: now}); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	if mfa.Sync(&persistence.MFADevice{}, code(t, 0), code(t, 1), mfa.Clocks{Time: now}) {
		t.Error("a device without a seed shows codes")
	}
}

// Consecutive pairs of one device, as recorded: the last step of a pair is not
// accepted again.
func TestPairsGoForward(t *testing.T) {
	t.Parallel()
	d := &persistence.MFADevice{Seed: seed}
	for _, c := range []struct {
		second int64
		want   bool
	}{{0, true}, {0, false}, {10, true}, {0, false}, {20, true}, {21, false}, {0, false}, {22, true}} {
		if got := mfa.Sync(d, code(t, c.second-1), code(t, c.second), mfa.Clocks{Time: now}); got != c.want {
			t.Errorf("second code of step %d: %v", c.second, got)
		}
	}
}

// After a resynchronisation the codes that count follow the device's clock, unless
// it is off by no more than is allowed anyway.
func TestDriftMovesTheCodesThatCount(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ second, from, to int64 }{{0, -2, 2}, {2, -2, 2}, {-2, -2, 2}, {3, 1, 5}, {-40, -42, -38}} {
		s := newStore(t, func(d *persistence.MFADevice) {
			if !mfa.Sync(d, code(t, c.second-1), code(t, c.second), mfa.Clocks{Time: now}) {
				t.Fatal("no pair")
			}
		})
		for offset := c.from - 1; offset <= c.to+1; offset++ {
			want := mfa.WrongCode
			if c.from <= offset && offset <= c.to {
				want = mfa.Accepted
			}
			if v := verify(t, s, try(code(t, offset), now)); v != want {
				t.Errorf("synchronised at %+d, code of step %+d: verdict %d", c.second, offset, v)
			}
		}
	}
}
