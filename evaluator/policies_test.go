package evaluator

import "testing"

// Mention looks at the policies of every layer, and at variables too.
func TestMention(t *testing.T) {
	t.Parallel()
	compile := func(document string) *Policy {
		p, err := Compile(document, Identity, Origin{})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	with := compile(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::b/${aws:ResourceTag/team}"}}`)
	without := compile(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Null":{"aws:userid":"false"}}}}`)
	is := func(key string) bool { return key == "aws:ResourceTag/team" }
	list := []*Policy{without, with}
	for name, p := range map[string]Policies{
		"identity": {Identity: list}, "boundary": {Boundary: with}, "session": {Session: list}, "limits": {Limits: list},
		"resource":     {Resource: with},
		"VPC endpoint": {VPCEndpoint: with}, "SCP": {SCP: [][]*Policy{{without}, list}}, "RCP": {RCP: [][]*Policy{{without}, list}},
	} {
		if !p.Mention(is) {
			t.Errorf("%s: the key is not found", name)
		}
	}
	p := Policies{Identity: []*Policy{without}, Boundary: without, SCP: [][]*Policy{{without}}}
	if p.Mention(is) {
		t.Error("a key is found that no policy has")
	}
}
