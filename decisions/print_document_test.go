package decisions

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/advice"
	"github.com/understudy-iam/understudy/internal/shell"
)

// The document in a command is written in lines, and a shell still reads the same JSON.
func TestDocumentsInCommands(t *testing.T) {
	t.Parallel()
	const document = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:GetUser","iam:ListUsers"],"Resource":"*",` +
		`"Condition":{"StringEquals":{"aws:x":"it's --a \u202e \"b\""}}}]}`
	p := newPrinted(Printer{})
	p.command("    ", shell.Command([]string{"echo", "--name", "ana", "--policy-document", document}))
	want := `    echo --name ana \
      --policy-document '{
        "Version": "2012-10-17",
        "Statement": [
          {
            "Effect": "Allow",
            "Action": [
              "iam:GetUser",
              "iam:ListUsers"
            ],
            "Resource": "*",
            "Condition": {
              "StringEquals": {
                "aws:x": "it'\''s --a \u202e \"b\""
              }
            }
          }
        ]
      }'
`
	if diff := cmp.Diff(want, p.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	out, err := exec.Command("sh", "-c", strings.ReplaceAll(p.String(), "echo ", "printf %s/ ")).Output()
	if err != nil {
		t.Fatal(err)
	}
	squeezed := strings.Join(strings.Fields(string(out)), "")
	if got := "--name/ana/--policy-document/" + strings.ReplaceAll(document, " ", "") + "/"; squeezed != got {
		t.Errorf("a shell reads %s, want %s", squeezed, got)
	}
}

// A command that would take too many lines is not shown. The statement that changes is shown
// instead, and a sentence says where to find the command.
func TestLongCommandsAreNotShown(t *testing.T) {
	t.Parallel()
	statement := `{"Effect":"Allow","Action":"iam:GetUser","Resource":"*"}`
	for statements, want := range map[int]bool{1: true, 40: false} {
		document := `{"Statement":[` + strings.TrimSuffix(strings.Repeat(statement+",", statements), ",") + `]}`
		p := newPrinted(Printer{})
		p.change("  ", &advice.Step{
			Command: shell.Command([]string{"aws", "iam", "put-user-policy", "--policy-document", document}),
			Edit:    &advice.Edit{Policy: "p", After: []byte(statement), Diff: []string{"+ the statement"}},
		})
		if got := strings.Contains(p.String(), "put-user-policy"); got != want || !want && !strings.Contains(p.String(), "--json has it") {
			t.Errorf("a policy of %d statements: the command is shown: %v, want %v\n%s", statements, got, want, p.String())
		}
		if !strings.Contains(p.String(), "+ the statement") {
			t.Errorf("the change is not in\n%s", p.String())
		}
	}
}
