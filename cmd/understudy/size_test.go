package main

import (
	"strconv"
	"testing"
)

func TestSizes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]size{
		"64MiB": 64 << 20, "1KiB": 1 << 10, "2GiB": 2 << 30, "1000000": 1000000, "1": 1, "9223372036854775807": 1<<63 - 1,
		"": 0, "0": 0, "0MiB": 0, "-1": 0, "+1": 0, "MiB": 0, "64mib": 0, "64 MiB": 0, "64MB": 0, "1.5GiB": 0, "1MiBMiB": 0,
		"9223372036854775807KiB": 0, "9223372036854775808": 0,
	} {
		var got size
		if err := got.UnmarshalText([]byte(text)); got != want || (err != nil) != (want == 0) {
			t.Errorf("%q: %d, %v; want %d", text, got, err, want)
		}
	}
}

func FuzzSize(f *testing.F) {
	for _, text := range []string{"64MiB", "1", "GiB", "99999999999999999999GiB"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var got, again size
		if got.UnmarshalText([]byte(text)) != nil {
			return
		}
		if err := again.UnmarshalText([]byte(strconv.Itoa(int(got)))); err != nil || again != got || got <= 0 {
			t.Errorf("%q: %d, which reads as %d, %v", text, got, again, err)
		}
	})
}
