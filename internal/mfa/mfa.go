// Package mfa checks the one-time codes of MFA devices (TOTP, RFC 6238: SHA-1, six
// digits, 30 seconds) and makes the seed and the QR code that an authenticator app
// needs. Package iam uses it to enable and resynchronise devices, package sts to
// check the code of a call.
//
// It guarantees that a code is accepted once for each device, even in concurrent
// calls: the transaction that accepts a code records in the device that it is
// spent.
//
// # Caveats
//
// Security keys have no codes and are never accepted here. Only AWS knows the seeds
// of the hardware tokens that it accepts, so here the seed of a token is its serial
// number (see TokenSeed).
package mfa

import (
	"crypto/subtle"
	"errors"
	"slices"
	"time"

	"github.com/pquerna/otp/hotp"

	"github.com/understudy-iam/understudy/persistence"
)

// Facts that AWS's answers to codes of known steps show (recorded September 2026).
const (
	// stepTime is how long a code is on the display, in seconds.
	stepTime = 30

	// tolerance is the number of steps that the clock of a device may be off in a call:
	// codes two steps away were accepted, codes three steps away were not.
	tolerance = 2

	// searchBehind and searchAhead bound the steps in which a pair of codes is
	// looked for, by the second code.
	searchBehind = 998
	searchAhead  = 1000

	// maxTries is how many codes of a device are checked in tryTime seconds, right ones
	// included; further ones are treated as if there were no device.
	maxTries = 9
	tryTime  = 180
)

// A Verdict is the result of checking a code.
type Verdict uint8

// The verdicts. The zero value does not accept a code.
const (
	NoDevice  Verdict = iota // the user has no such device that shows codes, or too many were tried
	WrongCode                // not the code of a step that counts, or used before
	Accepted
)

// A Try is a code that somebody gives as proof that they have a device.
type Try struct {
	Account string
	UserID  string // the claimed owner: AIDA..., or the account ID for root
	Serial  string
	Code    string
	Clocks
}

// Clocks holds the times for which a device may show codes: the server's clock can
// be moved, and an authenticator app does not know that. Codes for either time are
// right, so a test can compute the codes for the moved clock, and a person can type
// the code on the screen.
type Clocks struct {
	Time time.Time // by the server's clock
	Real time.Time // by the machine's; zero: the same
}

// all returns the times, the server's first; only one if both give the same code.
func (c Clocks) all() []time.Time {
	if c.Real.IsZero() || c.Real.Sub(c.Time).Abs() < stepTime*time.Second {
		return []time.Time{c.Time}
	}
	return []time.Time{c.Time, c.Real}
}

// earliest returns the earlier of the times.
func (c Clocks) earliest() time.Time {
	return slices.MinFunc(c.all(), time.Time.Compare)
}

// Check says what Verify would, and changes nothing: the code can still be used,
// and the try is not counted.
func Check(tx persistence.Tx, t Try) (Verdict, error) {
	_, v, err := t.judge(tx)
	return v, err
}

// Verify judges a code, counts the try and spends the code if it is right, in an
// Update. What the code is for is done in the same transaction.
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

// countTry counts a try, and reports false if there were already too many.
func countTry(d *persistence.MFADevice, now time.Time) bool {
	if w := now.Unix() / tryTime; d.TryWindow != w {
		d.TryWindow, d.Tries = w, 0
	}
	d.Tries++
	return d.Tries <= maxTries
}

// find returns the step of a code, among the steps that count and are not spent. It
// always looks at all of them.
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

// manySpent is the number of spent steps from which those are forgotten that cannot
// count again unless a clock is moved back. Below that number all are kept, because
// a clock can be moved back.
const manySpent = 500

// spend marks a step as used.
func spend(d *persistence.MFADevice, step int64, now time.Time) {
	if len(d.Spent) >= manySpent {
		oldest := stepOf(now) - searchBehind - tolerance
		d.Spent = slices.DeleteFunc(d.Spent, func(s int64) bool { return s < oldest })
	}
	d.Spent = append(d.Spent, step)
}

// Sync looks for two codes that the device shows one after the other, and notes how
// far its clock is off. It reports false, and changes nothing, if the codes are not
// such a pair: the same code twice, the wrong order, or a pair that is not wholly
// after the last one accepted for the device, even for another user (recorded).
//
// The codes of the pair are not spent (recorded). A clock that is off by no more
// than a call allows counts as right.
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

// offsets returns the steps in which to look for the codes of a device whose clock
// is off, the nearest first.
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

// stepOf returns the number of the step that contains a time.
func stepOf(t time.Time) int64 { return t.Unix() / stepTime }

// shows reports whether a device with the seed shows the code at the step.
func shows(seed string, step int64, code string) bool {
	if step < 0 {
		return false
	}
	want, err := hotp.GenerateCode(seed, uint64(step))
	return err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1
}
