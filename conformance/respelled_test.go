package conformance_test

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

// madeHere are members that name what the call makes: with another spelling it makes
// something else, which a Deny on the first does not forbid.
var madeHere = map[string]bool{
	"iam.CreateUser UserName": true, "iam.CreateGroup GroupName": true, "iam.CreateRole RoleName": true,
	"iam.CreatePolicy PolicyName":                   true,
	"iam.CreateInstanceProfile InstanceProfileName": true, "iam.CreateVirtualMFADevice VirtualMFADeviceName": true,
	"iam.CreateSAMLProvider Name": true, "iam.UploadServerCertificate ServerCertificateName": true, "sts.GetFederationToken Name": true,
}

// spellings are other ways to write a name, an ID or an ARN, or what could be taken for
// one.
var spellings = map[string]func(string) string{
	"another case": func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsUpper(r) {
				return unicode.ToLower(r)
			}
			return unicode.ToUpper(r)
		}, s)
	},
	"another case of the name": func(s string) string {
		at := strings.LastIndexAny(s, ":/") + 1
		return s[:at] + strings.ToUpper(s[at:])
	},
	"a region":          func(s string) string { return strings.Replace(s, ":iam::", ":iam:us-east-1:", 1) },
	"another partition": func(s string) string { return strings.Replace(s, "arn:aws:", "arn:aws-cn:", 1) },
	"an empty path":     func(s string) string { return strings.Replace(s, "/", "//", 1) },
	"without the path": func(s string) string {
		first, last := strings.IndexByte(s, '/'), strings.LastIndexByte(s, '/')
		if first == last {
			return s
		}
		return s[:first] + s[last:]
	},
	"an encoded letter": func(s string) string {
		return s[:len(s)-1] + "%" + strings.ToUpper(string("0123456789abcdef"[s[len(s)-1]>>4])+string("0123456789abcdef"[s[len(s)-1]&15]))
	},
	"a blank behind": func(s string) string { return s + " " },
	"a long s":       func(s string) string { return strings.Replace(s, "s", "ſ", 1) }, // which folds to s
}

// respelled are copies of an input, each with one member in another spelling.
func respelled[In any](operation string, in *In) map[string]*In {
	list := map[string]*In{}
	v := reflect.ValueOf(in).Elem()
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		if !v.Type().Field(i).IsExported() {
			continue
		}
		text, ok := v.Field(i).Interface().(*string)
		if !ok || text == nil || *text == "" || madeHere[operation+" "+name] || !names(name) {
			continue
		}
		for how, spell := range spellings {
			if other := spell(*text); other != *text {
				again := *in
				reflect.ValueOf(&again).Elem().Field(i).Set(reflect.ValueOf(&other))
				list[name+" with "+how+": "+other] = &again
			}
		}
	}
	return list
}

// names reports whether a member names something that exists.
func names(member string) bool {
	for _, end := range []string{"Name", "Arn", "Id", "Number"} {
		if strings.HasSuffix(member, end) && !strings.HasPrefix(member, "New") {
			return true
		}
	}
	return false
}

// sameThing makes a call, which a Deny on the ARN of its resource forbids, with other
// spellings of what it names: none may get around that.
func sameThing[C, In, Out, O any](r *tour, call method[C, In, Out, O], in *In, operation string) {
	r.t.Helper()
	before := pairs(r.t, r.holds.Store)
	for how, other := range respelled(operation, in) {
		out, err := call(clientOf[C](r.users[banned]), context.WithoutCancel(r.ctx), other)
		if code := statusOf(err); err == nil || code >= 500 {
			r.t.Errorf("%s: %s: %+v, %v", operation, how, out, err)
		}
		r.seen.respelled++
	}
	if diff := cmp.Diff(before, pairs(r.t, r.holds.Store)); diff != "" {
		r.t.Errorf("%s: other spellings changed the store (-before +after):\n%s", operation, diff)
	}
}

// Each spelling is another text of names and ARNs; a test that has none tests nothing.
func TestSpellings(t *testing.T) {
	t.Parallel()
	for how, spell := range spellings {
		changed := false
		for _, s := range []string{"staff", "arn:aws:iam::000000000000:role/svc/tests"} {
			changed = changed || spell(s) != s
		}
		if !changed {
			t.Errorf("%s changes nothing", how)
		}
	}
}
