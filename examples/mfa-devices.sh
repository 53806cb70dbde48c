#!/usr/bin/env bash
# MFA devices with the AWS CLI: a virtual device with its QR code, codes that
# enable it, a hardware token, a security key, and what they guard.
#
#   examples/mfa-devices.sh [path of the understudy binary]
#
# Needs the AWS CLI, Python (for the codes) and curl.
. "$(dirname "$0")/lib.sh"

say "A virtual device: a seed, and a QR code for an authenticator app"
root iam create-user --user-name alice >/dev/null
phone=$(root iam create-virtual-mfa-device --virtual-mfa-device-name phone --tags Key=owner,Value=alice \
  --outfile "$work/qr.png" --bootstrap-method QRCodePNG --query VirtualMFADevice.SerialNumber)
is "$phone" "arn:aws:iam::$account:mfa/phone"
is "$(head -c 4 "$work/qr.png" | tail -c 3)" PNG
root iam create-virtual-mfa-device --virtual-mfa-device-name tablet --outfile "$work/seed" --bootstrap-method Base32StringSeed >/dev/null
tablet=arn:aws:iam::$account:mfa/tablet
seed=$(cat "$work/seed")

say "Two codes, one after the other, enable it"
read -r last now < <(totp "$seed" -1 0)
refused "Authentication code for device is not valid." \
  root iam enable-mfa-device --user-name alice --serial-number "$tablet" --authentication-code1 "$now" --authentication-code2 "$now"
root iam enable-mfa-device --user-name alice --serial-number "$tablet" --authentication-code1 "$last" --authentication-code2 "$now"
is "$(root iam list-mfa-devices --user-name alice --query 'MFADevices[].SerialNumber')" "$tablet"
is "$(root iam list-virtual-mfa-devices --assignment-status Unassigned --query 'VirtualMFADevices[].SerialNumber')" "$phone"
is "$(root iam list-virtual-mfa-devices --assignment-status Assigned --query 'VirtualMFADevices[].User.UserName')" alice

say "Its clock may be off: two codes tell by how much"
read -r ahead further < <(totp "$seed" 9 10)
root iam resync-mfa-device --user-name alice --serial-number "$tablet" --authentication-code1 "$ahead" --authentication-code2 "$further"
refused "Authentication code for device is not valid." \
  root iam resync-mfa-device --user-name alice --serial-number "$tablet" --authentication-code1 "$last" --authentication-code2 "$now"

say "Who has a device cannot change it without having signed in with it"
root iam put-user-policy --user-name alice --policy-name own --policy-document "$(allow '["iam:*MFADevice*"]')"
read -r id secret < <(root iam create-access-key --user-name alice --query 'AccessKey.[AccessKeyId,SecretAccessKey]')
refused "please ensure that you are authenticated with an MFA device that is enabled for this user" \
  as "$id" "$secret" iam deactivate-mfa-device --user-name alice --serial-number "$tablet"
is "$(as "$id" "$secret" iam list-mfa-devices --query 'MFADevices[].UserName')" alice

say "A hardware token, whose seed is its serial number here, and a security key"
token=GAHT12345678
token_seed=$(printf %s "$token" | base32 | tr -d =)
read -r last now < <(totp "$token_seed" -1 0)
root iam enable-mfa-device --user-name alice --serial-number "$token" --authentication-code1 "$last" --authentication-code2 "$now"
curl -sSf -H 'Content-Type: application/json' -d '{"userName":"alice","name":"blue","certifications":{"FIDO":"L1"}}' \
  "$endpoint/_understudy/security-keys" >"$work/key"
key=$(sed 's/.*"serialNumber":"\([^"]*\)".*/\1/' "$work/key")
like "$key" "arn:aws:iam::$account:u2f/user/alice/blue-*"
is "$(root iam get-mfa-device --user-name alice --serial-number "$key" --query Certifications.FIDO)" L1
is "$(root iam get-account-summary --query 'SummaryMap.[MFADevices,MFADevicesInUse]')" "$(printf '4\t3')"

say "Tags"
root iam tag-mfa-device --serial-number "$phone" --tags Key=colour,Value=red
root iam untag-mfa-device --serial-number "$phone" --tag-keys owner
is "$(root iam list-mfa-device-tags --serial-number "$phone" --query 'Tags[].[Key,Value]')" "$(printf 'colour\tred')"

say "Gone"
refused "must remove tokens from principal first" root iam delete-user --user-name alice
refused "Must deactivate first" root iam delete-virtual-mfa-device --serial-number "$tablet"
for device in "$tablet" "$token" "$key"; do
  root iam deactivate-mfa-device --user-name alice --serial-number "$device"
done
root iam delete-virtual-mfa-device --serial-number "$tablet"
is "$(root iam list-virtual-mfa-devices --query 'VirtualMFADevices[].SerialNumber')" "$phone"

printf '\nMFA devices: all as expected\n'
