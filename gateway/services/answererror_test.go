package services

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestReadError(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name          string
		protocol      Protocol
		kind, body    string
		code, message string
	}{
		{"DynamoDB", JSON10, "", `{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"gone"}`,
			"ResourceNotFoundException", "gone"},
		{"a message in upper case", JSON11, "", `{"__type":"NotFoundException","Message":"gone"}`, "NotFoundException", "gone"},
		{"a header", RESTJSON, "ResourceNotFoundException:http://internal.amazon.com/coral/", `{"Message":"gone"}`,
			"ResourceNotFoundException", "gone"},
		{"a code", RESTJSON, "", `{"code":"NotFound","message":"gone"}`, "NotFound", "gone"},
		{"S3", RESTXML, "", "<Error><Code>NoSuchKey</Code><Message>gone</Message><Key>Code</Key></Error>", "NoSuchKey", "gone"},
		{"the query protocol", Query, "",
			"<ErrorResponse><Error><Type>Sender</Type><Code>NotFound</Code><Message>a &amp; b</Message></Error></ErrorResponse>", "NotFound", "a & b"},
		{"EC2", EC2, "", "<Response><Errors><Error><Code>InvalidAMIID.NotFound</Code><Message>gone</Message></Error></Errors></Response>",
			"InvalidAMIID.NotFound", "gone"},
		{"no XML", RESTXML, "", "<html>", "", ""},
		{"no JSON", JSON10, "", "gone", "", ""},
		{"what is no code", JSON10, "", `{"__type":"what a\npity"}`, "", ""},
		{"nothing", RESTXML, "", "", "", ""},
	} {
		got := ReadError(c.protocol, c.kind, []byte(c.body))
		if got == nil {
			got = &AnswerError{}
		}
		if got.Code != c.code || got.Message != c.message {
			t.Errorf("%s: %+v; want %s, %s", c.name, got, c.code, c.message)
		}
	}
}

// FuzzReadError reads any answer: there is a code of a bounded length, or nothing.
func FuzzReadError(f *testing.F) {
	f.Add(uint8(JSON10), "", `{"__type":"a#B","message":"m"}`)
	f.Add(uint8(RESTXML), "A:b", "<Error><Code>C</Code><Message>"+strings.Repeat("é", maxMessage)+"</Message></Error>")
	f.Fuzz(func(t *testing.T, p uint8, kind, body string) {
		e := ReadError(Protocol(p), kind, []byte(body))
		if e != nil && (e.Code == "" || len(e.Code) > maxCode || len(e.Message) > maxMessage || !utf8.ValidString(e.Message)) {
			t.Errorf("%+v", e)
		}
	})
}
