package conformance_test

import (
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/server"
)

func TestStatesOfTheCredentialReport(t *testing.T) {
	t.Parallel()
	now := time.Now()
	srv := iamtest.Start(t, iamtest.WithServer(func(o *server.Options) { o.Now = func() time.Time { return now } }))
	client, ctx := srv.IAM(), t.Context()
	testkit.WantError(t, testkit.Refused(client.GetCredentialReport(ctx, nil)), "ReportNotPresent", "")
	ordered := testkit.Must(client.GenerateCredentialReport(ctx, nil))(t)
	if ordered.State != types.ReportStateTypeStarted || *ordered.Description != "No report exists. Starting a new report generation task" {
		t.Errorf("first order = %+v", ordered)
	}
	testkit.WantError(t, testkit.Refused(client.GetCredentialReport(ctx, nil)), "ReportInProgress", "")
	if again := testkit.Must(client.GenerateCredentialReport(ctx, nil))(t); again.State != types.ReportStateTypeComplete ||
		again.Description != nil {
		t.Errorf("second order = %+v", again)
	}
	report := testkit.Must(client.GetCredentialReport(ctx, nil))(t)
	if report.ReportFormat != types.ReportFormatTypeTextCsv || !report.GeneratedTime.Equal(now.Truncate(time.Second)) {
		t.Errorf("report = %s of %v", report.ReportFormat, report.GeneratedTime)
	}
	testkit.Must(client.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("late")}))(t)
	testkit.Must(client.GenerateCredentialReport(ctx, nil))(t)
	if kept := testkit.Must(client.GetCredentialReport(ctx, nil))(t); strings.Contains(string(kept.Content), "late") {
		t.Error("the report changes before it is four hours old")
	}
}

// report orders a report and reads it, by user and column.
func (w *world) report() (header string, rows map[string]map[string]string) {
	w.t.Helper()
	testkit.Must(w.GenerateCredentialReport(w.ctx, nil))(w.t)
	testkit.Must(w.GenerateCredentialReport(w.ctx, nil))(w.t)
	text := string(testkit.Must(w.GetCredentialReport(w.ctx, nil))(w.t).Content)
	if strings.HasSuffix(text, "\n") || strings.Contains(text, "\r") {
		w.t.Errorf("line ends of %q", text)
	}
	table, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		w.t.Fatal(err)
	}
	rows = map[string]map[string]string{}
	for _, line := range table[1:] {
		row := map[string]string{}
		for i, column := range table[0] {
			row[column] = line[i]
		}
		rows[line[0]] = row
	}
	if table[1][0] != "<root_account>" {
		w.t.Errorf("first row = %v", table[1])
	}
	return strings.Join(table[0], ","), rows
}

func TestColumnsOfTheCredentialReport(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	header, rows := w.report()
	const want = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active," +
		"access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service," +
		"access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service," +
		"cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated"
	if header != want {
		t.Errorf("header = %s", header)
	}
	root := rows["<root_account>"]
	if _, err := time.Parse("2006-01-02T15:04:05Z", root["user_creation_time"]); err != nil {
		t.Error(err)
	}
	delete(root, "user_creation_time")
	if diff := cmp.Diff(map[string]string{
		"user": "<root_account>", "arn": "arn:aws:iam::000000000000:root",
		"password_enabled": "not_supported", "password_last_used": "no_information", "password_last_changed": "not_supported",
		"password_next_rotation": "not_supported",
		"mfa_active":             "false",
		"access_key_1_active":    "false", "access_key_1_last_rotated": "N/A", "access_key_1_last_used_date": "N/A",
		"access_key_1_last_used_region": "N/A", "access_key_1_last_used_service": "N/A",
		"access_key_2_active": "false", "access_key_2_last_rotated": "N/A", "access_key_2_last_used_date": "N/A",
		"access_key_2_last_used_region": "N/A", "access_key_2_last_used_service": "N/A",
		"cert_1_active": "false", "cert_1_last_rotated": "N/A", "cert_2_active": "false", "cert_2_last_rotated": "N/A",
	}, root); diff != "" {
		t.Errorf("root (-want +got):\n%s", diff)
	}
}

func TestRowOfAUserInTheCredentialReport(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	k := w.userKey("ann", "")
	if _, err := w.whoAmI(k); err != nil {
		t.Fatal(err)
	}
	second := testkit.Must(w.CreateAccessKey(w.ctx, &iam.CreateAccessKeyInput{UserName: aws.String("ann")}))(t).AccessKey
	testkit.Must(w.UpdateAccessKey(w.ctx, &iam.UpdateAccessKeyInput{UserName: aws.String("ann"), AccessKeyId: second.AccessKeyId,
		Status: types.StatusTypeInactive}))(t)
	w.login("ann", "Pa$$w0rd-with-length")
	testkit.Must(w.UpdateAccountPasswordPolicy(w.ctx, &iam.UpdateAccountPasswordPolicyInput{MaxPasswordAge: aws.Int32(90)}))(t)
	w.enabled("ann", "phone")
	_, rows := w.report()
	ann := rows["ann"]
	changed, err1 := time.Parse(time.RFC3339, ann["password_last_changed"])
	next, err2 := time.Parse(time.RFC3339, ann["password_next_rotation"])
	if err1 != nil || err2 != nil || next.Sub(changed) != 90*24*time.Hour {
		t.Errorf("password from %s to %s", ann["password_last_changed"], ann["password_next_rotation"])
	}
	for column, want := range map[string]string{
		"arn": "arn:aws:iam::000000000000:user/ann", "password_enabled": "true", "password_last_used": "no_information",
		"mfa_active":          "true",
		"access_key_1_active": "true", "access_key_1_last_rotated": k.CreateDate.UTC().Format(time.RFC3339),
		"access_key_1_last_used_region":  "us-east-1",
		"access_key_1_last_used_service": "sts", "access_key_2_active": "false",
		"access_key_2_last_rotated": second.CreateDate.UTC().Format(time.RFC3339), "access_key_2_last_used_date": "N/A",
		"cert_1_active": "false",
	} {
		if ann[column] != want {
			t.Errorf("%s = %s; want %s", column, ann[column], want)
		}
	}
	if ann["access_key_1_last_used_date"] == "N/A" {
		t.Error("the key counts as unused")
	}
}
