// Package mfa checks the one-time codes of MFA devices (TOTP, RFC 6238: SHA-1,
// six digits, 30 seconds) and makes what an authenticator app needs: a seed and
// a QR code. Package iam enables and resynchronises devices with it, package sts
// checks the code of a call.
//
// It guarantees that a code is taken once for each device, whoever tries it at
// the same time: what is spent is in the device's record, in the transaction
// that takes the code.
//
// # Caveats
//
// Security keys have no codes and are never accepted here. AWS knows the seed of
// every hardware token that it takes; nobody else does, so here the seed of a
// token is the text of its serial number (see TokenSeed).
package mfa

import (
	"crypto/subtle"
	"errors"
	"slices"
	"time"

	"github.com/pquerna/otp/hotp"

	"github.com/understudy-iam/understudy/persistence"
)

// What AWS's answers to codes of known steps show (recorded September 2026).
const (
	// stepTime is how long a code is on the display, in seconds.
	stepTime = 30

	// tolerance is how many steps the clock of a device may be off for the code
	// of a call: codes two steps away were taken, codes three steps away were not.
	tolerance = 2

	// searchBehind and searchAhead bound the steps in which a pair of codes is
	// looked for, by the second code.
	searchBehind = 998
	searchAhead  = 1000

	// maxTries is how many codes of a device are checked in tryTime seconds,
	// right ones included; a later one counts as if there were no device.
	maxTries = 9
	tryTime  = 180
)

// A Verdict is what became of a code.
type Verdict uint8

// The verdicts. The zero value takes nothing.
const (
	NoDevice  Verdict = iota // the user has no such device that shows codes, or too many were tried
	WrongCode                // none of the steps that count, or used before
	Accepted
)

// A Try is a code with which somebody shows that he has a device.
type Try struct {
	Account string
	UserID  string // who says that it is theirs: AIDA..., or the account ID of root
	Serial  string
	Code    string
	Clocks
}

// Clocks are the times that a device may show codes of: the server's clock can be
// moved, and an authenticator app does not know of that. Codes of either time are
// right, so that a test can compute those of the moved clock and a person can type
// those on the screen.
type Clocks struct {
	Time time.Time // by the server's clock
	Real time.Time // by the machine's; zero: the same
}

// all are the times, the server's first; one if they show the same code.
func (c Clocks) all() []time.Time {
	if c.Real.IsZero() || c.Real.Sub(c.Time).Abs() < stepTime*time.Second {
		return []time.Time{c.Time}
	}
	return []time.Time{c.Time, c.Real}
}

// earliest is the one that lies behind.
func (c Clocks) earliest() time.Time {
	return slices.MinFunc(c.all(), time.Time.Compare)
}

// Check says what Verify would, and changes nothing: the code stays good, and
// the try is not counted.
func Check(tx persistence.Tx, t Try) (Verdict, error) {
	_, v, err := t.judge(tx)
	return v, err
}

// Verify judges a code, counts the try and spends the code if it is right, in
// an Update, which does what the code is for in the same transaction.
func Verify(tx persistence.Tx, t Try) (Verdict, error) {
	d, v, err := t.judge(tx)
	if err != nil || v == NoDevice {
		return NoDevice, err
	}
	return v, persistence.MFADevices.Put(tx, t.Account, d)
}

// judge returns the device as it is after the try.
func (t Try) judge(tx persistence.Tx) (*persistence.MFADevice, Verdict, error) {
	d, err := persistence.MFADevices.Get(tx, t.Account, t.Serial)
	if errors.Is(err, persistence.ErrNotFound) {
		return nil, NoDevice, nil
	}
	if err != nil {
		return nil, NoDevice, err
	}
	if d.UserID == "" || d.UserID != t.UserID || d.Seed == "" || !countTry(d, t.Time) {
		return nil, NoDevice, nil
	}
	step, ok := find(d, t.Code, t.Clocks)
	if !ok {
		return d, WrongCode, nil
	}
	spend(d, step, t.earliest())
	return d, Accepted, nil
}

// countTry counts a try, and reports false if there were too many already.
func countTry(d *persistence.MFADevice, now time.Time) bool {
	if w := now.Unix() / tryTime; d.TryWindow != w {
		d.TryWindow, d.Tries = w, 0
	}
	d.Tries++
	return d.Tries <= maxTries
}

// find returns the step of a code among those that count and are not spent. It
// looks at all of them, whichever it is.
func find(d *persistence.MFADevice, code string, clocks Clocks) (step int64, found bool) {
	for _, now := range clocks.all() {
		middle := stepOf(now) + d.Drift
		for s := middle - tolerance; s <= middle+tolerance; s++ {
			if shows(d.Seed, s, code) && !slices.Contains(d.Spent, s) {
				step, found = s, true
			}
		}
	}
	return step, found
}

// manySpent is from how many on spent steps are forgotten that cannot count again
// unless a clock is moved back. Fewer are remembered, as that can be done.
const manySpent = 500

// spend marks a step as used.
func spend(d *persistence.MFADevice, step int64, now time.Time) {
	if len(d.Spent) >= manySpent {
		oldest := stepOf(now) - searchBehind - tolerance
		d.Spent = slices.DeleteFunc(d.Spent, func(s int64) bool { return s < oldest })
	}
	d.Spent = append(d.Spent, step)
}

// Sync looks for two codes that the device shows one after the other, and
// notes how far its clock is off. It reports false, and changes nothing, if it
// shows none such: the same code twice, the wrong order, or a pair that is not
// wholly behind the last one that was taken for the device, even for another
// user (recorded).
//
// The codes of the pair are not spent (recorded). A clock that is off by no more
// than a call may be is taken as right.
func Sync(d *persistence.MFADevice, first, second string, clocks Clocks) bool {
	if d.Seed == "" {
		return false
	}
	pair := func(s int64) bool {
		return s-1 > d.LastSync && shows(d.Seed, s, second) && shows(d.Seed, s-1, first)
	}
	for _, now := range clocks.all() { // a clock that is right by one of them has not drifted from the other
		for offset := int64(-tolerance); offset <= tolerance; offset++ {
			if s := stepOf(now) + offset; pair(s) {
				d.LastSync, d.Drift = s, 0
				return true
			}
		}
	}
	for _, now := range clocks.all() {
		for _, offset := range offsets() {
			if s := stepOf(now) + offset; pair(s) {
				d.LastSync, d.Drift = s, offset
				return true
			}
		}
	}
	return false
}

// offsets are the steps to look in for a pair of a clock that is off, the nearest
// first.
func offsets() []int64 {
	list := make([]int64, 0, searchBehind+searchAhead+1)
	list = append(list, 0)
	for i := int64(1); i <= searchAhead; i++ {
		if i <= searchBehind {
			list = append(list, -i)
		}
		list = append(list, i)
	}
	return list
}

// stepOf is the number of the 30 seconds that a time lies in.
func stepOf(t time.Time) int64 { return t.Unix() / stepTime }

// shows reports whether a device with the seed shows the code at the step.
func shows(seed string, step int64, code string) bool {
	if step < 0 {
		return false
	}
	want, err := hotp.GenerateCode(seed, uint64(step))
	return err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1
}
