package main

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func files(text map[string]string) fstest.MapFS {
	out := fstest.MapFS{}
	for name, data := range text {
		out[name] = &fstest.MapFile{Data: []byte(data)}
	}
	return out
}

// release is a reference of one service; past is an older release of it.
var (
	release = map[string]string{
		"data/serviceNames.json":           `{"toy": "Toy Service"}`,
		"data/rcpSupportedServices.json":   `["toy"]`,
		"data/unassociatedConditions.json": `{"doll.${Maker}": ["toy"]}`,
		"data/actions/toy.json": `{
			"tag": {"name": "Tag", "accessLevel": "Tagging, Write", "conditionKeys": ["toy:Colours"],
				"resourceTypes": [{"name": "car", "required": true, "conditionKeys": ["toy:Size"]}, {"name": "ball"}]},
			"list": {"name": "List", "accessLevel": "List", "scenarios": [{"name": "One way", "resourceTypes": [{"name": "ball"}]}]}}`,
		"data/resourceTypes/toy.json": `{
			"car": {"key": "car", "arn": "arn:${Partition}:toy:::{Name}", "conditionKeys": ["toy:Size"]},
			"ball": {"key": "ball", "arn": "arn:${Partition}:toy:::a, arn:${Partition}:toy:::b"}}`,
		"data/conditionKeys/toy.json": `{
			"toy:size": {"key": "toy:Size", "type": "Numeric"},
			"toy:colours": {"key": "toy:Colours", "type": "ArrayOfString"},
			"toy:owner": {"key": "toy:Owner", "type": "ArrayOfString"},
			"toy:part": {"key": "toy:Part/${Name}", "type": "ArrayOfARN"}}`,
		"dist/esm/globalConditionKeys.js": "key: 'aws:Tag/tag-key',\n category: 'x',\n type: 'String',\n" +
			"key: 'toy:Owner',\n category: 'x',\n type: 'String'\n",
	}
	past = map[string]string{
		"data/actions/toy.json": `{"list": {"isPermissionOnly": true, "dependentActions": ["toy:B"],
			"resourceTypes": [{"dependentActions": ["toy:A", "toy:B"]}]}, "gone": {}}`,
	}
)

func toy(t *testing.T) data {
	t.Helper()
	services, err := loadServices(files(release), files(past))
	if err != nil {
		t.Fatal(err)
	}
	globals, err := loadGlobals(files(release))
	if err != nil {
		t.Fatal(err)
	}
	return data{services: services, globals: globals}
}

func TestText(t *testing.T) {
	t.Parallel()
	got, err := toy(t).services[0].text()
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Join([]string{
		"K\ttoy:Colours\tString",
		"K\ttoy:Owner\tString",
		"K\ttoy:Part/${Name}\tARN",
		"K\ttoy:Size\tNumeric",
		"R\tball\t\tarn:${Partition}:toy:::a\tarn:${Partition}:toy:::b",
		"R\tcar\t3\tarn:${Partition}:toy:::${Name}",
		"A\tList\tLo\t\t\ttoy:A,toy:B\tOne way=0",
		"A\tTag\tT\t1*:3;0\t0",
		"",
	}, "\n")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestMultivalued(t *testing.T) {
	t.Parallel()
	got, err := multivalued(toy(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []string{`"toy:colours",`, `"saml:mail",`, `"toy:part/",`} {
		if !strings.Contains(string(got), row) {
			t.Errorf("no row %s in\n%s", row, got)
		}
	}
	for _, key := range []string{"toy:owner", "toy:size", "$"} {
		if strings.Contains(string(got), key) {
			t.Errorf("%s is in\n%s", key, got)
		}
	}
}

// What the release lacks is added, and what it already has is reported.
func TestNewer(t *testing.T) {
	t.Parallel()
	d := toy(t)
	d.services[0].prefix = "sts"
	if err := d.addNewer(); err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, a := range d.services[0].actions {
		names = append(names, a.Name)
	}
	if diff := cmp.Diff([]string{"GetScopedCredentials", "List", "SetWebIdentityTokenScope", "Tag"}, names); diff != "" {
		t.Errorf("actions (-want +got):\n%s", diff)
	}
	if len(d.globals) != 2+len(newer.globals) || len(d.services[0].keys) != 4+len(newer.keys["sts"]) {
		t.Errorf("%d global keys, %d keys", len(d.globals), len(d.services[0].keys))
	}
	if err := d.addNewer(); err == nil {
		t.Error("what is there already is added again")
	}
	d.globals = nil
	if err := d.addNewer(); err == nil || !strings.Contains(err.Error(), "GetScopedCredentials") {
		t.Errorf("an action that is there already: %v", err)
	}
}

func TestAliases(t *testing.T) {
	t.Parallel()
	got, err := loadAliases(files(release))
	if err != nil {
		t.Fatal(err)
	}
	want := []alias{{"doll.${Maker}", "toy"}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(alias{})); diff != "" {
		t.Error(diff)
	}
}

func TestRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, file, old, new string }{
		{"an unknown access level", "data/actions/toy.json", "Tagging, Write", "Wrong"},
		{"a key that is not defined", "data/actions/toy.json", "toy:Colours", "toy:Colors"},
		{"a resource type that is not defined", "data/actions/toy.json", `"name": "car"`, `"name": "cart"`},
		{"a file that is not JSON", "data/resourceTypes/toy.json", "{", "["},
		{"a global key of another form", "dist/esm/globalConditionKeys.js", "category", "sort"},
		{"a key with a variable inside", "data/conditionKeys/toy.json", "toy:Part/${Name}", "toy:${Name}/Part"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			altered := map[string]string{}
			for name, text := range release {
				altered[name] = text
			}
			altered[test.file] = strings.Replace(altered[test.file], test.old, test.new, 1)
			if err := all(altered); err == nil {
				t.Error("no error")
			}
		})
	}
}

// all runs the reference through all steps that can fail.
func all(text map[string]string) error {
	services, err := loadServices(files(text), files(past))
	if err != nil {
		return err
	}
	globals, err := loadGlobals(files(text))
	if err != nil {
		return err
	}
	d := data{services: services, globals: globals}
	if _, err := pack(d); err != nil {
		return err
	}
	_, err = multivalued(d)
	return err
}
