package awscli

// Call is what is known of a call of another service than IAM and STS, in the place of
// its input: those of its arguments that can be told, and no secrets.
type Call struct {
	Command   string // the CLI's name of the service, such as s3api
	Arguments []Argument
}

// commands are the services that the CLI calls otherwise than botocore does.
// https://docs.aws.amazon.com/cli/latest/reference/
var commands = map[string]string{"codedeploy": "deploy", "config": "configservice", "s3": "s3api"}

// Command is what the CLI calls a service that has the name in botocore.
func Command(service string) string {
	if c := commands[service]; c != "" {
		return c
	}
	return service
}
