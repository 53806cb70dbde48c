package services

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// shownOfEC2 keeps what is shown of operations of EC2. CloudTrail shows their lists as sets, under
// names of its own.
var shownOfEC2 = map[string]func(*Shown, url.Values){
	"RunInstances":       (*Shown).launched,
	"RebootInstances":    (*Shown).instances,
	"StartInstances":     (*Shown).instances,
	"StopInstances":      (*Shown).instances,
	"TerminateInstances": (*Shown).instances,
}

// instances keeps the IDs of instances.
func (s *Shown) instances(form url.Values) {
	f := readEC2(form)
	s.set("instancesSet", f.items("InstanceId", func(id formValue) map[string]any {
		return ec2Members(id, ec2Member{"", "instanceId", ""})
	}))
}

// ec2Member is a member of a form, CloudTrail's name of it, and what it is: "" a string, "n" a
// number, "b" a Boolean.
type ec2Member struct{ member, shown, kind string }

// launched keeps what is shown of RunInstances. Where a request says nothing about devices,
// monitoring and protection, CloudTrail shows that there are none, as seen in the events that
// stratus-red-team has published of its technique ec2-launch-unusual-instances.
func (s *Shown) launched(form url.Values) {
	f := readEC2(form)
	one := ec2Members(f, ec2Member{"ImageId", "imageId", ""}, ec2Member{"MinCount", "minCount", "n"},
		ec2Member{"MaxCount", "maxCount", "n"}, ec2Member{"KeyName", "keyName", ""})
	s.set("instancesSet", []any{one})
	for name, v := range ec2Members(f, ec2Member{"InstanceType", "instanceType", ""}, ec2Member{"SubnetId", "subnetId", ""},
		ec2Member{"ClientToken", "clientToken", ""}, ec2Member{"EbsOptimized", "ebsOptimized", "b"}) {
		s.shape(name, v)
	}
	s.shape("disableApiTermination", form.Get("DisableApiTermination") == "true")
	s.shape("disableApiStop", form.Get("DisableApiStop") == "true")
	s.shape("monitoring", map[string]any{"enabled": form.Get("Monitoring.Enabled") == "true"})
	s.devices(f)
	s.groups(f)
	s.profile(form)
	if form.Get("UserData") != "" {
		s.shape("userData", "<sensitiveDataRemoved>")
	}
}

// devices keeps the mapping of devices.
func (s *Shown) devices(f formValue) {
	items := f.items("BlockDeviceMapping", func(v formValue) map[string]any {
		device := ec2Members(v, ec2Member{"DeviceName", "deviceName", ""})
		ebs := ec2Members(v, ec2Member{"Ebs.DeleteOnTermination", "deleteOnTermination", "b"}, ec2Member{"Ebs.Encrypted", "encrypted", "b"},
			ec2Member{"Ebs.Iops", "iops", "n"}, ec2Member{"Ebs.SnapshotId", "snapshotId", ""},
			ec2Member{"Ebs.Throughput", "throughput", "n"}, ec2Member{"Ebs.VolumeSize", "volumeSize", "n"},
			ec2Member{"Ebs.VolumeType", "volumeType", ""})
		if len(ebs) > 0 {
			device["ebs"] = ebs
		}
		return device
	})
	if len(items) == 0 {
		s.shape("blockDeviceMapping", map[string]any{})
		return
	}
	s.set("blockDeviceMapping", items)
}

// groups keeps the security groups and the tags.
func (s *Shown) groups(f formValue) {
	groups := f.items("SecurityGroupId", func(v formValue) map[string]any { return ec2Members(v, ec2Member{"", "groupId", ""}) })
	groups = append(groups, f.items("SecurityGroup", func(v formValue) map[string]any {
		return ec2Members(v, ec2Member{"", "groupName", ""})
	})...)
	s.set("groupSet", groups)
	s.set("tagSpecificationSet", f.items("TagSpecification", func(v formValue) map[string]any {
		spec := ec2Members(v, ec2Member{"ResourceType", "resourceType", ""})
		spec["tags"] = v.items("Tag", func(t formValue) map[string]any {
			return ec2Members(t, ec2Member{"Key", "key", ""}, ec2Member{"Value", "value", ""})
		})
		return spec
	}))
}

// profile keeps the instance profile.
func (s *Shown) profile(form url.Values) {
	for _, name := range []string{"Arn", "Name"} {
		if text := form.Get("IamInstanceProfile." + name); text != "" {
			s.shape("iamInstanceProfile", map[string]any{strings.ToLower(name): strings.Clone(text)})
			return
		}
	}
}

// set keeps a list as EC2's records have it; nothing if it is empty.
func (s *Shown) set(name string, items []any) {
	if len(items) > 0 {
		s.shape(name, map[string]any{"items": items})
	}
}

// shape keeps what is shown as it is.
func (s *Shown) shape(name string, v any) { s.add(name, shownAsIs, v, lengthOf(v)) }

// lengthOf is about what a value takes.
func lengthOf(v any) int {
	n := 16
	switch v := v.(type) {
	case string:
		n += len(v)
	case []any:
		for _, e := range v {
			n += lengthOf(e)
		}
	case map[string]any:
		for k, e := range v {
			n += len(k) + lengthOf(e)
		}
	}
	return n
}

func readEC2(form url.Values) formValue {
	names := make([]string, 0, len(form))
	for name := range form {
		names = append(names, name)
	}
	slices.Sort(names)
	return formValue{&formIndex{form, names}, ""}
}

// items returns what f makes of the elements of a list; none if it cannot be read.
func (v formValue) items(name string, f func(formValue) map[string]any) []any {
	elements, err := v.list(name)
	if err != nil {
		return nil
	}
	out := make([]any, 0, len(elements))
	for _, e := range elements {
		out = append(out, f(e.(formValue)))
	}
	return out
}

// ec2Members returns the members of a part of a form. The member "" is the part itself.
func ec2Members(v formValue, members ...ec2Member) map[string]any {
	out := map[string]any{}
	for _, m := range members {
		path := strings.TrimSuffix(v.prefix, ".")
		if m.member != "" {
			path = v.prefix + m.member
		}
		list := v.form.values[path]
		if len(list) == 0 {
			continue
		}
		switch m.kind {
		case "n":
			if n, err := strconv.ParseInt(list[0], 10, 64); err == nil {
				out[m.shown] = n
			}
		case "b":
			out[m.shown] = list[0] == "true"
		default:
			out[m.shown] = strings.Clone(list[0])
		}
	}
	return out
}
