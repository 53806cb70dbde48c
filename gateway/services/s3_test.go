package services

import (
	"encoding/xml"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const threeKeys = `<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Object><Key>a&lt;</Key></Object>` +
	`<Object><Key>b</Key><VersionId>v</VersionId><ETag>e</ETag></Object><Object><Key>c</Key></Object><Quiet>true</Quiet></Delete>`

func deletion(t *testing.T) *Needs {
	t.Helper()
	r := request(t, "s3", "POST /b?delete\n\n"+threeKeys)
	call, err := Recognise(r)
	if err != nil {
		t.Fatal(err)
	}
	needs, err := call.Needs(r)
	if err != nil {
		t.Fatal(err)
	}
	return needs
}

func TestDeleteObjectsGoesOnWithoutWhatIsDenied(t *testing.T) {
	t.Parallel()
	got, err := deletion(t).Without([]byte(threeKeys), []DeniedItem{{Index: 0}, {Index: 2}})
	if err != nil {
		t.Fatal(err)
	}
	const want = xml.Header +
		`<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Object><Key>b</Key><VersionId>v</VersionId><ETag>e</ETag></Object><Quiet>true</Quiet></Delete>`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("the body (-want +got):\n%s", diff)
	}
}

func TestDeleteObjectsAnswersWhatIsDenied(t *testing.T) {
	t.Parallel()
	denied := []DeniedItem{{0, "AccessDenied", "no <a>"}, {1, "AccessDenied", "no b"}}
	const errors = `<Error><Key>a&lt;</Key><Code>AccessDenied</Code><Message>no &lt;a&gt;</Message></Error>` +
		`<Error><Key>b</Key><VersionId>v</VersionId><Code>AccessDenied</Code><Message>no b</Message></Error></DeleteResult>`
	for answer, want := range map[string]string{
		`<DeleteResult><Deleted><Key>c</Key></Deleted></DeleteResult>` + "\n": `<DeleteResult><Deleted><Key>c</Key></Deleted>` + errors,
		`<?xml version="1.0"?><DeleteResult xmlns="x"/>`:                      `<?xml version="1.0"?><DeleteResult xmlns="x">` + errors,
	} {
		got, err := deletion(t).WithDenied([]byte(answer), denied)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Errorf("the answer (-want +got):\n%s", diff)
		}
	}
	got, err := deletion(t).WithDenied(nil, denied)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(xml.Header+`<DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">`+errors, string(got)); diff != "" {
		t.Errorf("the answer to nothing (-want +got):\n%s", diff)
	}
	for _, answer := range []string{"", "garbage", "<Error/>", "<DeleteResult><Deleted/>"} {
		if got, err := deletion(t).WithDenied([]byte(answer), denied); err == nil {
			t.Errorf("%q is taken for an answer to DeleteObjects: %s", answer, got)
		}
	}
}

func TestReadCopySource(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]copySource{
		"b/k":                   {"b", "k", ""},
		"/b/k":                  {"b", "k", ""},
		"b/a//b":                {"b", "a//b", ""},
		"b%2Fk%3FversionId%3Dx": {"b", "k?versionId=x", ""},
		"b/k?versionId=v%2F1":   {"b", "k", "v/1"},
		"b/a+b":                 {"b", "a b", ""},
		"b/..%2Fc":              {"b", "../c", ""},
		"b/k%00":                {"b", "k\x00", ""},
		"arn%3Aaws%3As3%3Ar%3A1%3Aaccesspoint%2Fp%2Fobject%2Fobject%2Fk": {"arn:aws:s3:r:1:accesspoint/p", "object/k", ""},
	} {
		got, err := readCopySource(header)
		if err != nil || got != want {
			t.Errorf("the source %q is %+v, %v, want %+v", header, got, err, want)
		}
	}
	for _, header := range []string{
		"", "/", "b", "b/", "//k", "b/k?", "b/k?versionId=", "b/k?versionId=a&x=y", "b/%zz", "arn:aws:s3:r:1:accesspoint/p/k",
	} {
		if got, err := readCopySource(header); err == nil {
			t.Errorf("%q is taken for the source %+v", header, got)
		}
	}
}

// FuzzReadCopySource checks that a source is the same when it is read again as it is
// forwarded, so that what is decided is what is copied.
func FuzzReadCopySource(f *testing.F) {
	for _, s := range []string{"b/k", "/b/a%2Fb?versionId=1", "arn:aws:s3:r:1:accesspoint/p/object/k", "b/a+b", "b/é#;?", "%2Fb/k"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, header string) {
		source, err := readCopySource(header)
		if err != nil {
			return
		}
		again, err := readCopySource(source.header())
		if err != nil || again != source {
			t.Errorf("%q is %+v, and forwarded as %q it is %+v, %v", header, source, source.header(), again, err)
		}
	})
}

// FuzzReadDelete checks that the objects that are left are those of the request, one
// by one, and that nothing else is forwarded.
func FuzzReadDelete(f *testing.F) {
	for _, s := range []string{
		threeKeys, "<Delete/>", "<Delete><Object><Key> </Key></Object></Delete>", "<a><b/>",
		"<Delete><Object><Key>&#13;</Key></Object></Delete>",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		d, err := readDelete(body)
		if err != nil {
			return
		}
		var denied []DeniedItem
		for i := range d.objects {
			if i%2 == 1 {
				denied = append(denied, DeniedItem{Index: i})
			}
		}
		left, err := s3Deletion(d.objects).without(body, denied)
		if err != nil {
			t.Fatalf("%q is read and not written: %v", body, err)
		}
		again, err := readDelete(left)
		if err != nil {
			t.Fatalf("%q is forwarded as %q, which is not read: %v", body, left, err)
		}
		if len(again.objects) != len(d.objects)-len(denied) {
			t.Fatalf("%d objects are left, want %d", len(again.objects), len(d.objects)-len(denied))
		}
		for i, o := range again.objects {
			if from := d.objects[2*i]; o.Key != from.Key || o.VersionID != from.VersionID {
				t.Errorf("%q %q is forwarded as %q %q", from.Key, from.VersionID, o.Key, o.VersionID)
			}
		}
	})
}

func TestIsBucketName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"abc": true, "9.a": true, "My_Bucket-1": true, "a..": true, strings.Repeat("a", 255): true,
		"": false, "ab": false, strings.Repeat("a", 256): false, ".ab": false, "_ab": false, "-ab": false, "a/b": false,
		"a b": false, "a*b": false,
		"aéb": false, "abc\n": false,
	} {
		if got := isBucketName(name); got != want {
			t.Errorf("%.20q: %t", name, got)
		}
	}
}
