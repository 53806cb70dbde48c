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

// The action nearest to an existing action is that action itself.
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

func TestNearestKey(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"aws:SourceIPs":              "aws:SourceIp",
		"aws:sourcip":                "aws:SourceIp",
		"aws:RequestTags/team":       "aws:RequestTag/team",
		"aws:PrincipleTag/team":      "aws:PrincipalTag/team",
		"iam:PassToService":          "iam:PassedToService",
		"s3:prefx":                   "s3:prefix",
		"sts:ExternalID1":            "sts:ExternalId",
		"accounts.example.com:email": "",
		"aws:Frobnicate":             "",
		"team":                       "",
		"":                           "",
	} {
		if got, ok := NearestKey(name); got != want || ok != (want != "") {
			t.Errorf("NearestKey(%q) = %q, %v; want %q", name, got, ok, want)
		}
	}
}
