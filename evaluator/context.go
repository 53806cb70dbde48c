package evaluator

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// Context holds the condition keys of one request. Names ignore case, including the part
// after the slash of a tag key. A key is single- or multi-valued by how it was set, not by
// how many values it has: at AWS that depends on the type of the key (aws:TagKeys is
// multi-valued with one tag too), and operators without a ForAnyValue or ForAllValues prefix
// never match a multi-valued key.
//
// The zero Context is empty and ready. Reset empties it and keeps its memory,
// so that one Context can serve many requests. It is not safe for use by several
// goroutines while it is being changed.
//
// Reference: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
type Context struct {
	keys []contextKey
	free []string // room for the values of keys that are new
}

type contextKey struct {
	name      string
	values    []string // one of a single-valued key
	multi     bool
	defaulted bool
}

// Set gives the single-valued key one value, which may be empty: AWS distinguishes an empty
// value from an absent key.
func (c *Context) Set(key, value string) {
	k := c.slot(key)
	k.values = append(k.values[:0], value)
	k.multi, k.defaulted = false, false
}

// SetDefault is Set for a value that the simulator supplies by itself. It counts like any
// other, but a simulated denial reports the key as missing nevertheless (recorded).
func (c *Context) SetDefault(key, value string) {
	c.Set(key, value)
	c.slot(key).defaulted = true
}

// SetMulti gives the multi-valued key its values; without any, the key is
// present and empty. The values are copied.
func (c *Context) SetMulti(key string, values ...string) {
	k := c.slot(key)
	k.values = append(k.values[:0], values...)
	k.multi, k.defaulted = true, false
}

// Delete makes the key absent.
func (c *Context) Delete(key string) {
	c.keys = slices.DeleteFunc(c.keys, func(k contextKey) bool { return equalFold(k.name, key) })
}

// Reset makes every key absent and keeps the memory.
func (c *Context) Reset() { c.keys = c.keys[:0] }

// Len returns the number of keys.
func (c *Context) Len() int { return len(c.keys) }

// Bytes returns approximately how many bytes of memory the keys take.
func (c *Context) Bytes() int {
	n := cap(c.keys)*keyBytes + cap(c.free)*stringBytes
	for i := range c.keys {
		k := &c.keys[i]
		n += len(k.name) + cap(k.values)*stringBytes
		for _, v := range k.values {
			n += len(v)
		}
	}
	return n
}

// The bytes that a key and a string take without their characters, on a 64-bit machine.
const (
	keyBytes    = 48
	stringBytes = 16
)

// Lookup returns the values of the key, whether it is multi-valued, and whether
// it is present. The slice belongs to the Context. A nil Context has no keys.
func (c *Context) Lookup(key string) (values []string, multi, ok bool) {
	if k := c.find(key); k != nil {
		return k.values, k.multi, true
	}
	return nil, false, false
}

// Names returns the names of all keys as they were set, in the order in which they were first
// set.
func (c *Context) Names() []string {
	names := make([]string, len(c.keys))
	for i := range c.keys {
		names[i] = c.keys[i].name
	}
	return names
}

func (c *Context) find(key string) *contextKey {
	if c == nil {
		return nil
	}
	for i := range c.keys {
		k := &c.keys[i]
		if len(k.name) == len(key) && (k.name == key || equalFold(k.name, key)) {
			return k
		}
	}
	return nil
}

// usualKeys is a little more than a request has without tags.
const usualKeys = 20

// slot returns the entry of key, and creates one in the memory that Reset kept.
func (c *Context) slot(key string) *contextKey {
	if k := c.find(key); k != nil {
		return k
	}
	n := len(c.keys)
	if n < cap(c.keys) {
		c.keys = c.keys[:n+1]
	} else {
		if c.keys == nil {
			c.keys = make([]contextKey, 0, usualKeys)
		}
		c.keys = append(c.keys, contextKey{})
	}
	k := &c.keys[n]
	k.name = key
	if k.values == nil {
		k.values = c.room()
	}
	return k
}

// room returns the place for the value of a new key. Several keys share an allocation; a key
// that gets more values gives its place up.
func (c *Context) room() []string {
	if len(c.free) == 0 {
		c.free = make([]string, usualKeys)
	}
	place := c.free[:0:1]
	c.free = c.free[1:]
	return place
}

// equalFold compares names ignoring case, character by character. Names of
// different lengths differ: no case pair that occurs in key names changes length.
func equalFold(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := 0; i < len(a); i++ {
		x, y := a[i], b[i]
		if x|y >= utf8.RuneSelf {
			return equalFoldRunes(a[i:], b[i:])
		}
		if x != y && lowerByte(x) != lowerByte(y) {
			return false
		}
	}
	return true
}

func equalFoldRunes(a, b string) bool {
	for a != "" && b != "" {
		x, n := utf8.DecodeRuneInString(a)
		y, m := utf8.DecodeRuneInString(b)
		if x != y && unicode.ToLower(x) != unicode.ToLower(y) {
			return false
		}
		a, b = a[n:], b[m:]
	}
	return a == b
}

func lowerByte(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
