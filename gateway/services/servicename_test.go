package services

import "testing"

// A service may be called by any of its names, whether the table has it or not.
func TestNamesOfServices(t *testing.T) {
	t.Parallel()
	for name, near := range map[string]string{
		"s3": "", "monitoring": "", "cloudwatch": "", "states": "", "stepfunctions": "", "polly": "", "iotdata": "",
		"iotsecuredtunneling": "",
		"dynamo":              "dynamodb", "lamda": "lambda", "s33": "s3", "step-functions": "stepfunctions", "poly": "polly",
	} {
		if has, got := HasName(name), NearestName(name); has != (near == "") || !has && got != near {
			t.Errorf("%s: is a name %v, near %s; want %q", name, has, got, near)
		}
	}
	for _, name := range []string{"everything-else", "emulator"} {
		if HasName(name) || NearestName(name) != "" {
			t.Errorf("%q is taken for a service, or for %q", name, NearestName(name))
		}
	}
}
