package evaluator

import "testing"

func TestNumberText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"01.00", "1.00"}, {"+1", "1"}, {"-1.50", "-1.50"}, {"1.", "1"}, {".5", "0.5"}, {"0", "0"}, {"-0", "0"}, {"-0.00", "0.00"},
		{"1e2", "1E+2"}, {"12e2", "1.2E+3"}, {"0e5", "0E+5"}, {"1e9999", "1E+9999"}, {"1e-3", "0.001"},
		{"0.000001", "0.000001"}, {"0.0000001", "1E-7"}, {"123.45e1", "1234.5"}, {"123.45e2", "12345"}, {"-12e-9", "-1.2E-8"},
		{"9007199254740993.10", "9007199254740993.10"},
	} {
		if got, ok := NumberText(c.in); !ok || got != c.want {
			t.Errorf("NumberText(%q) = %q, %v; want %q", c.in, got, ok, c.want)
		}
	}
	for _, in := range []string{"", " 1 ", "0x10", "Infinity", "NaN", "1e", "one", "."} {
		if got, ok := NumberText(in); ok {
			t.Errorf("NumberText(%q) = %q; want none", in, got)
		}
	}
}

func TestDateText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"0", "1970-01-01T00:00:00.000Z"},
		{"2035-01-02", "2035-01-02T00:00:00.000Z"},
		{"2035-01-02T03:04:05+02:00", "2035-01-02T01:04:05.000Z"},
		{"2035-01-02T03:04:05.6789Z", "2035-01-02T03:04:05.678Z"},
		{"-0044-03-15", "-0044-03-15T00:00:00.000Z"},
		{"12345-01-01", "12345-01-01T00:00:00.000Z"},
	} {
		if got, ok := DateText(c.in); !ok || got != c.want {
			t.Errorf("DateText(%q) = %q, %v; want %q", c.in, got, ok, c.want)
		}
	}
	if got, ok := DateText("tomorrow"); ok {
		t.Errorf("DateText(tomorrow) = %q; want none", got)
	}
}

func TestIsAddress(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]bool{
		"192.0.2.1": true, "2001:0db8::1": true, "::ffff:192.0.2.1": true, "192.0.2.0/24": false,
		"[2001:db8::1]": false, "fe80::1%eth0": false, "999.0.0.1": false, "": false,
	} {
		if got := IsAddress(in); got != want {
			t.Errorf("IsAddress(%q) = %v", in, got)
		}
	}
}

func TestIsBase64(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]bool{"": true, "YQ==": true, "eWVz": true, "YQ": false, "YR==": false, "eWVz\n": false} {
		if got := IsBase64(in); got != want {
			t.Errorf("IsBase64(%q) = %v", in, got)
		}
	}
}
