package imds

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"github.com/understudy-iam/understudy/principal"
)

// instance is the machine that the endpoint pretends to be. Its IDs are derived from the
// account and the region, so that they are the same at each start.
type instance struct {
	account, region                  string
	partition                        principal.Partition
	id, image, vpc, subnet, mac, eni string
	privateIP                        string
	launched                         time.Time
}

func newInstance(account, region string, p principal.Partition) *instance {
	i := &instance{account: account, region: region, partition: p, privateIP: "10.0.0.10",
		launched: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	i.id, i.image, i.vpc = i.newID("i"), i.newID("ami"), i.newID("vpc")
	i.subnet, i.eni = i.newID("subnet"), i.newID("eni")
	i.mac = "02" + strings.ToLower(":"+strings.Join([]string{i.eni[4:6], i.eni[6:8], i.eni[8:10], i.eni[10:12], i.eni[12:14]}, ":"))
	return i
}

// newID returns an ID like EC2's: a prefix and 17 hexadecimal digits.
func (i *instance) newID(prefix string) string {
	sum := sha256.Sum256([]byte(prefix + " of " + i.account + " in " + i.region))
	return prefix + "-0" + hex.EncodeToString(sum[:8])
}

func (i *instance) arn() string {
	return i.partition.ARN(principal.ARN{Service: "ec2", Region: i.region, AccountID: i.account, Resource: "instance/" + i.id})
}

// hostname returns the private name: based on the IP address, with the domain of the region.
func (i *instance) hostname() string {
	domain := i.region + ".compute.internal"
	if i.region == "us-east-1" {
		domain = "ec2.internal"
	}
	return "ip-" + strings.ReplaceAll(i.privateIP, ".", "-") + "." + domain
}

// leaves returns the items below meta-data/, except those about the role.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-metadata-categories.html
func (i *instance) leaves() map[string]string {
	network := "network/interfaces/macs/" + i.mac + "/"
	return map[string]string{
		"ami-id":                      i.image,
		"ami-launch-index":            "0",
		"hostname":                    i.hostname(),
		"instance-id":                 i.id,
		"instance-life-cycle":         "on-demand",
		"instance-type":               "t3.micro",
		"local-hostname":              i.hostname(),
		"local-ipv4":                  i.privateIP,
		"mac":                         i.mac,
		network + "interface-id":      i.eni,
		network + "local-ipv4s":       i.privateIP,
		network + "mac":               i.mac,
		network + "owner-id":          i.account,
		network + "subnet-id":         i.subnet,
		network + "vpc-id":            i.vpc,
		"placement/availability-zone": i.region + "a",
		"placement/region":            i.region,
		"services/domain":             i.partition.Domain(),
		"services/partition":          i.partition.String(),
	}
}

// document returns the instance identity document.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-identity-documents.html
func (i *instance) document() string {
	return pretty([][2]any{
		{"accountId", i.account}, {"architecture", "x86_64"}, {"availabilityZone", i.region + "a"}, {"billingProducts", nil},
		{"devpayProductCodes", nil}, {"marketplaceProductCodes", nil}, {"imageId", i.image},
		{"instanceId", i.id}, {"instanceType", "t3.micro"}, {"kernelId", nil},
		{"pendingTime", timestamp(i.launched)}, {"privateIp", i.privateIP}, {"ramdiskId", nil},
		{"region", i.region}, {"version", "2017-09-30"},
	})
}

// pretty writes an object as EC2 does: one member per line, with blanks around the colon.
func pretty(members [][2]any) string {
	lines := make([]string, len(members))
	for n, m := range members {
		value, _ := json.Marshal(m[1]) // strings and nulls, which cannot fail
		lines[n] = `  "` + m[0].(string) + `" : ` + string(value)
	}
	return "{\n" + strings.Join(lines, ",\n") + "\n}"
}

func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }
