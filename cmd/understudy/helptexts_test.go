package main

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Every help text has a command or flag that names it, and every such name has a text.
func TestHelpTextsAreUsed(t *testing.T) {
	t.Parallel()
	named := map[string]bool{}
	namesOfHelp(reflect.TypeFor[cli](), named)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(helpTexts)), slices.Sorted(maps.Keys(named))); diff != "" {
		t.Errorf("help texts (-in the list +named by a field):\n%s", diff)
	}
}

// namesOfHelp adds the names of help texts in the fields of a struct, and of the structs
// in it.
func namesOfHelp(in reflect.Type, into map[string]bool) {
	if in.Kind() != reflect.Struct {
		return
	}
	for i := range in.NumField() {
		f := in.Field(i)
		if name, ok := strings.CutPrefix(f.Tag.Get("help"), "@"); ok {
			into[name] = true
		}
		namesOfHelp(f.Type, into)
	}
}
