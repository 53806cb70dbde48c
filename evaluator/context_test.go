package evaluator

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestContext(t *testing.T) {
	t.Parallel()
	var c Context
	c.Set("aws:UserName", "ana")
	c.SetMulti("aws:TagKeys", "a", "b")
	c.SetDefault("aws:userid", "X")
	c.Set("AWS:USERNAME", "bob")
	if diff := cmp.Diff([]string{"aws:UserName", "aws:TagKeys", "aws:userid"}, c.Names()); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	type found struct {
		Values    []string
		Multi, OK bool
	}
	look := func(key string) found {
		v, m, ok := c.Lookup(key)
		return found{v, m, ok}
	}
	if diff := cmp.Diff(found{[]string{"bob"}, false, true}, look("aws:username")); diff != "" {
		t.Errorf("a key set again (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(found{[]string{"a", "b"}, true, true}, look("AWS:TagKeys")); diff != "" {
		t.Errorf("a multi-valued key (-want +got):\n%s", diff)
	}
	c.Delete("AWS:tagkeys")
	if diff := cmp.Diff(found{}, look("aws:TagKeys")); diff != "" || c.Len() != 2 {
		t.Errorf("a deleted key (-want +got):\n%s; %d keys", diff, c.Len())
	}
	c.Reset()
	c.SetMulti("x:list")
	if diff := cmp.Diff(found{[]string{}, true, true}, look("x:list")); diff != "" || c.Len() != 1 {
		t.Errorf("an empty list (-want +got):\n%s; %d keys", diff, c.Len())
	}
	c.Set("x:list", "one")
	if diff := cmp.Diff(found{[]string{"one"}, false, true}, look("x:list")); diff != "" {
		t.Errorf("a list that becomes a value (-want +got):\n%s", diff)
	}
}

func TestContextIsReusedWithoutAllocation(t *testing.T) {
	var c Context
	fill := func() {
		c.Reset()
		c.Set("aws:username", "ana")
		c.SetMulti("aws:TagKeys", "a", "b")
		c.SetDefault("aws:userid", "X")
	}
	fill()
	if n := testing.AllocsPerRun(100, fill); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// The values of keys share allocations: each call has its own Context in its record.
func TestUsualContextIsFewAllocations(t *testing.T) {
	names := []string{"a:b", "a:c", "a:d", "a:e", "a:f", "a:g", "a:h", "a:i", "a:j", "a:k", "a:l", "a:m", "a:n"}
	if n := testing.AllocsPerRun(100, func() {
		c := &Context{}
		for _, name := range names {
			c.Set(name, "x")
		}
	}); n > 3 {
		t.Errorf("%v allocations", n)
	}
}

// Keys that share an allocation do not write into each other's values.
func TestKeysKeepTheirValues(t *testing.T) {
	t.Parallel()
	var c Context
	for _, name := range []string{"a:b", "a:c", "a:d", "a:e"} {
		c.Set(name, name)
	}
	c.SetMulti("a:c", "1", "2")
	c.Set("a:d", "other")
	got := map[string][]string{}
	for _, name := range c.Names() {
		got[name], _, _ = c.Lookup(name)
	}
	want := map[string][]string{"a:b": {"a:b"}, "a:c": {"1", "2"}, "a:d": {"other"}, "a:e": {"a:e"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestBytesOfAContext(t *testing.T) {
	var c Context
	if got := c.Bytes(); got != 0 {
		t.Errorf("an empty one takes %d", got)
	}
	c.Set("aws:username", "ana")
	small := c.Bytes()
	c.SetMulti("aws:TagKeys", string(make([]byte, 1000)), string(make([]byte, 2000)))
	if got := c.Bytes() - small; got < 3000 || got > 3200 {
		t.Errorf("3000 bytes take %d", got)
	}
}

func TestNilContextHasNoKeys(t *testing.T) {
	t.Parallel()
	var c *Context
	if _, _, ok := c.Lookup("aws:username"); ok {
		t.Error("a key is found")
	}
}

func TestNamesIgnoreCase(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"", "", true}, {"aws:SourceIp", "AWS:sourceIP", true}, {"aws:x", "aws:y", false}, {"a", "ab", false},
		{"tag/Éa", "TAG/éA", true}, {"tag/é", "tag/è", false}, {"é1", "é2", false}, {"@", "`", false},
	} {
		if got := equalFold(c.a, c.b); got != c.want {
			t.Errorf("equalFold(%q, %q) = %v", c.a, c.b, got)
		}
	}
}
