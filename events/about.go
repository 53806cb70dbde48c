package events

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// About is what the call was about: the ARNs of the resources that CloudTrail names, or
// else the parameters of the request that name something, such as the name of a user.
func (r *Record) About() []string {
	list := []string{}
	for _, resource := range r.Resources {
		if resource.ARN != "" {
			list = append(list, resource.ARN)
		}
	}
	if len(list) == 0 {
		list = namesIn(r.RequestParameters)
	}
	return list
}

// namesIn are the values of the members of an object that name something, in their order.
func namesIn(object json.RawMessage) []string {
	list := []string{}
	d := json.NewDecoder(bytes.NewReader(object))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return list
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return list
		}
		var value any
		if err := d.Decode(&value); err != nil {
			return list
		}
		text, ok := value.(string)
		if ok && text != "" && slices.ContainsFunc(naming, func(end string) bool { return strings.HasSuffix(fmt.Sprint(name), end) }) {
			list = append(list, text)
		}
	}
	return list
}

// naming is how the names of members end that name something.
var naming = []string{"Name", "Arn", "ARN", "Id", "ID", "SerialNumber", "serialNumber", "Key", "key"}
