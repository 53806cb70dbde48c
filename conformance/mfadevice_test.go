package conformance_test

import (
	"bytes"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"image/png"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"
	"github.com/pquerna/otp/totp"

	"github.com/understudy-iam/understudy/internal/testkit"
)

const mfaHead = "arn:aws:iam::000000000000:mfa/"

// A phone is an authenticator app that knows the seed of a device.
type phone struct {
	t            *testing.T
	serial, seed string
	now          time.Time // by its clock, which stands still
}

func newPhone(t *testing.T, serial, seed string) phone { return phone{t, serial, seed, time.Now()} }

// phone makes a virtual device.
func (w *world) phone(name string) phone {
	w.t.Helper()
	d := testkit.Must(w.CreateVirtualMFADevice(w.ctx, &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: &name}))(w.t).VirtualMFADevice
	return newPhone(w.t, *d.SerialNumber, string(d.Base32StringSeed))
}

// code is what the phone shows some steps of 30 seconds from its now.
func (p phone) code(offset int) *string {
	p.t.Helper()
	c, err := totp.GenerateCode(p.seed, p.now.Add(time.Duration(offset)*30*time.Second))
	if err != nil {
		p.t.Fatal(err)
	}
	return &c
}

// enable is a call that gives the phone to the user, with the codes of two steps.
func (p phone) enable(user string, first, second int) *iam.EnableMFADeviceInput {
	return &iam.EnableMFADeviceInput{
		UserName: &user, SerialNumber: &p.serial, AuthenticationCode1: p.code(first), AuthenticationCode2: p.code(second),
	}
}

func (p phone) resync(user string, first, second int) *iam.ResyncMFADeviceInput {
	return &iam.ResyncMFADeviceInput{
		UserName: &user, SerialNumber: &p.serial, AuthenticationCode1: p.code(first), AuthenticationCode2: p.code(second),
	}
}

// enabled is a phone that the user has.
func (w *world) enabled(user, name string) phone {
	w.t.Helper()
	p := w.phone(name)
	testkit.Must(w.EnableMFADevice(w.ctx, p.enable(user, -1, 0)))(w.t)
	return p
}

func deviceSerial(d types.MFADevice) *string         { return d.SerialNumber }
func virtualSerial(d types.VirtualMFADevice) *string { return d.SerialNumber }

func TestLifeOfAVirtualMFADevice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user("Anna", "")
	d := testkit.Must(w.CreateVirtualMFADevice(w.ctx, &iam.CreateVirtualMFADeviceInput{
		VirtualMFADeviceName: aws.String("phone"), Path: aws.String("/apps/"),
		Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}},
	}))(t).VirtualMFADevice
	if *d.SerialNumber != mfaHead+"apps/phone" || d.EnableDate != nil || d.User != nil || len(d.Tags) != 1 {
		t.Errorf("created = %+v", d)
	}
	if _, err := base32.StdEncoding.DecodeString(string(d.Base32StringSeed)); err != nil || len(d.Base32StringSeed) != 64 {
		t.Errorf("seed = %q, %v", d.Base32StringSeed, err)
	}
	if img, err := png.Decode(bytes.NewReader(d.QRCodePNG)); err != nil || img.Bounds().Dx() < 100 {
		t.Errorf("QR code: %v", err)
	}
	p := newPhone(t, *d.SerialNumber, string(d.Base32StringSeed))
	testkit.Must(w.EnableMFADevice(w.ctx, p.enable("anna", -1, 0)))(t)
	row := testkit.Must(w.ListVirtualMFADevices(w.ctx, nil))(t).VirtualMFADevices[0]
	if *row.User.UserName != "Anna" || row.User.UserId == nil || row.EnableDate == nil || row.Base32StringSeed != nil ||
		row.QRCodePNG != nil || row.Tags != nil {
		t.Errorf("row = %+v", row)
	}
	testkit.Must(w.ResyncMFADevice(w.ctx, p.resync("Anna", 4, 5)))(t)
	testkit.Must(w.UpdateUser(w.ctx, &iam.UpdateUserInput{UserName: aws.String("Anna"), NewUserName: aws.String("Eva")}))(t)
	mine := testkit.Must(w.ListMFADevices(w.ctx, &iam.ListMFADevicesInput{UserName: aws.String("Eva")}))(t).MFADevices
	if len(mine) != 1 || *mine[0].UserName != "Eva" || *mine[0].SerialNumber != p.serial || mine[0].EnableDate == nil {
		t.Errorf("devices of the renamed user = %+v", mine)
	}
	testkit.Must(w.DeactivateMFADevice(w.ctx, &iam.DeactivateMFADeviceInput{UserName: aws.String("Eva"), SerialNumber: &p.serial}))(t)
	row = testkit.Must(w.ListVirtualMFADevices(w.ctx, nil))(t).VirtualMFADevices[0]
	if row.User != nil || row.EnableDate != nil || *row.SerialNumber != p.serial {
		t.Errorf("row of a device that nobody has = %+v", row)
	}
	testkit.Must(w.DeleteVirtualMFADevice(w.ctx, &iam.DeleteVirtualMFADeviceInput{SerialNumber: &p.serial}))(t)
	if left := testkit.Must(w.ListVirtualMFADevices(w.ctx, nil))(t).VirtualMFADevices; len(left) != 0 {
		t.Errorf("left = %+v", left)
	}
}

func TestCodesThatEnableADevice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user("anna", "")
	for _, c := range []struct {
		why           string
		first, second int
		taken         bool
	}{
		{"the last two codes", -1, 0, true},
		{"codes of a clock that is hours fast", 900, 901, true},
		{"codes of a clock that is hours slow", -901, -900, true},
		{"the same code twice", 0, 0, false},
		{"the codes in the wrong order", 0, -1, false},
		{"codes that do not follow each other", -2, 0, false},
		{"codes of another day", 3000, 3001, false},
	} {
		p := w.phone(strings.ReplaceAll(c.why, " ", "-"))
		err := testkit.Refused(w.EnableMFADevice(w.ctx, p.enable("anna", c.first, c.second)))
		if !c.taken {
			testkit.WantError(t, err, "InvalidAuthenticationCode", "Authentication code for device is not valid.")
		} else if err != nil {
			t.Errorf("%s: %v", c.why, err)
		}
	}
}

// As recorded: a pair must lie wholly behind the last one, also for another user.
func TestPairsOfCodesGoForward(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user("anna", "")
	w.user("bob", "")
	p := w.enabled("anna", "phone")
	testkit.Must(w.ResyncMFADevice(w.ctx, p.resync("anna", 9, 10)))(t)
	for _, second := range []int{0, 10} {
		testkit.WantError(t, testkit.Refused(w.ResyncMFADevice(w.ctx, p.resync("anna", second-1, second))),
			"InvalidAuthenticationCode", "Authentication code for device is not valid.")
	}
	testkit.Must(w.ResyncMFADevice(w.ctx, p.resync("anna", 19, 20)))(t)
	testkit.Must(w.DeactivateMFADevice(w.ctx, &iam.DeactivateMFADeviceInput{UserName: aws.String("anna"), SerialNumber: &p.serial}))(t)
	testkit.WantError(t, testkit.Refused(w.EnableMFADevice(w.ctx, p.enable("bob", -1, 0))),
		"InvalidAuthenticationCode", "Authentication code for device is not valid.")
	testkit.Must(w.EnableMFADevice(w.ctx, p.enable("bob", 29, 30)))(t)
}

func TestErrorsOfMFADevices(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user("anna", "")
	w.user("bob", "")
	p := w.enabled("anna", "phone")
	free := w.phone("free")
	nobody, missing := aws.String("nobody"), aws.String(mfaHead+"missing")
	anna, bob := aws.String("anna"), aws.String("bob")
	noUser := "The user with name nobody cannot be found."
	noDevice := "MFA Device with serial number " + *missing + " does not exist."
	foreign := "MFA Device invalid for user."
	unknown := newPhone(t, *missing, p.seed)
	for _, c := range []struct {
		why, code, text string
		err             error
	}{
		{"a name that is taken", "EntityAlreadyExists", "MFA device already exists.",
			testkit.Refused(w.CreateVirtualMFADevice(w.ctx, &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: aws.String("phone")}))},
		{"enable for nobody", "NoSuchEntity", noUser, testkit.Refused(w.EnableMFADevice(w.ctx, free.enable("nobody", -1, 0)))},
		{"enable what is not there", "NoSuchEntity", noDevice, testkit.Refused(w.EnableMFADevice(w.ctx, unknown.enable("anna", -1, 0)))},
		{"enable again", "EntityAlreadyExists", "MFA Device for user anna already exists.",
			testkit.Refused(w.EnableMFADevice(w.ctx, p.enable("ANNA", 5, 6)))},
		{"enable another's", "EntityAlreadyExists", "MFA Device is already in use.",
			testkit.Refused(w.EnableMFADevice(w.ctx, p.enable("bob", 5, 6)))},
		{"resync for nobody", "NoSuchEntity", noUser, testkit.Refused(w.ResyncMFADevice(w.ctx, p.resync("nobody", -1, 0)))},
		{"resync another's", "NoSuchEntity", foreign, testkit.Refused(w.ResyncMFADevice(w.ctx, p.resync("bob", 5, 6)))},
		{"resync nobody's", "NoSuchEntity", foreign, testkit.Refused(w.ResyncMFADevice(w.ctx, free.resync("bob", 5, 6)))},
		{"resync with wrong codes", "InvalidAuthenticationCode", "Authentication code for device is not valid.",
			testkit.Refused(w.ResyncMFADevice(w.ctx, p.resync("anna", 0, 0)))},
		{"deactivate for nobody", "NoSuchEntity", noUser,
			testkit.Refused(w.DeactivateMFADevice(w.ctx, &iam.DeactivateMFADeviceInput{UserName: nobody, SerialNumber: &p.serial}))},
		{"deactivate another's", "NoSuchEntity", foreign,
			testkit.Refused(w.DeactivateMFADevice(w.ctx, &iam.DeactivateMFADeviceInput{UserName: bob, SerialNumber: &p.serial}))},
		{"deactivate what is not there", "NoSuchEntity", foreign,
			testkit.Refused(w.DeactivateMFADevice(w.ctx, &iam.DeactivateMFADeviceInput{UserName: anna, SerialNumber: missing}))},
		{"delete what is in use", "DeleteConflict", "MFA VirtualDevice in use. Must deactivate first.",
			testkit.Refused(w.DeleteVirtualMFADevice(w.ctx, &iam.DeleteVirtualMFADeviceInput{SerialNumber: &p.serial}))},
		{"delete what is not there", "NoSuchEntity", noDevice,
			testkit.Refused(w.DeleteVirtualMFADevice(w.ctx, &iam.DeleteVirtualMFADeviceInput{SerialNumber: missing}))},
		{"list for nobody", "NoSuchEntity", noUser, testkit.Refused(w.ListMFADevices(w.ctx, &iam.ListMFADevicesInput{UserName: nobody}))},
		{"list with another list's marker", "ValidationError", "Invalid Marker.",
			testkit.Refused(w.ListMFADevices(w.ctx, &iam.ListMFADevicesInput{UserName: anna, Marker: aws.String("AAAAAAAAAAAAAA==")}))},
		{"tag what is not there", "NoSuchEntity", noDevice,
			testkit.Refused(w.TagMFADevice(w.ctx, &iam.TagMFADeviceInput{
				SerialNumber: missing, Tags: []types.Tag{{Key: anna, Value: bob}},
			}))},
		{"tag with a reserved key", "InvalidInput", "Tag keys beginning with aws: are reserved for system use.",
			testkit.Refused(w.TagMFADevice(w.ctx, &iam.TagMFADeviceInput{
				SerialNumber: &p.serial, Tags: []types.Tag{{Key: aws.String("aws:x"), Value: bob}},
			}))},
		{"untag what is not there", "NoSuchEntity", noDevice,
			testkit.Refused(w.UntagMFADevice(w.ctx, &iam.UntagMFADeviceInput{SerialNumber: missing, TagKeys: []string{"k"}}))},
		{"tags of what is not there", "NoSuchEntity", noDevice,
			testkit.Refused(w.ListMFADeviceTags(w.ctx, &iam.ListMFADeviceTagsInput{SerialNumber: missing}))},
		{"get a virtual device", "ValidationError",
			"The MFA device serial number sent in the request is invalid or not supported by this API. " +
				"Currently, only hardware FIDO security keys are supported. Please use the compatible device or API.",
			testkit.Refused(w.GetMFADevice(w.ctx, &iam.GetMFADeviceInput{SerialNumber: &p.serial, UserName: anna}))},
		{"get a key that is not there", "NoSuchEntity", foreign,
			testkit.Refused(w.GetMFADevice(w.ctx, &iam.GetMFADeviceInput{
				SerialNumber: aws.String("arn:aws:iam::000000000000:u2f/user/anna/k-A"), UserName: anna,
			}))},
		{"delete a user who has a device and a key", "DeleteConflict", "Cannot delete entity, must remove tokens from principal first.",
			testkit.Refused(w.DeleteUser(w.ctx, &iam.DeleteUserInput{UserName: anna}))},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			testkit.WantError(t, c.err, c.code, c.text)
		})
	}
}

func TestAUserHasEightDevicesAtMost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user("anna", "")
	for i := range 8 {
		w.enabled("anna", fmt.Sprint("phone", i))
	}
	p := w.phone("one-too-many")
	testkit.WantError(t, testkit.Refused(w.EnableMFADevice(w.ctx, p.enable("anna", -1, 0))), "LimitExceeded",
		"Cannot exceed quota for MFADevicesPerUser: 8")
}

// As recorded: who has a device and did not sign in with it cannot change their
// own devices, whatever their policies allow, but those of others.
func TestWhatAUserMayDoWithoutMFA(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	me := w.user("anna", allow("iam:*"))
	w.user("bob", "")
	first, second, other := w.phone("first"), w.phone("second"), w.phone("other")
	testkit.Must(me.EnableMFADevice(w.ctx, first.enable("anna", -1, 0)))(t)
	const refusal = "To complete this action, please ensure that you are authenticated with an MFA device that is enabled for this user."
	for why, err := range map[string]error{
		"enable a second": testkit.Refused(me.EnableMFADevice(w.ctx, second.enable("anna", -1, 0))),
		"deactivate the first": testkit.Refused(me.DeactivateMFADevice(w.ctx,
			&iam.DeactivateMFADeviceInput{UserName: aws.String("anna"), SerialNumber: &first.serial})),
		"deactivate the first, without name": testkit.Refused(me.DeactivateMFADevice(w.ctx,
			&iam.DeactivateMFADeviceInput{SerialNumber: &first.serial})),
		"deactivate what is not there": testkit.Refused(me.DeactivateMFADevice(w.ctx,
			&iam.DeactivateMFADeviceInput{SerialNumber: aws.String(mfaHead + "missing")})),
	} {
		t.Run(why, func(t *testing.T) {
			t.Parallel()
			testkit.WantError(t, err, "AccessDenied", refusal)
		})
	}
	testkit.Must(me.ResyncMFADevice(w.ctx, first.resync("anna", 5, 6)))(t)
	testkit.Must(me.EnableMFADevice(w.ctx, other.enable("bob", -1, 0)))(t)
	testkit.Must(me.DeactivateMFADevice(w.ctx, &iam.DeactivateMFADeviceInput{UserName: aws.String("bob"), SerialNumber: &other.serial}))(t)
	if mine := joined(testkit.Must(me.ListMFADevices(w.ctx, nil))(t).MFADevices, deviceSerial); mine != first.serial {
		t.Errorf("my devices = %q", mine)
	}
}

// The seed of a hardware token is its serial number.
func TestHardwareTokens(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user("anna", "")
	w.user("bob", "")
	p := newPhone(t, "GAHT12345678", base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString([]byte("GAHT12345678")))
	testkit.Must(w.EnableMFADevice(w.ctx, p.enable("anna", -1, 0)))(t)
	testkit.WantError(t, testkit.Refused(w.EnableMFADevice(w.ctx, p.enable("bob", 4, 5))), "EntityAlreadyExists",
		"MFA Device is already in use.")
	if mine := joined(testkit.Must(w.ListMFADevices(w.ctx, &iam.ListMFADevicesInput{UserName: aws.String("anna")}))(t).MFADevices,
		deviceSerial); mine != p.serial {
		t.Errorf("devices = %q", mine)
	}
	if virtual := testkit.Must(w.ListVirtualMFADevices(w.ctx, nil))(t).VirtualMFADevices; len(virtual) != 0 {
		t.Errorf("virtual devices = %+v", virtual)
	}
	testkit.WantError(t, testkit.Refused(w.DeleteVirtualMFADevice(w.ctx,
		&iam.DeleteVirtualMFADeviceInput{SerialNumber: aws.String("GAHT12345678")})),
		"NoSuchEntity", "MFA Device with serial number GAHT12345678 does not exist.")
	testkit.Must(w.DeactivateMFADevice(w.ctx, &iam.DeactivateMFADeviceInput{UserName: aws.String("anna"), SerialNumber: &p.serial}))(t)
	testkit.Must(w.EnableMFADevice(w.ctx, p.enable("bob", -1, 0)))(t)
	p.serial = "HARDWARE-1"
	testkit.WantError(t, testkit.Refused(w.EnableMFADevice(w.ctx, p.enable("anna", -1, 0))), "NoSuchEntity",
		"MFA Device with serial number HARDWARE-1 does not exist.")
}

// register asks the server to register a security key, and returns the status
// and the members of the answer.
func (w *world) register(contentType, body string) (int, map[string]string) {
	w.t.Helper()
	answer, err := testkit.HTTP.Post(w.srv.URL+"/_understudy/security-keys", contentType, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	members := map[string]string{}
	if err := json.Unmarshal(raw, &members); err != nil {
		w.t.Fatalf("%v in %s", err, raw)
	}
	return answer.StatusCode, members
}

func TestSecurityKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user("anna", "")
	status, members := w.register("application/json", `{"userName":"anna","name":"blue","certifications":{"FIDO":"L1","FIPS-140-2":"L2"}}`)
	serial := members["serialNumber"]
	if status != http.StatusCreated || !strings.HasPrefix(serial, "arn:aws:iam::000000000000:u2f/user/anna/blue-") {
		t.Fatalf("%d %v", status, members)
	}
	got := testkit.Must(w.GetMFADevice(w.ctx, &iam.GetMFADeviceInput{SerialNumber: &serial, UserName: aws.String("anna")}))(t)
	if *got.UserName != "anna" || *got.SerialNumber != serial || got.EnableDate == nil {
		t.Errorf("device = %+v", got)
	}
	if diff := cmp.Diff(map[string]string{"FIDO": "L1", "FIPS-140-2": "L2"}, got.Certifications); diff != "" {
		t.Error(diff)
	}
	mine := testkit.Must(w.ListMFADevices(w.ctx, &iam.ListMFADevicesInput{UserName: aws.String("anna")}))(t).MFADevices
	if joined(mine, deviceSerial) != serial {
		t.Errorf("devices = %+v", mine)
	}
	p := newPhone(t, serial, "MZXW6YTB")
	testkit.WantError(t, testkit.Refused(w.ResyncMFADevice(w.ctx, p.resync("anna", -1, 0))), "InvalidAuthenticationCode",
		"Authentication code for device is not valid.")
	testkit.Must(w.DeactivateMFADevice(w.ctx, &iam.DeactivateMFADeviceInput{UserName: aws.String("anna"), SerialNumber: &serial}))(t)
	testkit.Must(w.DeleteAccessKey(w.ctx, &iam.DeleteAccessKeyInput{UserName: aws.String("anna"), AccessKeyId: w.keyOf("anna")}))(t)
	testkit.Must(w.DeleteUser(w.ctx, &iam.DeleteUserInput{UserName: aws.String("anna")}))(t)
}

// keyOf is the ID of the first access key of a user.
func (w *world) keyOf(user string) *string {
	w.t.Helper()
	return testkit.Must(w.ListAccessKeys(w.ctx, &iam.ListAccessKeysInput{UserName: &user}))(w.t).AccessKeyMetadata[0].AccessKeyId
}

func TestSecurityKeysThatAreNotRegistered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, c := range []struct{ why, contentType, body, want string }{
		{"a page in a browser asks", "text/plain", `{"name":"k"}`, "the body must be application/json"},
		{"no JSON", "application/json", `{`, "unexpected EOF"},
		{"an unknown member", "application/json", `{"nam":"k"}`, `json: unknown field "nam"`},
		{"a short account", "application/json", `{"account":"1","name":"k"}`, "account must have 12 digits"},
		{
			"no name", "application/json", `{}`,
			`The name "" of the security key must have 1 to 128 letters, digits and the characters +=,.@_-.`,
		},
		{"nobody's", "application/json", `{"userName":"nobody","name":"k"}`, "The user with name nobody cannot be found."},
	} {
		status, members := w.register(c.contentType, c.body)
		if status != http.StatusBadRequest || members["error"] != c.want {
			t.Errorf("%s: %d %v", c.why, status, members)
		}
	}
}

func TestTheRootUsersSecurityKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	status, members := w.register("application/json", `{"name":"safe"}`)
	serial := members["serialNumber"]
	if status != http.StatusCreated || !strings.HasPrefix(serial, "arn:aws:iam::000000000000:u2f/root-account/safe-") {
		t.Fatalf("%d %v", status, members)
	}
	mine := testkit.Must(w.ListMFADevices(w.ctx, nil))(t).MFADevices
	if len(mine) != 1 || mine[0].UserName != nil || *mine[0].SerialNumber != serial {
		t.Errorf("devices of root = %+v", mine)
	}
	if n := testkit.Must(w.GetAccountSummary(w.ctx, nil))(t).SummaryMap["AccountMFAEnabled"]; n != 1 {
		t.Errorf("AccountMFAEnabled = %d", n)
	}
	testkit.Must(w.DeactivateMFADevice(w.ctx, &iam.DeactivateMFADeviceInput{SerialNumber: &serial}))(t)
}

func TestPagesOfMFADevices(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user("anna", "")
	var serials []string
	for i := range 5 {
		serials = append(serials, w.enabled("anna", fmt.Sprint("phone", i)).serial)
	}
	free := w.phone("a-free-one").serial
	var mine []string
	for p := iam.NewListMFADevicesPaginator(w, &iam.ListMFADevicesInput{
		UserName: aws.String("anna"), MaxItems: aws.Int32(2),
	}); p.HasMorePages(); {
		page, err := p.NextPage(w.ctx)
		if err != nil {
			t.Fatal(err)
		}
		mine = append(mine, strings.Fields(joined(page.MFADevices, deviceSerial))...)
	}
	if diff := cmp.Diff(serials, mine); diff != "" {
		t.Error(diff)
	}
	for status, want := range map[types.AssignmentStatusType][]string{
		types.AssignmentStatusTypeAssigned:   serials,
		types.AssignmentStatusTypeUnassigned: {free},
		types.AssignmentStatusTypeAny:        append([]string{free}, serials...),
		"":                                   append([]string{free}, serials...),
	} {
		var got []string
		for p := iam.NewListVirtualMFADevicesPaginator(w, &iam.ListVirtualMFADevicesInput{
			AssignmentStatus: status, MaxItems: aws.Int32(2),
		}); p.HasMorePages(); {
			page, err := p.NextPage(w.ctx)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, strings.Fields(joined(page.VirtualMFADevices, virtualSerial))...)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("status %q (-want +got):\n%s", status, diff)
		}
	}
}

func TestTagsOfMFADevices(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.phone("phone")
	tag := func(key, value string) types.Tag { return types.Tag{Key: &key, Value: &value} }
	testkit.Must(w.TagMFADevice(w.ctx, &iam.TagMFADeviceInput{
		SerialNumber: &p.serial, Tags: []types.Tag{tag("Team", "a"), tag("team", "b"), tag("x", "c")},
	}))(t)
	testkit.Must(w.TagMFADevice(w.ctx, &iam.TagMFADeviceInput{SerialNumber: &p.serial, Tags: []types.Tag{tag("Team", "d")}}))(t)
	testkit.Must(w.UntagMFADevice(w.ctx, &iam.UntagMFADeviceInput{SerialNumber: &p.serial, TagKeys: []string{"x", "TEAM"}}))(t)
	var got []string
	for pages := iam.NewListMFADeviceTagsPaginator(w, &iam.ListMFADeviceTagsInput{
		SerialNumber: &p.serial, MaxItems: aws.Int32(1),
	}); pages.HasMorePages(); {
		page, err := pages.NextPage(w.ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range page.Tags {
			got = append(got, *x.Key+"="+*x.Value)
		}
	}
	if diff := cmp.Diff([]string{"Team=d", "team=b"}, got); diff != "" {
		t.Error(diff)
	}
}
