package services

import (
	"strings"
	"testing"
)

// Which policies are public is what AWS's page says.
func TestIsPublic(t *testing.T) {
	t.Parallel()
	const bucket, point = "arn:aws:s3:::b", "arn:aws:s3:us-east-1:111122223333:accesspoint/p"
	statement := func(principal, condition string) string {
		return `{"Effect":"Allow","Principal":` + principal + `,"Action":"s3:PutObject","Resource":"*"` + condition + `}`
	}
	when := func(operator, key, value string) string {
		return `,"Condition":{"` + operator + `":{"` + key + `":` + value + `}}`
	}
	named := statement(`{"AWS":"arn:aws:iam::111122223333:user/ana"}`, "")
	for name, c := range map[string]struct {
		holder, statements string
		public             bool
	}{
		"everybody":               {bucket, statement(`"*"`, ""), true},
		"every principal of AWS":  {bucket, statement(`{"AWS":"*"}`, ""), true},
		"a user":                  {bucket, named, false},
		"a service":               {bucket, statement(`{"Service":"cloudtrail.amazonaws.com"}`, ""), false},
		"a web identity":          {bucket, statement(`{"Federated":"graph.facebook.com"}`, ""), true},
		"one statement of two":    {bucket, named + "," + statement(`"*"`, ""), true},
		"a statement that denies": {bucket, strings.Replace(statement(`"*"`, ""), "Allow", "Deny", 1), false},
		"everybody else":          {bucket, strings.Replace(named, "Principal", "NotPrincipal", 1), true},
		"some networks":           {bucket, statement(`"*"`, when("StringLike", "aws:SourceVpc", `"vpc-*"`)), true},
		"a network":               {bucket, statement(`"*"`, when("StringEquals", "aws:SourceVpc", `"vpc-91237329"`)), false},
		"a network or none": {
			bucket, statement(`"*"`, when("StringEqualsIfExists", "aws:SourceVpc", `"vpc-91237329"`)), true,
		},
		"all networks but one": {bucket, statement(`"*"`, when("StringNotEquals", "aws:SourceVpc", `"vpc-91237329"`)), true},
		"one of several fixed networks": {
			bucket, statement(`"*"`, when("ForAnyValue:StringLike", "AWS:sourcevpce", `["vpce-1","vpce-2"]`)), false,
		},
		"one of them is not fixed": {bucket, statement(`"*"`, when("StringLike", "aws:SourceVpce", `["vpce-1","vpce-*"]`)), true},
		"a variable": {
			bucket, statement(`"*"`, when("StringEquals", "aws:SourceAccount", `"${aws:PrincipalAccount}"`)), true,
		},
		"an organization":           {bucket, statement(`"*"`, when("StringEquals", "aws:PrincipalOrgID", `"o-1234567890"`)), false},
		"a key that does not count": {bucket, statement(`"*"`, when("StringEquals", "aws:UserAgent", `"me"`)), true},
		"addresses": {
			bucket, statement(`"*"`, when("IpAddress", "aws:SourceIp", `["203.0.113.0/24","2001:db8::/32","192.0.2.1"]`)), false,
		},
		"many addresses":         {bucket, statement(`"*"`, when("IpAddress", "aws:SourceIp", `"0.0.0.0/1"`)), true},
		"many addresses of IPv6": {bucket, statement(`"*"`, when("IpAddress", "aws:SourceIp", `"2001::/16"`)), true},
		"all addresses but some": {bucket, statement(`"*"`, when("NotIpAddress", "aws:SourceIp", `"203.0.113.0/24"`)), true},
		"access points of an account": {
			bucket, statement(`"*"`, when("ArnLike", "s3:DataAccessPointArn", `"arn:aws:s3:us-west-2:123456789012:accesspoint/*"`)), false,
		},
		"access points of all accounts": {
			bucket, statement(`"*"`, when("ArnLike", "s3:DataAccessPointArn", `"arn:aws:s3:us-west-2:*:accesspoint/*"`)), true,
		},
		"access points, of a point": {
			point, statement(`"*"`, when("ArnLike", "s3:DataAccessPointArn", `"arn:aws:s3:us-west-2:123456789012:accesspoint/*"`)), true,
		},
		"the account of an access point": {
			bucket, statement(`"*"`, when("StringEquals", "s3:DataAccessPointAccount", `"123456789012"`)), false,
		},
		"no statement": {bucket, "", false},
		"a second condition that is fixed": {
			bucket, statement(`"*"`, `,"Condition":{"Bool":{"aws:SecureTransport":true},"StringEquals":{"aws:SourceVpc":"vpc-1"}}`), false,
		},
	} {
		if got := IsPublic(c.holder, `{"Version":"2012-10-17","Statement":[`+c.statements+`]}`); got != c.public {
			t.Errorf("%s: public is %t", name, got)
		}
	}
	if IsPublic(bucket, `{"Statement":`) {
		t.Error("what is not a policy is public")
	}
}

// What a call lets others do by an ACL or a policy.
func TestPublishes(t *testing.T) {
	t.Parallel()
	acl := func(grants string) string {
		return "\n\n<AccessControlPolicy><AccessControlList>" + grants + "</AccessControlList></AccessControlPolicy>"
	}
	const (
		owner = "<Grant><Grantee><ID>me</ID></Grantee><Permission>FULL_CONTROL</Permission></Grant>"
		all   = "<Grant><Grantee><URI>http://acs.amazonaws.com/groups/global/&#65;llUsers</URI></Grantee><Permission>READ</Permission></Grant>"
		other = "<Grant><Grantee><ID>you</ID></Grantee><Permission>READ</Permission></Grant>"
	)
	for text, want := range map[string]Publishes{
		"GET /b/k":                     {},
		"PUT /b/k":                     {},
		"PUT /b/k\nX-Amz-Acl: private": {Bucket: "b", ACL: true},
		"PUT /b/k\nX-Amz-Acl: bucket-owner-full-control":                                        {},
		"PUT /b/k\nX-Amz-Acl: public-read":                                                      {Bucket: "b", ACL: true, PublicACL: true},
		"PUT /b/k?X-Amz-Acl=public-read":                                                        {Bucket: "b", ACL: true, PublicACL: true},
		"PUT /b\nX-Amz-Acl: authenticated-read":                                                 {Bucket: "b", ACL: true, PublicACL: true},
		"PUT /b?acl\nX-Amz-Grant-Read: id=you":                                                  {Bucket: "b", ACL: true},
		"PUT /b?acl\nX-Amz-Grant-Read: uri=\"http://acs.amazonaws.com/groups/global/AllUsers\"": {Bucket: "b", ACL: true, PublicACL: true},
		"PUT /b?acl" + acl(owner):                                                               {},
		"PUT /b/k?acl" + acl(other):                                                             {Bucket: "b", ACL: true},
		"PUT /b/k?acl" + acl(owner+all):                                                         {Bucket: "b", ACL: true, PublicACL: true},
		"PUT /b?policy\n\n" + `{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}}`: {
			Bucket: "b", PublicPolicy: true,
		},
		"PUT /b?policy\n\n" + `{"Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"*"}}`: {},
	} {
		r := request(t, "s3", text+"\n")
		call, err := Recognise(r)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		needs, err := call.Needs(r)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if needs.Publishes != want {
			t.Errorf("%s: %+v, want %+v", text, needs.Publishes, want)
		}
	}
}
