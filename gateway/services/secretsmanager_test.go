package services

import "testing"

func secretBatchNeeds(t *testing.T) *Needs {
	t.Helper()
	n, err := needs(request(t, "secretsmanager",
		"POST /"+json11+`secretsmanager.BatchGetSecretValue`+"\n\n"+`{"SecretIdList":["a","b","c"],"MaxResults":3}`))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A secret that may not be got is an error in the answer to a batch.
func TestSecretBatch(t *testing.T) {
	t.Parallel()
	n := secretBatchNeeds(t)
	denied := []DeniedItem{
		{Index: 0, Code: "AccessDeniedException", Message: "no a"}, {Index: 2, Code: "AccessDeniedException", Message: "no c"},
	}
	body, err := n.Without([]byte(`{"SecretIdList":["a","b","c"],"MaxResults":3}`), denied)
	if want := `{"MaxResults":3,"SecretIdList":["b"]}`; err != nil || string(body) != want {
		t.Errorf("sent on %s, %v; want %s", body, err, want)
	}
	const a = `{"ErrorCode":"AccessDeniedException","Message":"no a","SecretId":"a"}`
	const c = `{"ErrorCode":"AccessDeniedException","Message":"no c","SecretId":"c"}`
	for answer, want := range map[string]string{
		`{"SecretValues":[{"Name":"b"}]}`:                    `{"Errors":[` + a + `,` + c + `],"SecretValues":[{"Name":"b"}]}`,
		`{"SecretValues":[],"Errors":[{"SecretId":"b"}]}`:    `{"Errors":[{"SecretId":"b"},` + a + `,` + c + `],"SecretValues":[]}`,
		`{"SecretValues":[],"Errors":null,"NextToken":null}`: `{"Errors":[` + a + `,` + c + `],"NextToken":null,"SecretValues":[]}`,
	} {
		got, err := n.WithDenied([]byte(answer), denied)
		if err != nil || string(got) != want {
			t.Errorf("answered %s, %v; want %s", got, err, want)
		}
	}
	for _, answer := range []string{"", "[]", `{"Errors":1}`} {
		if got, err := n.WithDenied([]byte(answer), denied); err == nil {
			t.Errorf("%s is answered as %s", answer, got)
		}
	}
}

func TestSecretBatchAllDenied(t *testing.T) {
	t.Parallel()
	n := secretBatchNeeds(t)
	var denied []DeniedItem
	for i := range n.Items {
		denied = append(denied, DeniedItem{Index: i, Code: "AccessDeniedException"})
	}
	if !n.AllDenied(denied) {
		t.Fatal("something is left")
	}
	const want = `{"Errors":[{"ErrorCode":"AccessDeniedException","Message":"","SecretId":"a"},{"ErrorCode":"AccessDeniedException","Message":"","SecretId":"b"},` +
		`{"ErrorCode":"AccessDeniedException","Message":"","SecretId":"c"}],"SecretValues":[]}`
	if got, err := n.WithDenied(nil, denied); err != nil || string(got) != want {
		t.Errorf("answered %s, %v", got, err)
	}
}
