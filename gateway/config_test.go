package gateway_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/gateway"
)

func TestParseUpstream(t *testing.T) {
	t.Setenv("HOME", "/home/ana")
	for given, want := range map[string]string{
		"http://127.0.0.1:5000":                 "http://127.0.0.1:5000",
		"https://emulator:4566/":                "https://emulator:4566",
		"s3, DynamoDB=http://127.0.0.1:9000":    "s3,dynamodb http://127.0.0.1:9000",
		"http://[::1]:5000":                     "http://[::1]:5000",
		"emulator":                              "https://127.0.0.1:9297 /home/ana/.aws/emulator/9297",
		"iam=http://127.0.0.1:5000":             "answered by Understudy itself",
		"s3,STS=http://127.0.0.1:5000":          "answered by Understudy itself",
		"emulator=http://127.0.0.1:5000":        "emulator is not the name of a service",
		"dynamo=http://127.0.0.1:5000":          "did you mean dynamodb?",
		"everything=http://127.0.0.1:5000":      "no call would be sent there; Give",
		"polly=http://127.0.0.1:5000":           "polly http://127.0.0.1:5000",
		"IoTSecuredTunneling=http://[::1]":      "iotsecuredtunneling http://[::1]",
		"sqs=emulator:9300":                     "sqs https://127.0.0.1:9300 /home/ana/.aws/emulator/9300",
		"":                                      "is not the URL",
		"127.0.0.1:5000":                        "is not the URL",
		"ftp://127.0.0.1":                       "is not the URL",
		"http://":                               "is not the URL",
		"=http://127.0.0.1:5000":                "names no service",
		"http://127.0.0.1:5000/path":            "more than a scheme",
		"http://user:secret@127.0.0.1:5000":     "more than a scheme",
		"http://127.0.0.1:5000?a=b":             "more than a scheme",
		"emulator:port":                         "has no port",
		"s3=http://127.0.0.1:9000,http://x:900": "is not the URL",
	} {
		u, err := gateway.ParseUpstream(given)
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = strings.TrimSpace(strings.Join(slices.Compact([]string{strings.Join(u.Services, ","), u.URL.String(), u.Emulator}), " "))
		}
		if !strings.Contains(got, want) || err == nil && got != want {
			t.Errorf("%q: %s; want %s", given, got, want)
		}
		if strings.Contains(got, "secret") {
			t.Errorf("%q: the error has the password", given)
		}
	}
}

func TestParseSigning(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]gateway.SigningMode{
		"": gateway.SignAccount, "account": gateway.SignAccount, "keep": gateway.Keep, "strip": gateway.Strip,
		"EMULATOR:a:b": gateway.SignKey,
	} {
		s, err := gateway.ParseSigning(given)
		if err != nil || s.Mode != want || want == gateway.SignKey && (s.Key.AccessKeyID != "EMULATOR" || s.Key.SecretAccessKey != "a:b") {
			t.Errorf("%q: %+v, %v", given, s, err)
		}
	}
	for _, given := range []string{"other", "id:", ":secret"} {
		if _, err := gateway.ParseSigning(given); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", given, err)
		}
	}
}

// What is accepted is read again as the same.
func FuzzParseUpstream(f *testing.F) {
	for _, seed := range []string{"http://127.0.0.1:5000", "s3,sqs=https://a:1", "emulator:9300", "=", "s3=", "http://a/b=c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, given string) {
		u, err := gateway.ParseUpstream(given)
		if err != nil {
			return
		}
		if u.URL.Host == "" || u.URL.Path != "" || u.URL.User != nil || u.URL.RawQuery != "" {
			t.Errorf("%q: %+v", given, u)
		}
		if again, err := gateway.ParseUpstream(u.URL.String()); err != nil || again.URL.String() != u.URL.String() {
			t.Errorf("%q: %v, read again %v, %v", given, u.URL, again.URL, err)
		}
	})
}
