package awsprofile_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/internal/awsprofile"
)

var settings = awsprofile.Settings{
	EndpointURL: "http://127.0.0.1:4260", Region: "us-east-1", AccessKeyID: "test", SecretAccessKey: "secret",
}

func TestWrite(t *testing.T) {
	const config = "[profile local]\nregion = us-east-1\nendpoint_url = http://127.0.0.1:4260\n"
	for _, tt := range []struct{ name, before, after string }{
		{"into an empty file", "", config},
		{"behind other profiles", "[default]\nregion = eu-west-1 # mine\n\n\n", "[default]\nregion = eu-west-1 # mine\n\n" + config},
		{"over an older one in the middle", "[profile  local] # old\nregion = x\nrole_arn = y\n[profile z]\nregion = z\n",
			"[profile z]\nregion = z\n\n" + config},
		{"twice is once", config, config},
		{"a name that begins alike is another", "[profile local2]\na = b\n", "[profile local2]\na = b\n\n" + config},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "sub", "config")
			t.Setenv("AWS_CONFIG_FILE", file)
			t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(filepath.Dir(file), "credentials"))
			if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(tt.before), 0o600); err != nil {
				t.Fatal(err)
			}
			files, err := awsprofile.Write("local", settings)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.after, read(t, files[0])); diff != "" {
				t.Errorf("config (-want +got):\n%s", diff)
			}
			want := "[local]\naws_access_key_id = test\naws_secret_access_key = secret\n"
			if diff := cmp.Diff(want, read(t, files[1])); diff != "" {
				t.Errorf("credentials (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWriteRefusesBadNames(t *testing.T) {
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(t.TempDir(), "config"))
	for _, name := range []string{"", "a]b", "a\nb"} {
		if files, err := awsprofile.Write(name, settings); err == nil {
			t.Errorf("Write(%q) wrote %v; want an error", name, files)
		}
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
