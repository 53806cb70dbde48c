package services

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"strings"
)

// AnswerError is an error that a service has answered. Its code is never empty.
type AnswerError struct{ Code, Message string }

// maxCode and maxMessage bound what is kept of an error, in bytes.
const maxCode, maxMessage = 128, 1024

// ReadError reads the body of an error in the protocol, beside the header X-Amzn-Errortype; nil if
// there is no code in either.
func ReadError(p Protocol, kind string, body []byte) *AnswerError {
	e := AnswerError{Code: kind}
	switch p {
	case Query, EC2, RESTXML:
		e.fromXML(body)
	case JSON10, JSON11, RESTJSON:
		e.fromJSON(body)
	}
	if e.Code = plainCode(e.Code); e.Code == "" {
		return nil
	}
	e.Message = strings.ToValidUTF8(e.Message[:min(len(e.Message), maxMessage)], "")
	return &e
}

// plainCode returns a code without what may be around it, as in
// "com.amazonaws.dynamodb.v20120810#Code" and "Code:http://internal.amazon.com/"; "" if it is none.
func plainCode(code string) string {
	if _, after, found := strings.Cut(code, "#"); found {
		code = after
	}
	code, _, _ = strings.Cut(code, ":")
	strange := func(r rune) bool { return r != '.' && (r == '_' || !isNameRune(r)) }
	if len(code) > maxCode || strings.ContainsFunc(code, strange) {
		return ""
	}
	return strings.Clone(code)
}

// fromJSON reads an error of the JSON protocols.
func (e *AnswerError) fromJSON(body []byte) {
	var said struct {
		Type  string `json:"__type"`
		Code  string `json:"code"`
		Lower string `json:"message"`
		Upper string `json:"Message"`
	}
	if json.Unmarshal(body, &said) != nil {
		return
	}
	switch {
	case said.Type != "":
		e.Code = said.Type
	case e.Code == "":
		e.Code = said.Code
	}
	if e.Message = said.Lower; e.Message == "" {
		e.Message = said.Upper
	}
}

// fromXML reads the first error in XML: of S3 it is the root, of the query protocol and of EC2 it is
// within.
func (e *AnswerError) fromXML(body []byte) {
	d := xml.NewDecoder(bytes.NewReader(body))
	element := ""
	for {
		token, err := d.Token()
		if err != nil {
			return
		}
		switch t := token.(type) {
		case xml.StartElement:
			element = t.Name.Local
		case xml.EndElement:
			if t.Name.Local == "Error" {
				return
			}
			element = ""
		case xml.CharData:
			switch {
			case element == "Code" && e.Code == "":
				e.Code = string(t)
			case element == "Message" && e.Message == "":
				e.Message = string(t)
			}
		}
	}
}
