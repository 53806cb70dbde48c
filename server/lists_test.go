package server

import (
	"encoding/xml"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/accessanalyzer"
	"github.com/understudy-iam/understudy/cloudtrail"
	"github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/sts"
)

// A listRow is a line of testdata/lists.txt, where the verdicts are explained.
type listRow struct {
	path    string // "GetUser.User.Tags"
	verdict string
	untried bool

	sawEmpty, sawNone, sawFull bool // what answers had
}

// listRows are the lines of the table.
func listRows(t *testing.T) []*listRow {
	t.Helper()
	text, err := os.ReadFile("testdata/lists.txt")
	if err != nil {
		t.Fatal(err)
	}
	var rows []*listRow
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") || line == "\n" {
			continue
		}
		columns := strings.SplitN(strings.TrimSpace(line), "  ", 3)
		if len(columns) != 3 {
			t.Fatalf("not a path, a verdict and a source: %s", line)
		}
		verdict, untried := strings.CutPrefix(columns[1], "!")
		if !slices.Contains([]string{"empty", "absent", "both", "never", "full", "unknown"}, verdict) {
			t.Fatalf("no verdict: %s", line)
		}
		rows = append(rows, &listRow{path: columns[0], verdict: verdict, untried: untried})
	}
	return rows
}

// listPaths are the paths of the lists and maps below a structure.
func listPaths(path string, t reflect.Type) []string {
	var paths []string
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() || f.Name == "ResultMetadata" {
			continue
		}
		at, inner := path+"."+f.Name, f.Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Map || inner.Kind() == reflect.Slice && inner.Elem().Kind() != reflect.Uint8 {
			paths, inner = append(paths, at), inner.Elem()
		}
		if inner.Kind() == reflect.Struct {
			paths = append(paths, listPaths(at, inner)...)
		}
	}
	return paths
}

// A new list must be looked up and put into the table.
func TestListsAreInTheTable(t *testing.T) {
	t.Parallel()
	var want, got []string
	for _, op := range operations(&iam.Service{}, &sts.Service{}, &cloudtrail.Service{}, &accessanalyzer.Service{}) {
		want = append(want, listPaths(op.Name, op.Output())...)
	}
	for _, row := range listRows(t) {
		got = append(got, row.path)
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the lists of all answers, and testdata/lists.txt (-answers +table):\n%s", diff)
	}
}

// element is a part of an answer.
type element struct {
	XMLName  xml.Name
	Elements []element `xml:",any"`
}

// named are the children with the name.
func (e element) named(name string) []element {
	var found []element
	for _, child := range e.Elements {
		if child.XMLName.Local == name {
			found = append(found, child)
		}
	}
	return found
}

// structures are the members of a list, or else the element itself. One that is
// empty is a list without members.
func (e element) structures() []element {
	if len(e.Elements) == 0 || e.Elements[0].XMLName.Local == "member" {
		return e.Elements
	}
	return []element{e}
}

// see notes how an answer has the list of the row.
func (r *listRow) see(result element) {
	names := strings.Split(r.path, ".")[1:]
	last := len(names) - 1
	holders := []element{result}
	for _, name := range names[:last] {
		var next []element
		for _, h := range holders {
			for _, child := range h.named(name) {
				next = append(next, child.structures()...)
			}
		}
		holders = next
	}
	for _, h := range holders {
		lists := h.named(names[last])
		switch {
		case len(lists) == 0:
			r.sawNone = true
		case len(lists[0].Elements) == 0:
			r.sawEmpty = true
		default:
			r.sawFull = true
		}
	}
}

// judge says what the row and the answers disagree on.
func (r *listRow) judge() string {
	allowed, wanted := true, true
	switch r.verdict {
	case "empty":
		allowed, wanted = !r.sawNone, r.sawEmpty
	case "absent":
		allowed, wanted = !r.sawEmpty, r.sawNone
	case "both":
		wanted = r.sawEmpty && r.sawNone
	case "never":
		allowed, wanted = !r.sawEmpty && !r.sawFull, r.sawNone
	case "full":
		allowed, wanted = !r.sawEmpty && !r.sawNone, r.sawFull
	case "unknown":
		return ""
	}
	switch {
	case !allowed:
		return "the server does something else"
	case !wanted && !r.untried:
		return "no answer shows it: add a call, or mark it"
	case wanted && r.untried:
		return "an answer shows it: remove the mark"
	}
	return ""
}
