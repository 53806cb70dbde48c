package services

import (
	"cmp"
	"strings"

	"github.com/understudy-iam/understudy/authz"
)

// launch finds the resources of RunInstances.
type launch struct {
	r     *reader
	out   *Needs
	needs []authz.Need
}

// runInstances replaces the needs of RunInstances itself. The caller needs the permission on every
// resource that is used or created. A subnet and a security group count even if the request names none,
// since EC2 takes the default ones, which are not known here.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ExamplePolicies_EC2.html#iam-example-runinstances
func runInstances(r *reader, n *Needs) error {
	l := &launch{r: r, out: n}
	for _, step := range []func() error{l.instance, l.network, l.volumes, l.named} {
		if err := step(); err != nil {
			return err
		}
	}
	for _, need := range n.Needs {
		if need.Action != "ec2:RunInstances" {
			l.needs = append(l.needs, need)
		}
	}
	if len(l.needs) > maxParts {
		return errTooMuch
	}
	n.Needs = l.needs
	return nil
}

// add needs a resource; "image/ami-1" is the part of its ARN that differs from others.
func (l *launch) add(resource string, keys ...authz.Key) {
	l.needs = append(l.needs, l.r.request.need("ec2:RunInstances", l.arn(resource), keys...))
}

// arn is the ARN of a resource; those of images and snapshots have no account.
func (l *launch) arn(resource string) string {
	r := *l.r.request
	if kind, _, _ := strings.Cut(resource, "/"); kind == "image" || kind == "snapshot" {
		r.Account = ""
	}
	return r.arn("ec2", resource)
}

// instanceKeys are the keys of an instance, with the member that has the value, and the value
// without that member.
var instanceKeys = []struct{ key, member, usual string }{
	{"ec2:AvailabilityZone", "Placement.AvailabilityZone", ""},
	{"ec2:EbsOptimized", "EbsOptimized", "false"},
	{"ec2:InstanceMarketType", "InstanceMarketOptions.MarketType", "on-demand"},
	{"ec2:InstanceMetadataTags", "MetadataOptions.InstanceMetadataTags", ""},
	{"ec2:InstanceProfile", "IamInstanceProfile.Arn", ""},
	{"ec2:InstanceType", "InstanceType", ""},
	{"ec2:MetadataHttpEndpoint", "MetadataOptions.HttpEndpoint", ""},
	{"ec2:MetadataHttpPutResponseHopLimit", "MetadataOptions.HttpPutResponseHopLimit", ""},
	{"ec2:MetadataHttpTokens", "MetadataOptions.HttpTokens", ""},
	{"ec2:Tenancy", "Placement.Tenancy", "default"},
}

// instance needs the new instance and the image. The image may come from the launch template.
func (l *launch) instance() error {
	var keys []authz.Key
	for _, k := range instanceKeys {
		text, err := l.r.text(k.member)
		if err != nil {
			return err
		}
		if text = cmp.Or(text, k.usual); text != "" {
			keys = append(keys, authz.String(k.key, text))
		}
	}
	image, err := l.r.text("ImageId")
	if err != nil {
		return err
	}
	l.add("instance/*", keys...)
	if image != "" {
		l.add("image/"+image, authz.String("ec2:ImageID", image))
	} else {
		l.add("image/*")
		l.out.Resolution = Unresolved
	}
	return nil
}

// network needs the subnets, the security groups and the network interfaces.
func (l *launch) network() error {
	var subnets, groups unique
	for _, part := range []struct {
		path string
		into *unique
	}{
		{"SubnetId", &subnets}, {"NetworkInterface[].SubnetId", &subnets},
		{"SecurityGroupId[]", &groups}, {"NetworkInterface[].SecurityGroupId[]", &groups},
	} {
		found, err := l.r.list(part.path)
		if err != nil {
			return err
		}
		part.into.add(found...)
	}
	made, err := l.interfaces()
	if err != nil {
		return err
	}
	if made {
		subnets.list, groups.list = orAny(subnets.list), orAny(groups.list)
	}
	for _, id := range subnets.list {
		l.add("subnet/"+id, idKey("ec2:SubnetID", id)...)
	}
	for _, id := range groups.list {
		l.add("security-group/"+id, idKey("ec2:SecurityGroupID", id)...)
	}
	return nil
}

// interfaces needs each network interface. It reports whether one is created: if none is named, one
// is created in the subnet of the instance.
func (l *launch) interfaces() (made bool, err error) {
	all, err := l.r.walk(parseSteps("NetworkInterface[]"))
	if err != nil {
		return false, err
	}
	for _, v := range all {
		one, err := l.interfaceOf(v)
		if err != nil {
			return false, err
		}
		made = made || one
	}
	if len(all) > 0 {
		return made, nil
	}
	subnet, err := l.r.text("SubnetId")
	l.add("network-interface/*", l.subnetKey(subnet)...)
	return true, err
}

// interfaceOf needs a network interface that is named by its ID, or created.
func (l *launch) interfaceOf(v value) (made bool, err error) {
	var texts [3]string
	for i, name := range []string{"NetworkInterfaceId", "SubnetId", "AssociatePublicIpAddress"} {
		m, err := v.member(name)
		if err != nil {
			return false, err
		}
		texts[i] = textOf(m)
	}
	id, subnet, public := texts[0], texts[1], texts[2]
	if id != "" {
		l.add("network-interface/"+id, authz.String("ec2:NetworkInterfaceID", id))
		return false, nil
	}
	keys := l.subnetKey(subnet)
	if public != "" {
		keys = append(keys, authz.String("ec2:AssociatePublicIpAddress", public))
	}
	l.add("network-interface/*", keys...)
	return true, nil
}

// subnetKey returns the key with the subnet of a network interface, if that is known.
func (l *launch) subnetKey(id string) []authz.Key {
	if id == "" {
		return nil
	}
	return []authz.Key{authz.String("ec2:Subnet", l.arn("subnet/"+id))}
}

// orAny returns a star if nothing is named.
func orAny(ids []string) []string {
	if len(ids) == 0 {
		return []string{"*"}
	}
	return ids
}

// idKey returns the key with the ID of a resource, if that is known.
func idKey(key, id string) []authz.Key {
	if id == "*" {
		return nil
	}
	return []authz.Key{authz.String(key, id)}
}

// volumeKeys are the keys of a new volume.
var volumeKeys = []struct{ key, member string }{
	{"ec2:Encrypted", "Encrypted"}, {"ec2:KmsKeyId", "KmsKeyId"}, {"ec2:VolumeIops", "Iops"}, {"ec2:VolumeSize", "VolumeSize"},
	{"ec2:VolumeThroughput", "Throughput"}, {"ec2:VolumeType", "VolumeType"},
}

// volumes needs the volumes of the mappings or, without any, the root volume of the image.
func (l *launch) volumes() error {
	found, err := l.r.walk(parseSteps("BlockDeviceMapping[].Ebs"))
	if err != nil {
		return err
	}
	if len(found) == 0 {
		l.add("volume/*")
	}
	for _, v := range found {
		if err := l.volume(v); err != nil {
			return err
		}
	}
	return nil
}

func (l *launch) volume(v value) error {
	var keys []authz.Key
	for _, k := range volumeKeys {
		m, err := v.member(k.member)
		if err != nil {
			return err
		}
		if text := textOf(m); text != "" {
			keys = append(keys, authz.String(k.key, text))
		}
	}
	m, err := v.member("SnapshotId")
	if err != nil {
		return err
	}
	if snapshot := textOf(m); snapshot != "" {
		keys = append(keys, authz.String("ec2:ParentSnapshot", l.arn("snapshot/"+snapshot)))
		l.add("snapshot/"+snapshot, authz.String("ec2:SnapshotID", snapshot))
	}
	l.add("volume/*", keys...)
	return nil
}

// named needs the other resources that a request may name.
func (l *launch) named() error {
	for _, k := range []struct{ kind, key, member string }{
		{"key-pair", "ec2:KeyPairName", "KeyName"},
		{"placement-group", "ec2:PlacementGroupName", "Placement.GroupName"},
		{"capacity-reservation", "", "CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationId"},
	} {
		text, err := l.r.text(k.member)
		if err != nil {
			return err
		}
		switch {
		case text == "":
		case k.key == "":
			l.add(k.kind + "/" + text)
		default:
			l.add(k.kind+"/"+text, authz.String(k.key, text))
		}
	}
	return l.template()
}

// template needs the launch template, which may set everything that the request does not.
func (l *launch) template() error {
	id, err := l.r.text("LaunchTemplate.LaunchTemplateId")
	if err != nil {
		return err
	}
	name, err := l.r.text("LaunchTemplate.LaunchTemplateName")
	switch {
	case err != nil || id == "" && name == "":
		return err
	case id == "":
		l.add("launch-template/*")
	default:
		l.add("launch-template/" + id)
		for i := range l.needs {
			l.needs[i].Keys = append(l.needs[i].Keys, authz.String("ec2:LaunchTemplate", l.arn("launch-template/"+id)))
		}
	}
	l.out.Resolution = Unresolved
	return nil
}
