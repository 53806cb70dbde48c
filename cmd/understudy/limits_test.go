package main

import (
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/server"
)

// The flags have the server's defaults, which the help repeats.
func TestDefaultsOfLimits(t *testing.T) {
	t.Parallel()
	var flags limitFlags
	parser, err := kong.New(&flags)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(nil); err != nil {
		t.Fatal(err)
	}
	got, err := flags.limits()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(server.DefaultLimits(), got); diff != "" {
		t.Errorf("(-server +flags):\n%s", diff)
	}
}
