package postform

import (
	"encoding/base64"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// withPolicy is an unsigned form with a policy.
func withPolicy(conditions string) *posted {
	policy := `{"expiration": "2015-12-30T12:00:00Z", "conditions": [{"bucket": "sigv4examplebucket"}, ["eq", "$key", "k"]` +
		conditions + `]}`
	return raw(policy)
}

func raw(policy string) *posted {
	return &posted{fields: [][2]string{{"key", "k"}, {"policy", base64.StdEncoding.EncodeToString([]byte(policy))}},
		disposition: `form-data; name="file"`, file: "12345678"}
}

// The size of the file is bounded by the policy, both bounds included.
func TestSizes(t *testing.T) {
	t.Parallel()
	for bounds, c := range map[string]struct {
		want    error
		details []Detail
	}{
		"8, 8": {}, "0, 8": {}, "8, 1000000000000": {}, `"5", "10"`: {},
		"0, 7":           {ErrSize, []Detail{{"ProposedSize", "8"}, {"MaxSizeAllowed", "7"}}},
		"0, 0":           {ErrSize, []Detail{{"ProposedSize", "8"}, {"MaxSizeAllowed", "0"}}},
		"9, 10":          {ErrSize, []Detail{{"ProposedSize", "8"}, {"MinSizeAllowed", "9"}}},
		`"test", "10"`:   {ErrPolicy, nil},
		"-1, 10":         {ErrPolicy, nil},
		"0, 512.5":       {ErrDocument, nil},
		"1":              {ErrDocument, nil},
		"1, 2, 3":        {ErrDocument, nil},
		"0, null":        {ErrDocument, nil},
		"0, 1e400000000": {ErrDocument, nil},
	} {
		_, file, err := taken(withPolicy(`, ["content-length-range", ` + bounds + `]`).request(t))
		if !errors.Is(err, c.want) || (err == nil) != (file == "12345678") {
			t.Errorf("%s: %q, %v, want %v", bounds, file, err, c.want)
			continue
		}
		var e *Error
		if errors.As(err, &e) && c.details != nil {
			if diff := cmp.Diff(c.details, e.Details); diff != "" {
				t.Errorf("%s: %s", bounds, diff)
			}
		}
	}
}

// What S3 says of policies that it cannot read, or that do not hold.
func TestPolicies(t *testing.T) {
	t.Parallel()
	const conditions = `"conditions": [{"bucket": "sigv4examplebucket"}, {"key": "k"}]`
	for policy, want := range map[string]string{
		`{"expiration": "2015-12-29T12:00:01Z", ` + conditions + `}`:     "",
		`{"expiration": "2015-12-29T12:00:00.001Z", ` + conditions + `}`: "",
		`{"expiration": "2015-12-29T12:00:00Z", ` + conditions + `}`:     "Invalid according to Policy: Policy expired.",
		`{"expiration": "2016-09-13T07:52:58+02:00", ` + conditions +
			`}`: "Invalid Policy: Invalid 'expiration' value: '2016-09-13T07:52:58+02:00'",
		`{"expiration": "2016-10-17 03:15:59 UTC", ` + conditions +
			`}`: "Invalid Policy: Invalid 'expiration' value: '2016-10-17 03:15:59 UTC'",
		`{"expiration": 1, ` + conditions + `}`:                                       "Invalid Policy: Invalid JSON.",
		`{` + conditions + `}`:                                                        "Invalid Policy: Policy missing expiration.",
		`{"expiration": "2016-01-01T00:00:00Z"}`:                                      "Invalid Policy: Policy missing conditions.",
		`{"expiration": "2016-01-01T00:00:00Z", "conditions": {}}`:                    "Invalid Policy: Invalid 'conditions' value: must be a List.",
		`{"Statement": [], "expiration": "2016-01-01T00:00:00Z", ` + conditions + `}`: "Invalid Policy: Unexpected: 'statement'",
		`{`:    "Invalid Policy: Invalid JSON.",
		`null`: "Invalid Policy: Invalid JSON.",
		`{"expiration": "2016-01-01T00:00:00Z", "conditions": [{"key": "k"}]}`:                                              "Invalid according to Policy: Extra input fields: bucket",
		`{"expiration": "2016-01-01T00:00:00Z", "conditions": [{"bucket": "other"}, {"key": "k"}]}`:                         `Invalid according to Policy: Policy Condition failed: ["eq", "$bucket", "other"]`,
		`{"expiration": "2016-01-01T00:00:00Z", "conditions": [{"bucket": "sigv4examplebucket"}]}`:                          "Invalid according to Policy: Extra input fields: key",
		`{"expiration": "2016-01-01T00:00:00Z", "conditions": [{"bucket": "sigv4examplebucket", "key":"k"}]}`:               "Invalid Policy: Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.",
		`{"expiration": "2016-01-01T00:00:00Z", "conditions": [{}]}`:                                                        "Invalid Policy: Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.",
		`{"expiration": "2016-01-01T00:00:00Z", "conditions": [{"Content-Length": 6}]}`:                                     "Invalid Policy: Invalid Simple-Condition: value must be a string.",
		`{"expiration": "2016-01-01T00:00:00Z", "conditions": [{"key": null}]}`:                                             "Invalid Policy: Invalid JSON.",
		`{"expiration": "2016-01-01T00:00:00Z", "conditions": [[]]}`:                                                        "Invalid Policy: Invalid Condition: missing operation identifier.",
		`{"expiration": "2016-01-01T00:00:00Z", "conditions": ["eq"]}`:                                                      "Invalid Policy: Invalid condition test: must be a List or Object.",
		`{"expiration": "2016-01-01T00:00:00Z", "conditions": [["ends-with", "$key", "k"]]}`:                                "Invalid Policy: Invalid Condition: unknown operation 'ends-with'.",
		`{"expiration": "2016-01-01T00:00:00Z", "conditions": [["eq", "$key"]]}`:                                            "Invalid Policy: Invalid eq: wrong number of arguments.",
		`{"expiration": "2016-01-01T00:00:00Z", "conditions": [[1, "$key", "k"]]}`:                                          "Invalid Policy: Invalid JSON.",
		`{"expiration": "2016-01-01T00:00:00Z", "conditions": [["eq", "key", "k"]]}`:                                        `Invalid according to Policy: Policy Condition failed: ["eq", "key", "k"]`,
		`{"expiration": "2016-01-01T00:00:00Z", "conditions": [["eq", "$Key", "a\"<b"]]}`:                                   `Invalid according to Policy: Policy Condition failed: ["eq", "$Key", "a\"<b"]`,
		`{"expiration": "2016-01-01T00:00:00Z", "conditions": [["eq", "\$bucket", "\v"]]}`:                                  `Invalid according to Policy: Policy Condition failed: ["eq", "$bucket", "\u000b"]`,
		`{"expiration": "2016-01-01T00:00:00Z", "conditions": [{"BUCKET":"sigv4examplebucket"},["Starts-With","$KEY",""]]}`: "",
	} {
		_, _, err := taken(raw(policy).request(t))
		got := ""
		var e *Error
		if errors.As(err, &e) {
			got = e.Message
		} else if err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", policy, got, want)
		}
	}
}
