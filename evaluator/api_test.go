package evaluator

import "testing"

func TestTrustDocumentIsShownNormalised(t *testing.T) {
	const src = `{ "Statement": [{"Action":["sts:AssumeRole"],"Effect":"Allow","Principal":{"Service":["ec2.amazonaws.com"]}}], "Version":"2012-10-17" }`
	const want = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	got, err := NormalizeTrust(src)
	if err != nil || got != want {
		t.Fatalf("got %s, %v", got, err)
	}
}

func TestDecide(t *testing.T) {
	p, err := Compile(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:Get*","Resource":"arn:aws:iam::*:user/${aws:username}"}}`, Identity, Origin{})
	if err != nil {
		t.Fatal(err)
	}
	var c Context
	c.Set("aws:UserName", "ana")
	req := Request{
		Principal: Principal{Kind: User, Account: "111122223333", ARN: "arn:aws:iam::111122223333:user/ana"},
		Action:    "IAM:getuser", Resource: "arn:aws:iam::111122223333:user/ana", Context: &c,
	}
	if !Decide(&req, &Policies{Identity: []*Policy{p}}) {
		t.Error("own user is denied")
	}
	req.Resource = "arn:aws:iam::111122223333:user/bob"
	if Decide(&req, &Policies{Identity: []*Policy{p}}) {
		t.Error("another user is allowed")
	}
}
