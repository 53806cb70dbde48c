package document

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	t.Parallel()
	got, err := parse("a.md", "text\n\n```sh\nls\n```\n<!-- file: x.yaml -->\n```yaml\na: 1\n\n```\n<!-- tested by TestX -->\n```sh\n```\n"+
		"<!-- exit code: not 0 -->\n```console\n$ false\n```\n<!-- not run here -->\n```java\n```\n<!-- something else -->\n```\n```\n")
	if err != nil {
		t.Fatal(err)
	}
	want := []Block{
		{Document: "a.md", Line: 3, Language: "sh", Text: "ls\n"},
		{Document: "a.md", Line: 7, Language: "yaml", Text: "a: 1\n\n", File: "x.yaml"},
		{Document: "a.md", Line: 12, Language: "sh", TestedBy: "TestX"},
		{Document: "a.md", Line: 15, Language: "console", Text: "$ false\n", ExitCode: AnyFailure},
		{Document: "a.md", Line: 19, Language: "java", NotRun: true},
		{Document: "a.md", Line: 22},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("blocks (-want +got):\n%s", diff)
	}
	for name, text := range map[string]string{
		"no end":            "```sh\nls\n",
		"a fence with more": "``` sh\n```\n",
		"no number":         "<!-- exit code: x -->\n```sh\n```\n",
	} {
		if _, err := parse("a.md", text); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
