package catalog

import "testing"

func TestNearest(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"s3:GetObjct":         "s3:GetObject",
		"s3:getobejct":        "s3:GetObject",
		"S3:PutBucketPolcy":   "s3:PutBucketPolicy",
		"iam:CreateUsers":     "iam:CreateUser",
		"imm:CreateUser":      "iam:CreateUser",
		"dynamodbb:GetItem":   "dynamodb:GetItem",
		"sts:AssumeRol":       "sts:AssumeRole",
		"s3:Frobnicate":       "",
		"nosuchservice:Get":   "",
		"GetObject":           "",
		":GetObject":          "",
		"s3:":                 "",
		"iam:MakeMeASandwich": "",
	} {
		got, ok := Nearest(name)
		if got != want || ok != (want != "") {
			t.Errorf("Nearest(%q) = %q, %v; want %q", name, got, ok, want)
		}
	}
}

// The nearest of an action that exists is the action.
func TestNearestOfAnActionIsTheAction(t *testing.T) {
	t.Parallel()
	for _, prefix := range []string{"iam", "sts", "sqs"} {
		s, _ := Find(prefix)
		for a := range s.Actions() {
			if got, _ := Nearest(prefix + ":" + a.Name); got != prefix+":"+a.Name {
				t.Errorf("%s: %s", a.Name, got)
			}
		}
	}
}

func TestDistance(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"abc", "abd", 1}, {"kitten", "sitting", 3}, {"ab", "ba", 1}, {"abcdef", "abcdfe", 1},
	} {
		if got := distance(c.a, c.b, 9); got != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
	if got := distance("a", "abcdefgh", 2); got <= 2 {
		t.Errorf("beyond what matters: %d", got)
	}
}
