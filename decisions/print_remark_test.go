package decisions_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/decisions"
)

func TestARemarkUnderlinesWhatItIsAbout(t *testing.T) {
	t.Parallel()
	const statement = `{"Effect": "Allow", "Action": ["s3:GetObject", "s3:GetObjct"], "Condition": {"Bool": {"aws:x": true}}}`
	for name, c := range map[string]struct {
		remark decisions.Remark
		want   string
	}{
		"an element": {decisions.Remark{Statement: statement, Part: []string{"Action", "1"}}, `
  {
        "Effect": "Allow",
        "Action": ["s3:GetObject", "s3:GetObjct"],
                                   ^^^^^^^^^^^^^
        "Condition": {
          "Bool": {
            "aws:x": true
          }
        }
      }
`},
		"the name of a member": {decisions.Remark{Statement: statement, Part: []string{"Condition", "Bool", "aws:x"}, Name: true}, `
  {
        "Effect": "Allow",
        "Action": ["s3:GetObject", "s3:GetObjct"],
        "Condition": {
          "Bool": {
            "aws:x": true
            ^^^^^^^
          }
        }
      }
`},
		"without a statement": {decisions.Remark{}, "\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.remark.Title, c.remark.Text = "policy.json:1:1", "It is wrong."
			got := decisions.Printer{}.Remark(c.remark)
			const head = "policy.json:1:1\n  It is wrong.\n"
			want := head
			if c.want != "\n" {
				want += "    " + c.want[1:]
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
