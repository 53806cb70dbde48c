package principal

import "strings"

// ARN is an Amazon Resource Name in its six parts.
type ARN struct {
	Partition string
	Service   string
	Region    string
	AccountID string
	Resource  string // everything after the fifth colon
}

// ParseARN splits s at its first five colons. It reports false for anything
// that does not begin with "arn:" or has fewer than six parts.
func ParseARN(s string) (ARN, bool) {
	rest, ok := strings.CutPrefix(s, "arn:")
	if !ok {
		return ARN{}, false
	}
	var part [4]string
	for i := range part {
		if part[i], rest, ok = strings.Cut(rest, ":"); !ok {
			return ARN{}, false
		}
	}
	return ARN{part[0], part[1], part[2], part[3], rest}, true
}

// Entity splits the resource of an ARN of IAM into the kind of what it names, the
// path, which begins and ends with a slash, and the name: "user", "/staff/" and
// "ann" of user/staff/ann. What has no slash is a kind alone, as root is.
func (a ARN) Entity() (kind, path, name string) {
	kind, rest, found := strings.Cut(a.Resource, "/")
	if !found {
		return kind, "", ""
	}
	name = Name(rest)
	return kind, "/" + rest[:len(rest)-len(name)], name
}

// Name returns what follows the last slash of an ARN or of a path with a name.
func Name(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// String joins the parts with colons.
func (a ARN) String() string {
	return "arn:" + a.Partition + ":" + a.Service + ":" + a.Region + ":" + a.AccountID + ":" + a.Resource
}
