package imds

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
)

const (
	roleDirectory = "iam/security-credentials/"
	identity      = "dynamic/instance-identity/document"
)

// metadata answers requests below the versions of the metadata. All versions
// show the same.
func (h *handler) metadata(w http.ResponseWriter, r *http.Request) {
	left, v2, ok := h.admitted(w, r)
	if !ok {
		return
	}
	version, path, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case version == "":
		plain(w, "1.0\n2019-10-01\nlatest", left)
		return
	case version != "latest" && version != "1.0" && !dated(version):
		page(w, http.StatusNotFound)
		return
	}
	text, ok, err := h.item(r.Context(), path, v2)
	switch {
	case err != nil:
		page(w, http.StatusInternalServerError)
	case !ok:
		page(w, http.StatusNotFound)
	default:
		plain(w, text, left)
	}
}

// dated reports whether a version is a date, such as 2021-03-23.
func dated(version string) bool {
	return len(version) == len("2021-03-23") && strings.HasPrefix(version, "20") && strings.Count(version, "-") == 2
}

// item returns the content of a path, or a list of what is below it; false if there is nothing.
func (h *handler) item(ctx context.Context, path string, v2 bool) (string, bool, error) {
	leaves := map[string]string{identity: h.instance.document()}
	for name, value := range h.instance.leaves() {
		leaves["meta-data/"+name] = value
	}
	role, err := h.role(ctx, leaves)
	if err != nil {
		return "", false, err
	}
	if role != nil && path == "meta-data/"+roleDirectory+role.Name {
		text, err := h.roleCredentials(ctx, role, v2)
		return text, err == nil, err
	}
	if text, ok := leaves[path]; ok {
		return text, true, nil
	}
	text, ok := list(leaves, path)
	return text, ok, nil
}

// role adds the items about the role, if the instance has one.
func (h *handler) role(ctx context.Context, leaves map[string]string) (*Role, error) {
	if h.Role == "" {
		return nil, nil
	}
	p, err := h.Roles.Profile(ctx, h.Role)
	if errors.Is(err, ErrNoProfile) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	info := [][2]any{{"Code", "Success"}, {"LastUpdated", timestamp(h.Now())}}
	if p.Role == nil {
		info = append(info, [2]any{"Message", noRole()})
	} else {
		leaves["meta-data/"+roleDirectory+p.Role.Name] = "" // made when a request needs it
	}
	leaves["meta-data/iam/info"] = pretty(append(info, [2]any{"InstanceProfileArn", p.ARN}, [2]any{"InstanceProfileId", p.ID}))
	return p.Role, nil
}

// roleCredentials returns the document with the role's credentials.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html
func (h *handler) roleCredentials(ctx context.Context, role *Role, v2 bool) (string, error) {
	delivery := map[bool]string{true: "2.0", false: "1.0"}[v2]
	// The keys of an instance's calls are documented at
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principal-properties
	c, err := h.sessions.get(ctx, &Session{
		Role: role, Service: EC2, Name: h.instance.id, Keys: map[string]string{
			"ec2:RoleDelivery": delivery, "ec2:SourceInstanceARN": h.instance.arn(),
			"aws:Ec2InstanceSourceVpc": h.instance.vpc, "aws:Ec2InstanceSourcePrivateIPv4": h.instance.privateIP,
		},
	})
	if errors.Is(err, ErrUntrusted) {
		return pretty([][2]any{
			{"Code", "AssumeRoleUnauthorizedAccess"}, {"Message", untrusted(role.Name)}, {"LastUpdated", timestamp(h.Now())},
		}), nil
	}
	if err != nil {
		return "", err
	}
	return pretty([][2]any{
		{"Code", "Success"}, {"LastUpdated", timestamp(c.issued)}, {"Type", "AWS-HMAC"}, {"AccessKeyId", c.AccessKeyID},
		{"SecretAccessKey", c.SecretAccessKey}, {"Token", c.Token}, {"Expiration", timestamp(c.Expiration)},
	}), nil
}

// list returns what is below a path, one item per line. Directories end in a slash, but a
// role's name never does.
func list(leaves map[string]string, path string) (string, bool) {
	if path != "" && !strings.HasSuffix(path, "/") {
		path += "/"
	}
	found := map[string]bool{}
	for name := range leaves {
		if rest, ok := strings.CutPrefix(name, path); ok {
			first, _, deeper := strings.Cut(rest, "/")
			if deeper {
				first += "/"
			}
			found[first] = true
		}
	}
	if path == "" { // the top level is shown without slashes
		return "dynamic\nmeta-data", true
	}
	return strings.Join(slices.Sorted(maps.Keys(found)), "\n"), len(found) > 0
}
