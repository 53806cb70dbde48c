package awsapi_test

import (
	"context"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/awsapi"
)

// An API of our own has the kinds of members that no operation of IAM or STS
// has in its input, or in an answer in JSON.
type (
	KindsInput  Kinds
	KindsOutput Kinds

	Kinds struct {
		At      *time.Time
		Data    []byte
		Ratio   *float64
		Count   int64
		On      bool
		Names   []string
		Inner   *Kind
		Inners  []Kind
		Amounts map[string]int32
	}

	Kind struct{ Name *string }
)

func kindsModel() *awsapi.Model {
	var members []awsapi.Member
	for _, name := range []string{"At", "Data", "Ratio", "Count", "On", "Names", "Inner", "Inners", "Amounts"} {
		members = append(members, awsapi.Member{Name: name})
	}
	return &awsapi.Model{Services: []awsapi.Service{{
		Name: "awsapi_test", Version: "1", Namespace: "urn:kinds", JSON: true,
		Operations: []awsapi.OperationModel{{Name: "Kinds", Result: true, Unsigned: true}},
		Structs: []awsapi.Struct{
			{Name: "Kind", Members: []awsapi.Member{{Name: "Name"}}},
			{Name: "KindsInput", Members: members},
			{Name: "KindsOutput", Members: members},
		},
		Shapes: []awsapi.Shape{{}},
	}}}
}

func TestOtherKinds(t *testing.T) {
	t.Parallel()
	var got *KindsInput
	o := options()
	o.Model = kindsModel()
	h := newHandler(t, []awsapi.Operation{awsapi.Op(func(_ context.Context, in *KindsInput) (*KindsOutput, error) {
		got = in
		return (*KindsOutput)(in), nil
	})}, o)
	const common = "Action=Kinds&Version=1&Data=%2FwA%3D&Ratio=-1.5e3&Count=-9223372036854775808&On=1&Names.member.1=a&Names.member.2=b&Inner.Name=c&Inners.member.1.Name=d&Inners.member.2=&Amounts.entry.1.key=e&Amounts.entry.1.value=7&Amounts.entry.2.key=f&Amounts.entry.2.value=8&At="
	for name, at := range map[string]string{
		"a zone":               "2026-01-02T04:04:05.5+01:00",
		"a fraction":           "2026-01-02T03:04:05.5Z",
		"seconds since 1970":   "1767323045",
		"a zone of its own, Z": "2026-01-02T03:04:05Z",
	} {
		t.Run(name, func(t *testing.T) {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, form(common+url.QueryEscape(at)))
			if w.Code != 200 || got == nil {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			want := &KindsInput{Data: []byte{255, 0}, Ratio: aws.Float64(-1500), Count: -1 << 63, On: true, Names: []string{"a", "b"},
				Inner: &Kind{aws.String("c")}, Inners: []Kind{{aws.String("d")}, {}}, Amounts: map[string]int32{"e": 7, "f": 8}}
			at := got.At.Truncate(time.Second)
			got.At = nil
			if diff := cmp.Diff(want, got); diff != "" || !at.Equal(now) {
				t.Errorf("%v (-want +got):\n%s", at, diff)
			}
		})
	}
	for name, bad := range map[string]string{
		"a time":             "At=yesterday",
		"a blob":             "Data=%2A",
		"a ratio":            "Ratio=one",
		"an infinite ratio":  "Ratio=Inf",
		"no ratio":           "Ratio=",
		"a list's element":   "Amounts.entry.1.key=a&Amounts.entry.1.value=x",
		"a structure's text": "Inner=x",
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := awsapi.Decode(h, "awsapi_test", "Kinds", bad); failureOf(t, err).Code != "MalformedInput" {
				t.Errorf("%s: %v", bad, err)
			}
		})
	}
}

// The same answer in both forms.
func TestAnswersOfOtherKinds(t *testing.T) {
	o := options()
	o.Model = kindsModel()
	h := newHandler(t, []awsapi.Operation{awsapi.Op(func(context.Context, *KindsInput) (*KindsOutput, error) {
		return &KindsOutput{At: &now, Data: []byte{1}, Ratio: aws.Float64(0.25), Count: 3, Names: []string{"<", ""},
			Inner: &Kind{}, Inners: []Kind{{}, {aws.String("x")}}, Amounts: map[string]int32{"b": 2, "a": 1}}, nil
	})}, o)
	for accept, want := range map[string]string{
		"application/json": `{"KindsResponse":{"KindsResult":{"At":1767323045,"Data":"AQ==","Ratio":0.25,"Count":3,"On":false,"Names":["\u003c",""],"Inner":{},"Inners":[{},{"Name":"x"}],"Amounts":{"a":1,"b":2}},"ResponseMetadata":{"RequestId":"` + fixed + `"}}}`,
		"text/xml": `<KindsResponse xmlns="urn:kinds">
  <KindsResult>
    <At>2026-01-02T03:04:05Z</At>
    <Data>AQ==</Data>
    <Ratio>0.25</Ratio>
    <Count>3</Count>
    <On>false</On>
    <Names>
      <member>&lt;</member>
      <member/>
    </Names>
    <Inner/>
    <Inners>
      <member/>
      <member>
        <Name>x</Name>
      </member>
    </Inners>
    <Amounts>
      <entry>
        <key>a</key>
        <value>1</value>
      </entry>
      <entry>
        <key>b</key>
        <value>2</value>
      </entry>
    </Amounts>
  </KindsResult>
  <ResponseMetadata>
    <RequestId>` + fixed + `</RequestId>
  </ResponseMetadata>
</KindsResponse>
`,
	} {
		r := form("Action=Kinds&Version=1")
		r.Header.Set("Accept", accept)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if diff := cmp.Diff(want, w.Body.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", accept, diff)
		}
	}
}
