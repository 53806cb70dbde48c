package services

import "strings"

// refineParameters leaves out the version or label of a parameter.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-versions.html
func refineParameters(r *reader, n *Needs) error {
	if r.call.Operation != "GetParameter" && r.call.Operation != "GetParameters" {
		return nil
	}
	for i := range n.Needs {
		resource := n.Needs[i].Resource
		if at := strings.Index(resource, ":parameter/"); at >= 0 {
			name, _, _ := strings.Cut(resource[at+1:], ":")
			n.Needs[i].Resource = resource[:at+1] + name
		}
	}
	return nil
}
