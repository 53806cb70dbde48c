package alerts

import (
	_ "embed"
	"fmt"
	"sync"
)

//go:embed builtin.yaml
var builtinText []byte

// BuiltinName is what --alerts calls the built-in rules.
const BuiltinName = "builtin"

// finds is what built-in rules ask for that a file cannot say: a setting is compared
// with what it was, or a member of an event with another one.
var finds = map[string]string{
	"trust-opened":              trustOpened,
	"boundary-widened":          boundaryWidened,
	"password-policy-weakened":  passwordWeakened,
	"key-for-another":           keyForAnother,
	"disabled-credentials-used": disabledCredential,
}

// Builtin are the built-in rules, which are shared and must not be changed.
var Builtin = sync.OnceValue(func() []*Rule {
	c, err := Parse(builtinText)
	if err != nil {
		panic(fmt.Sprintf("alerts: builtin.yaml: %v", err)) // which a test would have found
	}
	for _, r := range c.Rules {
		r.find = finds[r.Name]
	}
	return c.Rules
})

// BuiltinText is the built-in rules as a file. Those that a file cannot say in full have
// a pattern there of the calls that they look at.
func BuiltinText() []byte { return builtinText }
