package awscli

// Call replaces the input in calls of services other than IAM and STS: it has the
// arguments that are known and not secret.
type Call struct {
	Command   string // the CLI's name of the service, such as s3api
	Arguments []Argument
}

// commands lists the services whose names in the CLI and in botocore differ.
// https://docs.aws.amazon.com/cli/latest/reference/
var commands = map[string]string{"codedeploy": "deploy", "config": "configservice", "s3": "s3api"}

// Command returns the CLI's name of a service, from its name in botocore.
func Command(service string) string {
	if c := commands[service]; c != "" {
		return c
	}
	return service
}
