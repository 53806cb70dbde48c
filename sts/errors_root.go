package sts

// Errors of AssumeRoot (recorded).

func invalidTarget() error {
	return apiError("ValidationError", "Request must contain a valid target principal")
}

func invalidTaskPolicy() error {
	return apiError("ValidationError", "Request must contain valid AWS managed task policy ARN")
}

func noTaskPolicy() error {
	return apiError("ValidationError",
		"1 validation error detected: Value null at 'taskPolicyArn' failed to satisfy constraint: Member must not be null")
}

// unknownOnGlobalEndpoint answers AssumeRoot on the global endpoint: only regional endpoints have it.
func unknownOnGlobalEndpoint() error { return apiError("InvalidAction", "Unknown Operation") }
