package advice

import (
	"slices"
	"testing"
)

// Values that name the parts of one ARN become those of another one.
func TestMovedParts(t *testing.T) {
	t.Parallel()
	const object = "arn:aws:s3:::home/bob/a b"
	for name, c := range map[string]struct {
		values   []string
		from, to string
		want     []string // nil: movedParts returns false
	}{
		"nothing moves":  {[]string{"home"}, object, object, []string{"home"}},
		"bucket and key": {[]string{"home", "bob/a b"}, object, "arn:aws:s3:::other/ana/c/d", []string{"other", "ana/c/d"}},
		"the whole ARN": {[]string{"arn:aws:sns:us-east-1:111122223333:a"}, "arn:aws:sns:us-east-1:111122223333:a",
			"arn:aws:sns:us-east-1:111122223333:b", []string{"arn:aws:sns:us-east-1:111122223333:b"}},
		"in another order": {[]string{"k.v", "b"}, "arn:aws:s3:::b/k.v", "arn:aws:s3:::b/n", []string{"n", "b"}},
		"another type": {
			[]string{"orders"}, "arn:aws:dynamodb:us-east-1:1:table/orders", "arn:aws:dynamodb:us-east-1:1:index/x", nil,
		},
		"what is not in the ARN": {[]string{"http://127.0.0.1/1/q"}, "arn:aws:sqs:us-east-1:1:q", "arn:aws:sqs:us-east-1:1:r", nil},
		"two values of the same part": {
			[]string{"orders", "orders"}, "arn:aws:dynamodb:us-east-1:1:table/orders", "arn:aws:dynamodb:us-east-1:1:table/x", nil,
		},
		"not in UTF-8": {[]string{"a"}, "arn:aws:s3:::\xff/a", "arn:aws:s3:::\xff/b", nil},
		"no values":    {nil, object, "arn:aws:s3:::x", nil},
	} {
		if got, ok := movedParts(c.values, c.from, c.to); !slices.Equal(got, c.want) || ok != (c.want != nil) {
			t.Errorf("%s: got %q, %v, want %q", name, got, ok, c.want)
		}
	}
}
