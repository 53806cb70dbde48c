package services

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPlainNumber(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"1": "1", "01": "1", "+1": "1", "-1": "-1", "-0": "0", "0.0": "0", "1.50": "1.5", ".5": "0.5", "5.": "5",
		"1e3": "1000", "1E+3": "1000", "15e-1": "1.5", "1.5e-3": "0.0015", "1e999": "1e999", "x": "x", "": "", "1e": "1e", "1.2.3": "1.2.3",
	} {
		if got := plainNumber(in); got != want {
			t.Errorf("plainNumber(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestReadSchema(t *testing.T) {
	t.Parallel()
	const described = `{"Table":{"TableName":"Games","TableArn":"arn:aws:dynamodb:us-east-1:000000000000:table/Games",` +
		`"KeySchema":[{"AttributeName":"Title","KeyType":"RANGE"},{"AttributeName":"User","KeyType":"HASH"}],` +
		`"GlobalSecondaryIndexes":[{"IndexName":"ByPlace","KeySchema":[{"AttributeName":"Country","KeyType":"HASH"},` +
		`{"AttributeName":"City","KeyType":"HASH"}]}]}}`
	want := TableSchema{Partition: []string{"User"}, Indexes: map[string][]string{"ByPlace": {"Country", "City"}}}
	if diff := cmp.Diff(want, ReadSchema([]byte(described))); diff != "" {
		t.Errorf("the schema (-want +got):\n%s", diff)
	}
	for _, answer := range []string{"", "garbage", "{}", `{"Table":{"KeySchema":[{"AttributeName":"Title","KeyType":"RANGE"}]}}`} {
		if diff := cmp.Diff(TableSchema{}, ReadSchema([]byte(answer))); diff != "" {
			t.Errorf("the schema in %q (-want +got):\n%s", answer, diff)
		}
	}
}

func TestAskSchema(t *testing.T) {
	t.Parallel()
	const want = `{"TableName":"Games"}`
	q := AskSchema("arn:aws:dynamodb:us-east-1:123456789012:table/Games")
	if got := string(q.Body); got != want {
		t.Errorf("the request is %s, want %s", got, want)
	}
	if got := q.Header.Get("X-Amz-Target"); got != "DynamoDB_20120810.DescribeTable" {
		t.Errorf("the operation is %s", got)
	}
}

func TestBatchOfStatements(t *testing.T) {
	t.Parallel()
	const body = `{"Statements":[{"Statement":"SELECT * FROM A"},{"Statement":"SELECT * FROM B"},{"Statement":"SELECT * FROM C"}],"ReturnConsumedCapacity":"TOTAL"}`
	r := request(t, "dynamodb", "POST /"+json10+"DynamoDB_20120810.BatchExecuteStatement\n\n"+body)
	call, err := Recognise(r)
	if err != nil {
		t.Fatal(err)
	}
	needs, err := call.Needs(r)
	if err != nil {
		t.Fatal(err)
	}
	denied := []DeniedItem{{Index: 0, Message: "no A"}, {Index: 2, Message: "no C"}}
	if needs.AllDenied(denied) {
		t.Error("one of three is said to be none")
	}
	got, err := needs.Without([]byte(body), denied)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"ReturnConsumedCapacity":"TOTAL","Statements":[{"Statement":"SELECT * FROM B"}]}`; string(got) != want {
		t.Errorf("what is forwarded is %s, want %s", got, want)
	}
	got, err = needs.WithDenied([]byte(`{"Responses":[{"TableName":"B"}],"ConsumedCapacity":[]}`), denied)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"ConsumedCapacity":[],"Responses":[{"Error":{"Code":"AccessDenied","Message":"no A"}},{"TableName":"B"},{"Error":{"Code":"AccessDenied","Message":"no C"}}]}`
	if string(got) != want {
		t.Errorf("the answer is %s, want %s", got, want)
	}
	for _, answer := range []string{`x`, `{}`, `{"Responses":[{},{},{},{}]}`, `{"Responses":[]}`} {
		if got, err := needs.WithDenied([]byte(answer), denied); err == nil {
			t.Errorf("%s is taken as the answer to one statement: %s", answer, got)
		}
	}
	all := append(denied, DeniedItem{Index: 1, Message: "no B"})
	if got, err := needs.WithDenied(nil, all); err != nil || strings.Count(string(got), "AccessDenied") != 3 || !needs.AllDenied(all) {
		t.Errorf("the answer to nothing is %s, %v", got, err)
	}
}

func TestRewriteDropsWhatDescribesTheOldBody(t *testing.T) {
	t.Parallel()
	h := http.Header{"Content-Md5": {"old"}, "X-Amz-Checksum-Crc32": {"old"}, "X-Amz-Sdk-Checksum-Algorithm": {"CRC32"},
		"X-Amz-Target": {"kept"}}
	new(Needs).Rewrite(h, []byte("hello"))
	want := http.Header{"Content-Md5": {"XUFAKrxLKna5cZ2REBfFkg=="}, "X-Amz-Target": {"kept"}}
	if diff := cmp.Diff(want, h); diff != "" {
		t.Errorf("the headers (-want +got):\n%s", diff)
	}
}
