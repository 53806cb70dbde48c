package mfa_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base32"
	"image/color"
	"image/png"
	"regexp"
	"testing"

	"github.com/boombuler/barcode/qr"

	"github.com/understudy-iam/understudy/internal/mfa"
)

func TestSeedsHaveAWSsForm(t *testing.T) {
	t.Parallel()
	a, err := mfa.NewSeed(rand.Reader)
	if err != nil || !regexp.MustCompile(`^[A-Z2-7]{64}$`).MatchString(a) {
		t.Errorf("NewSeed = %q, %v", a, err)
	}
	if b, _ := mfa.NewSeed(rand.Reader); a == b {
		t.Errorf("NewSeed = %q twice", a)
	}
	if s, err := mfa.NewSeed(bytes.NewReader(nil)); err == nil {
		t.Errorf("NewSeed without randomness = %q", s)
	}
}

func TestTokenSeedIsTheSerialNumber(t *testing.T) {
	t.Parallel()
	s, ok := mfa.TokenSeed("GAHT12345678")
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(s)
	if !ok || err != nil || string(raw) != "GAHT12345678" {
		t.Errorf("TokenSeed = %q, %v", s, ok)
	}
	for _, serial := range []string{"", "gaht12345678", "GAHT1234567", "GAHT123456789", "arn:aws:iam::123456789012:mfa/x"} {
		if s, ok := mfa.TokenSeed(serial); ok {
			t.Errorf("TokenSeed(%q) = %q", serial, s)
		}
	}
}

func TestURL(t *testing.T) {
	t.Parallel()
	if got := mfa.URL("phone", "acme", "MZXW6"); got != "otpauth://totp/phone@acme?secret=MZXW6" {
		t.Errorf("URL = %q", got)
	}
}

// The picture shows the modules of the code as squares, with four modules of
// white around them, as ISO/IEC 18004 demands.
func TestQRCodeIsAPictureOfTheCode(t *testing.T) {
	t.Parallel()
	text := mfa.URL("phone", "123456789012", seed)
	data, err := mfa.QRCode(text)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	want, err := qr.Encode(text, qr.M, qr.Unicode)
	if err != nil {
		t.Fatal(err)
	}
	const module, margin = 4, 4
	n := want.Bounds().Dx()
	if size := img.Bounds().Dx(); size != (n+2*margin)*module || img.Bounds().Dy() != size {
		t.Fatalf("the picture is %v; the code has %d modules", img.Bounds(), n)
	}
	dark := 0
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			i, j := x/module-margin, y/module-margin
			black := i >= 0 && j >= 0 && i < n && j < n && want.At(i, j) == color.Black
			if got := color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y == 0; got != black {
				t.Fatalf("pixel %d, %d is black: %v", x, y, got)
			}
			if black {
				dark++
			}
		}
	}
	if dark < n*n*module*module/4 {
		t.Errorf("%d dark pixels in a code of %d modules", dark, n)
	}
}

func TestQRCodeOfTooLongAText(t *testing.T) {
	t.Parallel()
	if _, err := mfa.QRCode(string(make([]byte, 5000))); err == nil {
		t.Error("5000 characters fit into a QR code")
	}
}
