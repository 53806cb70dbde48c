package mfa

import (
	"bytes"
	"encoding/base32"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"regexp"

	"github.com/boombuler/barcode/qr"
)

// seedSize is the size of a virtual device's seed, in bytes: 64 characters of
// base32, as AWS's have.
const seedSize = 40

// NewSeed makes the seed of a virtual device, in base32.
func NewSeed(random io.Reader) (string, error) {
	var raw [seedSize]byte
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return "", fmt.Errorf("mfa: seed: %w", err)
	}
	return base32.StdEncoding.EncodeToString(raw[:]), nil
}

// tokenSerial matches the serial numbers on the back of hardware tokens for AWS, such as
// GAHT12345678.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_enable_physical.html
var tokenSerial = regexp.MustCompile(`^[A-Z]{4}[0-9]{8}$`)

// TokenSeed returns the seed of a hardware token, in base32: the serial number
// itself, so that everybody can compute the codes that it would show. It reports
// false for a string that is not a serial number of a token.
func TokenSeed(serial string) (string, bool) {
	if !tokenSerial.MatchString(serial) {
		return "", false
	}
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString([]byte(serial)), true
}

// URL returns the content of a virtual device's QR code. account is the account's
// alias, or its ID if it has none.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_VirtualMFADevice.html
func URL(name, account, seed string) string {
	return "otpauth://totp/" + name + "@" + account + "?secret=" + seed
}

// The sizes of a QR code: a module, in pixels, and the white margin that scanners
// need, in modules.
const (
	moduleSize = 4
	margin     = 4
)

// QRCode returns a string as a QR code, a PNG.
func QRCode(text string) ([]byte, error) {
	code, err := qr.Encode(text, qr.M, qr.Unicode)
	if err != nil {
		return nil, fmt.Errorf("mfa: QR code: %w", err)
	}
	modules := code.Bounds().Dx()
	size := (modules + 2*margin) * moduleSize
	img := image.NewPaletted(image.Rect(0, 0, size, size), color.Palette{color.White, color.Black})
	for y := range size {
		for x := range size {
			at := image.Pt(x/moduleSize-margin, y/moduleSize-margin)
			if at.In(code.Bounds()) && code.At(at.X, at.Y) == color.Black {
				img.SetColorIndex(x, y, 1)
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return nil, fmt.Errorf("mfa: QR code: %w", err)
	}
	return b.Bytes(), nil
}
