package conformance_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/internal/testkit"
)

var updateRecords = flag.Bool("update-records", false, "rewrite the golden files of records")

// recorded are the records of an operation in the tours.
type recorded struct {
	Denied    *events.Record `json:"denied,omitempty"`
	Succeeded *events.Record `json:"succeeded"`
}

// keepRecords keeps the records of the tour, the first of each operation that was denied
// and the first that succeeded, and looks for the secrets of the tour in all of them. The
// users of the tour call each operation in one tour; others only prepare it.
func (r *tour) keepRecords() {
	name := r.t.Name()
	list := r.srv.Events()
	all := testkit.Must(json.Marshal(list))(r.t)
	for secret, of := range r.secrets {
		if bytes.Contains(all, []byte(secret)) {
			r.t.Errorf("a record has the %s %q", of, secret)
		}
	}
	if r.seen.records == nil {
		r.seen.records = map[string]map[string]*recorded{}
	}
	for _, e := range list {
		kept := r.seen.records[recordName(e)]
		if kept == nil {
			kept = map[string]*recorded{}
			r.seen.records[recordName(e)] = kept
		}
		if kept[name] == nil {
			kept[name] = &recorded{}
		}
		switch k := kept[name]; {
		case e.ErrorCode == "AccessDenied" && k.Denied == nil:
			k.Denied = e
		case e.ErrorCode == "" && (k.Succeeded == nil || !ofTour(k.Succeeded) && ofTour(e)):
			k.Succeeded = e
		}
	}
}

// recordName is the operation of a record: iam.CreateUser.
func recordName(r *events.Record) string {
	service, _, _ := strings.Cut(r.EventSource, ".")
	return service + "." + r.EventName
}

// ofTour reports whether a user of the tours called.
func ofTour(r *events.Record) bool {
	id := &r.UserIdentity
	return slices.Contains([]string{nobody, exact, guest}, id.UserName) || strings.HasSuffix(id.Type, "User") && id.Type != "IAMUser"
}

// best is what is kept of the operation, of the tours that have it the first that has both.
func best(of map[string]*recorded) *recorded {
	var found *recorded
	for _, name := range slices.Sorted(maps.Keys(of)) {
		k := of[name]
		if k.Succeeded == nil {
			continue
		}
		if found == nil || found.Denied == nil && k.Denied != nil || ofTour(k.Succeeded) && !ofTour(found.Succeeded) {
			found = k
		}
	}
	return found
}

// noteSecrets notes the secrets in an input or an output of the SDK.
func (r *tour) noteSecrets(of any) {
	var walk func(name string, v reflect.Value)
	walk = func(name string, v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer:
			walk(name, v.Elem())
		case reflect.Struct:
			for i := range v.NumField() {
				if f := v.Type().Field(i); f.IsExported() && f.Name != "ResultMetadata" {
					walk(f.Name, v.Field(i))
				}
			}
		case reflect.Slice:
			if v.Type().Elem().Kind() == reflect.Uint8 {
				if secretMembers.MatchString(name) && v.Len() > 0 {
					r.secrets[string(v.Bytes())] = name
				}
				return
			}
			for i := range v.Len() {
				walk(name, v.Index(i))
			}
		case reflect.String:
			if secretMembers.MatchString(name) && len(v.String()) >= 6 {
				r.secrets[v.String()] = name
			}
		}
	}
	walk("", reflect.ValueOf(of))
}

// secretMembers are the members of IAM's and STS' types that hold secrets, by name.
var secretMembers = regexp.MustCompile(
	`^(SecretAccessKey|SessionToken|Password|OldPassword|NewPassword|ServicePassword|ServiceCredentialSecret|PrivateKey|AddPrivateKey|` +
		`AuthenticationCode[12]|TokenCode|SAMLAssertion|WebIdentityToken|TradeInToken|ContextAssertion|Base32StringSeed|QRCodePNG|` +
		`EncodedMessage|DecodedMessage)$`)

// unstable are what is different in each run, and what stands for it in golden files.
var unstable = []struct {
	pattern *regexp.Regexp
	stands  string
}{
	{regexp.MustCompile(`\b(A[A-Z]{3})[A-Z2-7]{16,17}\b`), "${1}EXAMPLE"},
	{regexp.MustCompile(`\b[A-Z2-7]{26,32}\b`), "EXAMPLEEXAMPLE"},
	{regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`), "00000000-0000-4000-8000-000000000000"},
	{regexp.MustCompile(`\b[0-9a-f]{16,}\b`), "0123456789abcdef"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`), "2026-03-01T12:00:00Z"},
	{regexp.MustCompile(`[A-Z][a-z]{2} \d{1,2}, \d{4} \d{1,2}:\d\d:\d\d [AP]M`), "Mar 1, 2026 12:00:00 PM"},
	{regexp.MustCompile(`"userAgent": "(?:[^"\\]|\\.)*"`), `"userAgent": "SDK"`},
	{regexp.MustCompile(`[0-9a-f]{2}(:[0-9a-f]{2}){15}`), "00:11:22:33"},
	{regexp.MustCompile(`("(?:certificateBody|certificateChain|sSHPublicKeyBody|sAMLMetadataDocument)": )"(?:[^"\\]|\\.)*"`), `$1"LONG"`},
	{regexp.MustCompile(`("sessionToken(?:Size|Utilization)": |"packedPolicySize": )\d+`), "${1}1"},
	{regexp.MustCompile(`127\.0\.0\.1:\d+`), "127.0.0.1:4260"},
}

// checkRecords compares the records of each operation with its golden file.
func checkRecords(t *testing.T, seen *coverage) {
	for name := range modelledErrors() {
		k := best(seen.records[name])
		if k == nil {
			t.Errorf("%s: no record of a call that succeeded", name)
			continue
		}
		if k.Denied == nil && seen.open[name] == "" {
			t.Errorf("%s: no record of a call that was denied", name)
		}
		text := testkit.Must(json.MarshalIndent(k, "", "  "))(t)
		for _, u := range unstable {
			text = u.pattern.ReplaceAll(text, []byte(u.stands))
		}
		compareRecord(t, filepath.Join("testdata", "records", name+".json"), append(text, '\n'))
		checkMembers(t, name, text)
	}
}

func compareRecord(t *testing.T, file string, got []byte) {
	if *updateRecords {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Errorf("%v; go test ./conformance -run TestEveryCall -update-records writes it", err)
		return
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// recordMembers are the members of CloudTrail's reference, and whether each record has
// them.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
var recordMembers = sync.OnceValue(func() map[string]bool {
	members := map[string]bool{}
	for _, m := range []string{
		"eventTime", "eventVersion", "userIdentity", "eventSource", "eventName", "awsRegion", "sourceIPAddress", "userAgent",
		"requestParameters", "responseElements", "requestID", "eventID", "eventType", "managementEvent", "readOnly",
		"recipientAccountId", "eventCategory",
	} {
		members[m] = true
	}
	for _, m := range []string{"errorCode", "errorMessage", "additionalEventData", "resources", "sharedEventID"} {
		members[m] = false
	}
	return members
})

// identityMembers are the members of userIdentity of each type.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
var identityMembers = map[string][]string{
	"IAMUser":         {"type", "principalId", "arn", "accountId", "accessKeyId", "userName"},
	"Root":            {"type", "principalId", "arn", "accountId", "accessKeyId"},
	"AssumedRole":     {"type", "principalId", "arn", "accountId", "accessKeyId", "sessionContext"},
	"WebIdentityUser": {"type", "principalId", "userName", "identityProvider"},
	"SAMLUser":        {"type", "principalId", "userName", "identityProvider"},
}

// checkMembers checks that the records have the members that they must have and no others.
func checkMembers(t *testing.T, name string, text []byte) {
	var records map[string]map[string]any
	if err := json.Unmarshal(text, &records); err != nil {
		t.Fatal(err)
	}
	for which, r := range records {
		for m, always := range recordMembers() {
			if _, ok := r[m]; always && !ok {
				t.Errorf("%s, %s: no member %s", name, which, m)
			}
		}
		for m := range r {
			if _, ok := recordMembers()[m]; !ok {
				t.Errorf("%s, %s: CloudTrail has no member %s", name, which, m)
			}
		}
		id, _ := r["userIdentity"].(map[string]any)
		kind, _ := id["type"].(string)
		if identityMembers[kind] == nil {
			t.Errorf("%s, %s: an identity of the type %q", name, which, kind)
		}
		for _, m := range identityMembers[kind] {
			if _, ok := id[m]; !ok {
				t.Errorf("%s, %s: the identity has no member %s", name, which, m)
			}
		}
		_, failed := r["errorCode"]
		if (which == "denied") != failed || failed && (r["requestParameters"] != nil || r["responseElements"] != nil) {
			t.Errorf("%s, %s: error %v, parameters %v", name, which, r["errorCode"], r["requestParameters"])
		}
	}
}
