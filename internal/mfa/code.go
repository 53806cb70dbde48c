package mfa

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/pquerna/otp/hotp"

	"github.com/understudy-iam/understudy/persistence"
)

// ErrNoCodes is returned for a device that shows no codes, such as a security key.
var ErrNoCodes = errors.New("the device shows no codes")

// ErrAllUsed is returned when all codes that would be accepted now have been used.
var ErrAllUsed = errors.New("the codes of this minute have been used; ask again in half a minute")

// Codes returns two consecutive codes of the device. The first is accepted for a
// call at the time now, unless somebody else uses it first; both together enable or
// resynchronise the device.
func Codes(d *persistence.MFADevice, now time.Time) ([2]string, error) {
	if d.Seed == "" {
		return [2]string{}, ErrNoCodes
	}
	middle := stepOf(now) + d.Drift
	step := max(middle, d.LastSync+1)
	for slices.Contains(d.Spent, step) {
		step++
	}
	if step > middle+tolerance {
		return [2]string{}, ErrAllUsed
	}
	return codesFrom(d.Seed, step)
}

// CodesOfSeed is like Codes, for a device of which only the seed is known, in base32
// as CreateVirtualMFADevice returns it. The error says what is wrong with it.
func CodesOfSeed(seed string, now time.Time) ([2]string, error) {
	return codesFrom(strings.ToUpper(strings.TrimRight(seed, "=")), stepOf(now))
}

func codesFrom(seed string, step int64) (codes [2]string, err error) {
	for i := range codes {
		if codes[i], err = hotp.GenerateCode(seed, uint64(step)+uint64(i)); err != nil {
			return codes, err
		}
	}
	return codes, nil
}
