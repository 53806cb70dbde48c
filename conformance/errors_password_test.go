package conformance_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/internal/testkit"
)

func failuresOfPasswords(t *testing.T) []failure {
	w := newWorld(t)
	me, other := w.user("ann", allow("iam:*")), w.user("eve", allow("iam:*"))
	w.login("ann", strong)
	ann, eve, nobody, weak := aws.String("ann"), aws.String("eve"), aws.String("nobody"), aws.String("weak")
	const (
		missing = "Login Profile for User eve cannot be found."
		tooWeak = "Password should meet 3 more of the following requirements: Password should have a minimum length of 8, " +
			"Password should have at least one uppercase letter, Password should have at least one number, Password should have at least one symbol"
	)
	return []failure{
		{"NoSuchEntity", noUser, testkit.Refused(w.CreateLoginProfile(w.ctx,
			&iam.CreateLoginProfileInput{UserName: nobody, Password: aws.String(strong)}))},
		{"EntityAlreadyExists", "Login Profile for user ann already exists.",
			testkit.Refused(w.CreateLoginProfile(w.ctx, &iam.CreateLoginProfileInput{UserName: ann, Password: aws.String(strong)}))},
		{"PasswordPolicyViolation", tooWeak, testkit.Refused(w.CreateLoginProfile(w.ctx,
			&iam.CreateLoginProfileInput{UserName: eve, Password: weak}))},
		{"NoSuchEntity", missing, testkit.Refused(w.GetLoginProfile(w.ctx, &iam.GetLoginProfileInput{UserName: eve}))},
		{"NoSuchEntity", missing, testkit.Refused(w.UpdateLoginProfile(w.ctx,
			&iam.UpdateLoginProfileInput{UserName: eve, Password: aws.String(strong)}))},
		{"PasswordPolicyViolation", tooWeak, testkit.Refused(w.UpdateLoginProfile(w.ctx,
			&iam.UpdateLoginProfileInput{UserName: ann, Password: weak}))},
		{"NoSuchEntity", missing, testkit.Refused(w.DeleteLoginProfile(w.ctx, &iam.DeleteLoginProfileInput{UserName: eve}))},
		{"NoSuchEntity", missing, testkit.Refused(other.ChangePassword(w.ctx, change(strong, strong+"x")))},
		{"PasswordPolicyViolation", tooWeak, testkit.Refused(me.ChangePassword(w.ctx, change(strong, *weak)))},
		{"InvalidUserType", "Only IAM Users can change their own password.",
			testkit.Refused(w.ChangePassword(w.ctx, change(strong, strong+"x")))},
	}
}

func failuresOfMFADevices(t *testing.T) []failure {
	w := limited(t, iamsvc.Quotas{MFADevicesPerUser: 1, UsersPerAccount: 3})
	w.user("ann", "")
	w.user("eve", "")
	w.user("ben", "")
	fifty, more := fiftyOne()
	mine := w.enabled("ann", "mine")
	spare := w.phone("spare")
	testkit.Must(w.CreateVirtualMFADevice(w.ctx,
		&iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: aws.String("full"), Tags: fifty}))(t)
	ann, none := aws.String("ann"), newPhone(t, mfaHead+"none", spare.seed)
	_, key := w.register("application/json", `{"userName":"eve","name":"key"}`)
	const (
		missing = "MFA Device with serial number " + mfaHead + "none does not exist."
		foreign = "MFA Device invalid for user."
		wrong   = "Authentication code for device is not valid."
	)
	create := func(name string, list ...types.Tag) error {
		return testkit.Refused(w.CreateVirtualMFADevice(w.ctx, &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: &name, Tags: list}))
	}
	enable := func(in *iam.EnableMFADeviceInput) error { return testkit.Refused(w.EnableMFADevice(w.ctx, in)) }
	deactivate := func(user string, p phone) error {
		return testkit.Refused(w.DeactivateMFADevice(w.ctx, &iam.DeactivateMFADeviceInput{UserName: &user, SerialNumber: &p.serial}))
	}
	return []failure{
		{"EntityAlreadyExists", "MFA device already exists.", create("mine")},
		{"LimitExceeded", "Cannot exceed quota for VirtualMFADevicesPerAccount: 3", create("fourth")},
		{"InvalidInput", awsTag, create("bad", tags("aws:x", "y")...)},
		{"NoSuchEntity", noUser, enable(spare.enable("nobody", -1, 0))},
		{"NoSuchEntity", missing, enable(none.enable("eve", -1, 0))},
		{"InvalidAuthenticationCode", wrong, enable(spare.enable("ben", 0, 0))},
		{"EntityAlreadyExists", "MFA Device for user ann already exists.", enable(mine.enable("ann", -1, 0))},
		{"EntityAlreadyExists", "MFA Device is already in use.", enable(mine.enable("ben", -1, 0))},
		{"LimitExceeded", "Cannot exceed quota for MFADevicesPerUser: 1", enable(spare.enable("ann", -1, 0))},
		{"NoSuchEntity", foreign, deactivate("eve", mine)},
		{"NoSuchEntity", foreign, testkit.Refused(w.ResyncMFADevice(w.ctx, mine.resync("eve", 1, 2)))},
		{"InvalidAuthenticationCode", wrong, testkit.Refused(w.ResyncMFADevice(w.ctx, mine.resync("ann", 2, 1)))},
		{"NoSuchEntity", noUser, testkit.Refused(w.ListMFADevices(w.ctx, &iam.ListMFADevicesInput{UserName: aws.String("nobody")}))},
		{"NoSuchEntity", foreign,
			testkit.Refused(w.GetMFADevice(w.ctx, &iam.GetMFADeviceInput{
				UserName: ann, SerialNumber: aws.String("arn:aws:iam::000000000000:u2f/user/ann/none-ABC"),
			}))},
		{"NoSuchEntity", missing, testkit.Refused(w.DeleteVirtualMFADevice(w.ctx,
			&iam.DeleteVirtualMFADeviceInput{SerialNumber: &none.serial}))},
		{"DeleteConflict", "MFA VirtualDevice in use. Must deactivate first.",
			testkit.Refused(w.DeleteVirtualMFADevice(w.ctx, &iam.DeleteVirtualMFADeviceInput{SerialNumber: &mine.serial}))},
		{"NoSuchEntity", missing, testkit.Refused(w.TagMFADevice(w.ctx, &iam.TagMFADeviceInput{SerialNumber: &none.serial, Tags: more}))},
		{"LimitExceeded", tooManyTags, testkit.Refused(w.TagMFADevice(w.ctx,
			&iam.TagMFADeviceInput{SerialNumber: aws.String(mfaHead + "full"), Tags: more}))},
		{"InvalidInput", "Duplicate tag keys found.",
			testkit.Refused(w.TagMFADevice(w.ctx, &iam.TagMFADeviceInput{SerialNumber: &mine.serial, Tags: tags("a", "1", "a", "2")}))},
		{"NoSuchEntity", missing, testkit.Refused(w.UntagMFADevice(w.ctx,
			&iam.UntagMFADeviceInput{SerialNumber: &none.serial, TagKeys: []string{"a"}}))},
		{"InvalidInput", emptyTagKeys, testkit.Refused(w.UntagMFADevice(w.ctx,
			&iam.UntagMFADeviceInput{SerialNumber: &mine.serial, TagKeys: []string{}}))},
		{"NoSuchEntity", missing, testkit.Refused(w.ListMFADeviceTags(w.ctx, &iam.ListMFADeviceTagsInput{SerialNumber: &none.serial}))},
		{"InvalidInput", "Tags not supported for MFA devices of this kind",
			testkit.Refused(w.ListMFADeviceTags(w.ctx, &iam.ListMFADeviceTagsInput{SerialNumber: aws.String(key["serialNumber"])}))},
	}
}
