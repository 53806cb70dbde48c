package principal

// SigningName is the name of a service in credential scopes, which its actions begin with
// too, by the name of its package in the SDK for Go: "access-analyzer" of accessanalyzer.
// It knows the services that are served here.
func SigningName(sdkPackage string) string {
	if sdkPackage == "accessanalyzer" {
		return "access-analyzer"
	}
	return sdkPackage
}
