package seed

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// readBoth reads a string twice: in the smallest possible parts, and as a whole.
func readBoth(text []byte) (parts, whole *file, partsErr, wholeErr error) {
	r := newReader(nil, len(text))
	whole = r.file(text, false)
	parts, partsErr = readParts(text, nil, 1)
	return parts, whole, partsErr, r.err
}

var everything = cmp.Exporter(func(reflect.Type) bool { return true })

// Reading in parts gives the same result as reading as a whole, with the same lines.
func TestPartsAreTheWhole(t *testing.T) {
	t.Parallel()
	full, err := os.ReadFile("testdata/full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	account := "accounts:\n- id: '111122223333'\n"
	for name, text := range map[string]string{
		"a file of everything":         string(full),
		"one with a marker":            "# first\n---\n" + string(full),
		"one that ends":                string(full) + "...\n",
		"one with a byte order mark":   "\uFEFF" + string(full),
		"one of another system":        strings.ReplaceAll(string(full), "\n", "\r\n"),
		"lists as deep as their names": account + "  users:\n  - name: a\n    groups:\n    - g\n    - h\n  - name: b\n",
		"lists in lists": account +
			"  users:\n  -   name: a\n      path: /x/\n  -\n    name: b\n\n  # c\n  - {name: d,\n     path: /y/}\n",
		"texts of many lines": account +
			"  policies:\n  - name: p\n    description: a\n      b\n    document: |\n      {\"Version\":\n      \"- name: x\"}\n  - name: q\n    document: >-\n\n      x\n",
		"quoted lines like elements": account + "  policies:\n  - name: p\n    description: \"a\n  - name: b\"\n    document: x\n",
		"braces over many lines":     account + "  users: [{name: a},\n  {name: b}\n  ]\n",
		"braces like elements":       account + "  users:\n  - {name:\n  a}\n  - name: b\n",
		"an alias of another part":   account + "  users:\n  - name: a\n    groups: &g [x, y]\n  - name: b\n    groups: *g\n",
		"comments anywhere":          "# a\naccounts: # b\n# c\n- id: '111122223333' # d\n  # e\n  users: # f\n# g\n  - name: a # h\n",
		"names in quotes":            "\"accounts\":\n- \"id\": '111122223333'\n  'users':\n  - \"name\": a\n",
		"JSON": `{"accounts": [{"id": "111122223333", "alias": "a-b",` + "\n" +
			`"users": [{"name":"a","tags":{"k":"}]\"\\"}},` + "\n\n" +
			` {"name":"b"}], "roleManager": true}, {"id":"222233334444"}] , "organization": null }` + "\n",
		"pages of an account": `{"UserDetailList":[{"UserName":"a","Arn":"arn:aws:iam::111122223333:user/a"}]}` + "\n" +
			`{"GroupDetailList":[]} {"UserDetailList":[{"UserName":"b","Arn":"arn:aws:iam::111122223333:user/b"}],"Marker":"x"}`,
		"braces that are no JSON": "{accounts: [{id: '111122223333', users: [{name: a}, {name: b}]}]}",
		"nothing":                 "# nothing\n",
		"a fault in a part":       account + "  users:\n  - name: a\n  - name: b/\n  - name: c\n",
		"a fault in JSON":         "{\"accounts\":[{\"id\":\"111122223333\",\n\"users\":[{\"name\":\"a\"},\n{\"name\":\"b/\"}]}]}",
		"a member twice":          account + "  users: []\n  groups: []\n  users: []\n",
		"no YAML":                 account + "  users:\n  - name: a\n\t- b\n",
		"no YAML in an element":   account + "  users:\n  - name: a\n  - name: [b\n",
		"a list that is not one":  account + "  users:\n    name: a\n",
		"elements and members":    account + "  users:\n  - name: a\n  path: b\n",
		"a text below a name":     account + "  alias:\n    a-b\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			parts, whole, partsErr, wholeErr := readBoth([]byte(text))
			if fmt.Sprint(partsErr) != fmt.Sprint(wholeErr) {
				t.Errorf("in parts %v\nat once %v", partsErr, wholeErr)
			}
			if diff := cmp.Diff(whole, parts, everything); wholeErr == nil && diff != "" {
				t.Errorf("(-at once +in parts):\n%s", diff)
			}
		})
	}
}

// Any string is read in parts with the same result as when read as a whole, or refused in
// both ways.
func FuzzParts(f *testing.F) {
	full, err := os.ReadFile("testdata/full.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(full)
	f.Add([]byte("accounts:\n- id: '111122223333'\n  users:\n  - name: \"a\n  - name: b\"\n"))
	f.Add([]byte("---\naccounts:\n- users:\n  - {name: a,\n  path: /}\n  - &x name: b\n  - *x\n"))
	f.Add([]byte(`{"accounts":[{"id":"111122223333","users":[{"name":"\"]}"},{}]}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		parts, whole, partsErr, wholeErr := readBoth(text)
		if (partsErr == nil) != (wholeErr == nil) {
			t.Fatalf("in parts %v\nat once %v", partsErr, wholeErr)
		}
		if diff := cmp.Diff(whole, parts, everything); wholeErr == nil && diff != "" {
			t.Errorf("(-at once +in parts):\n%s", diff)
		}
	})
}

// The size of text that cannot be split is bounded, and so is what aliases repeat.
func TestBoundsOfFiles(t *testing.T) {
	t.Parallel()
	users := strings.Repeat("{name: a}, ", maxWhole/10)
	many := strings.Repeat("a, ", 1000)
	for name, c := range map[string]struct{ text, want string }{
		"braces":           {"accounts: [{id: '111122223333', users: [" + users + "]}]", "that begin here cannot be split"},
		"braces in a list": {"accounts:\n- id: '111122223333'\n  users: [" + users + "]\n", "that begin here cannot be split"},
		"a list by alias": {"accounts:\n- id: '111122223333'\n  users:\n  - {name: a, groups: &g [" + many + "]}\n" +
			strings.Repeat("  - {name: a, groups: *g}\n", 500),
			"the aliases of the file repeat more than 200000 things"},
		"a document by alias": {"accounts:\n- id: '111122223333'\n  policies:\n  - {name: a, document: &g {a: [" +
			strings.Repeat("a", 100_000) + "]}}\n" + strings.Repeat("  - {name: a, document: *g}\n", 2000),
			"the aliases of the file repeat more than 200000 things"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := read([]byte(c.text), nil)
			var f *Fault
			if !errors.As(err, &f) || !strings.Contains(f.Reason, c.want) {
				t.Errorf("%v", err)
			}
		})
	}
}

// The length of a list is not bounded.
func TestLongLists(t *testing.T) {
	t.Parallel()
	const n = 200_001 // more than a file could declare in former versions
	yaml, json := []byte("accounts:\n- id: '111122223333'\n  users:\n"), []byte(`{"accounts":[{"id":"111122223333","users":[`)
	for i := range n {
		yaml = fmt.Appendf(yaml, "  - {name: a%d}\n", i)
		json = fmt.Appendf(json, `{"name":"a%d"},`, i)
	}
	json = append(json[:len(json)-1], "]}]}"...)
	for _, text := range [][]byte{yaml, json} {
		f, err := read(text, nil)
		if err != nil || len(f.Accounts) != 1 || len(f.Accounts[0].Users) != n {
			t.Errorf("%v", err)
		}
	}
}
