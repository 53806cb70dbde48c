package postform

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"
)

// policy is a form's policy:
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html.
type policy struct {
	expiration time.Time
	conditions []condition
}

// expirationLayout is ISO 8601 in UTC; S3 was seen to refuse an offset. Fractions of
// a second may follow the seconds.
const expirationLayout = "2006-01-02T15:04:05Z"

func readPolicy(encoded string) (*policy, error) {
	encoded = strings.NewReplacer("\r", "", "\n", "").Replace(encoded)
	text, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return nil, invalidDocument("invalid Base64 encoding.") // text not confirmed
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(plainEscapes(text), &members); err != nil || members == nil {
		return nil, invalidDocument("Invalid JSON.")
	}
	p := new(policy)
	for name := range members {
		if name != "expiration" && name != "conditions" {
			return nil, invalidDocument("Unexpected: '" + strings.ToLower(name) + "'")
		}
	}
	if err := p.readExpiration(members["expiration"]); err != nil {
		return nil, err
	}
	return p, p.readConditions(members["conditions"])
}

func (p *policy) readExpiration(raw json.RawMessage) (err error) {
	if raw == nil {
		return invalidDocument("Policy missing expiration.") // text not confirmed
	}
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return invalidDocument("Invalid JSON.")
	}
	if p.expiration, err = time.Parse(expirationLayout, text); err != nil {
		return invalidDocument("Invalid 'expiration' value: '" + text + "'")
	}
	return nil
}

func (p *policy) readConditions(raw json.RawMessage) error {
	if raw == nil {
		return invalidDocument("Policy missing conditions.") // text not confirmed
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return invalidDocument("Invalid 'conditions' value: must be a List.") // text not confirmed
	}
	for _, item := range list {
		c, err := readCondition(item)
		if err != nil {
			return err
		}
		p.conditions = append(p.conditions, c)
	}
	return nil
}

// plainEscapes removes the escapes of a policy that JSON does not have: those of a dollar sign and
// a vertical tab, which S3's documentation lists.
func plainEscapes(text []byte) []byte {
	if !bytes.Contains(text, []byte(`\$`)) && !bytes.Contains(text, []byte(`\v`)) {
		return text
	}
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			out = append(out, text[i])
			continue
		}
		switch i++; text[i] {
		case '$':
			out = append(out, '$')
		case 'v':
			out = append(out, `\u000b`...)
		default:
			out = append(out, '\\', text[i])
		}
	}
	return out
}
