package evaluator

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestPlacesOfStatements(t *testing.T) {
	t.Parallel()
	type places struct{ Start, End, SpanStart, SpanEnd Position }
	for _, c := range []struct {
		name, src string
		want      []places
	}{
		{"a compact list", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow"},{"Effect":"Deny"}]}`, []places{
			{Position{1, 38}, Position{1, 56}, Position{1, 38}, Position{1, 56}},
			{Position{1, 57}, Position{1, 74}, Position{1, 56}, Position{1, 74}},
		}},
		{"a single statement begins one past its brace", `{"Statement": {"Effect": "Allow"}}`, []places{
			{Position{1, 15}, Position{1, 34}, Position{1, 16}, Position{1, 34}},
		}},
		{"lines and tabs", "{\n\t\"Statement\": [\n\t\t{\"Effect\":\"Allow\"} , {\n\"Effect\":\"Deny\"}\n]}", []places{
			{Position{3, 3}, Position{3, 21}, Position{2, 16}, Position{3, 21}},
			{Position{3, 24}, Position{4, 17}, Position{3, 21}, Position{4, 17}},
		}},
		{"CR LF and a lone CR each end a line", "{\r\n\"Statement\":\r{\"Effect\":\"Allow\"}}", []places{
			{Position{3, 1}, Position{3, 19}, Position{3, 2}, Position{3, 19}},
		}},
		{"characters beyond ASCII are one column, those above U+FFFF two", `{"Id":"é€😀","Statement":{"Effect":"Allow"}}`, []places{
			{Position{1, 26}, Position{1, 44}, Position{1, 27}, Position{1, 44}},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			doc, err := Parse(c.src)
			if err != nil {
				t.Fatal(err)
			}
			var got []places
			for _, s := range doc.Statements {
				got = append(got, places{s.Start, s.End, s.SpanStart, s.SpanEnd})
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if doc.Source() != c.src {
				t.Error("the source is not what was parsed")
			}
		})
	}
}

func TestEverythingHasItsPlace(t *testing.T) {
	t.Parallel()
	doc, err := Parse(`{"Version":"2012-10-17","Id":"doc","Statement":{"Sid":"S","Effect":"Deny","NotPrincipal":{"AWS":["a"]},` +
		"\n" + `"NotAction":["x:y","x:z"],"NotResource":"*","Condition":{"Bool":{"k:l":[true,1.5]}}}}`)
	if err != nil {
		t.Fatal(err)
	}
	s := doc.Statements[0]
	got := []any{
		doc.Version, doc.ID, s.Sid, s.HasSid, s.Effect.String(), s.NotActions, s.NotResources, s.Conditions,
		s.NotPrincipals[0].Value, s.NotPrincipals[0].At, s.NotPrincipals[0].Not,
	}
	want := []any{
		"2012-10-17", "doc", "S", true, "Deny",
		[]Text{{"x:y", Position{2, 14}}, {"x:z", Position{2, 20}}},
		[]Text{{"*", Position{2, 41}}},
		[]Condition{{"Bool", "k:l", []Text{{"true", Position{2, 73}}, {"1.5", Position{2, 78}}}, Position{2, 66}}},
		"a", Position{1, 98}, true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestStringsAreDecoded(t *testing.T) {
	t.Parallel()
	doc, err := Parse(`{"Id":"\"\\\/\b\f\n\r\t\u0041\u00e9\ud83d\ude00\ud83dx\ude00\ud83d\u0041","Statement":[]}`)
	if err != nil {
		t.Fatal(err)
	}
	if want := "\"\\/\b\f\n\r\tAé😀\uFFFDx\uFFFD\uFFFDA"; doc.ID != want {
		t.Errorf("got %q, want %q", doc.ID, want)
	}
}

func TestWhatIsNoDocumentIsRefusedWithItsPlace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, src string
		at        Position
		says      string
	}{
		{"nothing", ``, Position{1, 1}, "expected a value"},
		{"a byte order mark", "\uFEFF{}", Position{1, 1}, "begins with a byte order mark"},
		{"invalid UTF-8", "{\"Id\":\"\xff\"}", Position{1, 1}, "not valid UTF-8"},
		{"a comma at the end of an object", `{"Id":"a",}`, Position{1, 11}, "expected the name"},
		{"a comma at the end of a list", `{"Statement":[{"Effect":"Allow"},]}`, Position{1, 34}, "expected a value"},
		{"a missing comma", `{"Id":"a" "Version":"b"}`, Position{1, 11}, "expected a comma"},
		{"a missing colon", `{"Id" "a"}`, Position{1, 7}, "expected a colon"},
		{"a name without quotes", `{Id:"a"}`, Position{1, 2}, "expected the name"},
		{"a name that is not closed", `{"Id`, Position{1, 5}, "not closed"},
		{"a string that is not closed", `{"Id":"a`, Position{1, 9}, "not closed"},
		{"an escape at the end", `{"Id":"a\`, Position{1, 9}, "invalid escape"},
		{"an unknown escape", `{"Id":"\x"}`, Position{1, 8}, "invalid escape"},
		{"an escape with few digits", `{"Id":"\u12"}`, Position{1, 8}, "invalid escape"},
		{"an escape with other letters", `{"Id":"\u12g4"}`, Position{1, 8}, "invalid escape"},
		{"a line feed in a string", "{\"Id\":\"a\nb\"}", Position{1, 9}, "control character"},
		{"a number without digits", `{"Id":-}`, Position{1, 8}, "no digits"},
		{"a number with two zeros", `{"Id":00}`, Position{1, 8}, "expected a comma"},
		{"a number that ends in a point", `{"Id":1.}`, Position{1, 9}, "after its point"},
		{"a number without an exponent", `{"Id":1e+}`, Position{1, 10}, "no exponent"},
		{"a misspelt word", `{"Id":nul}`, Position{1, 7}, "expected a value"},
		{"something behind it", "{}\n x", Position{2, 2}, "something follows"},
		{"a second document", `{}{}`, Position{1, 3}, "something follows"},
		{"a list", `[]`, Position{1, 1}, "must be an object"},
		{"deep nesting", strings.Repeat("[", 100000), Position{1, 18}, "nested too deeply"},
		{"deep nesting of objects", strings.Repeat(`{"a":`, 100000), Position{1, 86}, "nested too deeply"},
		{"too long a text", strings.Repeat(" ", maxSource+1), Position{1, 1}, "longer than 512 KiB"},
		{"an element twice", `{"Statement":{"Effect":"Allow","Effect":"Allow"}}`, Position{1, 32}, "occurs twice"},
		{"numbers are read before they are refused", `{"Id":-0.5e-7}`, Position{1, 7}, "must be a string"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse(c.src)
			var syntax *SyntaxError
			if !errors.As(err, &syntax) {
				t.Fatalf("got %v", err)
			}
			if syntax.At != c.at || !strings.Contains(syntax.Error(), c.says) {
				t.Errorf("got %v, want %q at %v", syntax, c.says, c.at)
			}
			if _, err := Compile(c.src, Identity, Origin{}); err == nil {
				t.Error("it compiles")
			}
		})
	}
}

// large makes documents of about a given size, in bytes, whose processing time could grow
// with the square of the size.
var large = []struct {
	name     string
	document func(size int) string
	good     bool
}{
	{"many condition keys", func(size int) string {
		var keys strings.Builder
		for i := 0; keys.Len() < size-200; i++ {
			keys.WriteString(`"k` + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + time.Duration(i).String() + `":"",`)
		}
		return conditionHead + keys.String() + `"z":"${z}"}}}}`
	}, true},
	{"one key many times", func(size int) string { return conditionHead + many(`"a":"",`, size-200) + `"z":""}}}}` }, false},
	{"many actions", func(size int) string {
		return `{"Statement":{"Effect":"Allow","Action":[` + many(`"a:b",`, size-200) + `"c:d"],"Resource":"*"}}`
	}, true},
	{"many variables", func(size int) string { return onResource(many("${a}", size-200)) }, true},
	{"many unclosed variables", func(size int) string { return onResource(many("${", size-200)) }, true},
	{"many unclosed defaults", func(size int) string { return onResource(many("${a, '", size-200)) }, true},
	{"many stars", func(size int) string {
		return `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"` + many("*a", size-200) + `","Resource":"*"}}`
	}, true},
}

const conditionHead = `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{`

// many repeats a part up to about the size.
func many(part string, size int) string { return strings.Repeat(part, size/len(part)) }

func onResource(resource string) string {
	return `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"` + resource + `"}}`
}

// readingTime compiles a document, decides with it if it is good, and returns the time
// that this takes.
func readingTime(t *testing.T, document string, good bool) time.Duration {
	t.Helper()
	begun := time.Now()
	p, err := Compile(document, Identity, Origin{})
	if (err == nil) != good {
		t.Fatalf("got %v", err)
	}
	if err == nil {
		Decide(benchRequest("arn:aws:s3:::bucket"), &Policies{Identity: []*Policy{p}})
	}
	return time.Since(begun)
}

// TestLargeDocumentsAreReadInTime gives the parser documents of the greatest size. If
// one takes long, a tenth of it is measured too: that takes a hundredth of the time if
// the time grows with the square of the size, but not if the machine is just slow.
func TestLargeDocumentsAreReadInTime(t *testing.T) {
	for _, c := range large {
		t.Run(c.name, func(t *testing.T) {
			took := readingTime(t, c.document(maxSource), c.good)
			if took < 10*time.Second {
				return
			}
			var tenth time.Duration
			for range 3 {
				tenth = max(tenth, readingTime(t, c.document(maxSource/10), c.good))
			}
			if took > 50*tenth {
				t.Errorf("it took %v, and %v for a tenth of it", took, tenth)
			}
		})
	}
}

func TestWritersAreToldTheWordingOfAWS(t *testing.T) {
	t.Parallel()
	err := Validate(`{"Statement":[]}`, Identity)
	if err == nil || err.Error() != "Syntax errors in policy." {
		t.Errorf("got %v", err)
	}
	if _, err := Compile(`{"Statement":{"Effect":"allow"}}`, Identity, Origin{}); err == nil {
		t.Error("an effect in the wrong case compiles")
	}
}
