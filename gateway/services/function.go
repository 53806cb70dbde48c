package services

import (
	"strings"

	"github.com/understudy-iam/understudy/principal"
)

// functions read the part of a member's value that counts, where a pattern is not enough. The table
// names them with "@". The value may be an ARN.
var functions = map[string]func(string) string{
	"@arn": onlyARN, "@bus": busPrefix, "@ec2": ec2Resource, "@elb": balancer, "@function": functionName,
	"@key": keyID, "@mailbox": mailbox, "@organization": organization, "@qualifier": qualifier, "@ssm": ssmType,
}

// lastOf returns what is after the last slash or colon.
func lastOf(text string) string { return text[strings.LastIndexAny(text, ":/")+1:] }

// onlyARN returns a star for a value that is not an ARN, for resources whose kind only an ARN
// shows.
func onlyARN(text string) string {
	if isARN(text) {
		return text
	}
	return "*"
}

// busPrefix returns what is before the name of a rule of EventBridge: nothing for the default bus.
func busPrefix(bus string) string {
	if isARN(bus) {
		bus = lastOf(bus)
	}
	if bus == "" || bus == "default" {
		return ""
	}
	return bus + "/"
}

// functionName reads the forms of a Lambda function's name other than an ARN: NAME,
// ACCOUNT:function:NAME and REGION:ACCOUNT:function:NAME, each with or without a qualifier.
func functionName(name string) string {
	if isARN(name) {
		return name
	}
	if _, after, ok := strings.Cut(name, ":function:"); ok {
		return after
	}
	return strings.TrimPrefix(name, "function:")
}

// qualifier returns what the qualifier adds to the ARN of a function.
func qualifier(text string) string {
	if text == "" {
		return ""
	}
	return ":" + text
}

// keyID returns the ID of a key of KMS, or its ARN. For an alias it returns a star: the request
// does not show its key, which may be any key of the alias's account.
func keyID(text string) string {
	alias, ok := keyAlias(text)
	switch {
	case !ok:
		return strings.TrimPrefix(text, "key/")
	case alias == text:
		return "*"
	}
	return strings.TrimSuffix(text, alias) + "key/*"
}

// keyAlias returns the alias, with "alias/" before it, if the name or the ARN of a key is one.
func keyAlias(text string) (alias string, ok bool) {
	alias = text
	if a, ok := principal.ParseARN(text); ok && a.Service == "kms" {
		alias = a.Resource
	}
	return alias, strings.HasPrefix(alias, "alias/")
}

// balancers are the kinds of load balancers in their ARNs.
var balancers = map[string]string{"application": "app", "network": "net", "gateway": "gwy"}

func balancer(kind string) string {
	if known := balancers[kind]; known != "" {
		return known
	}
	return kind
}

// mailbox returns the address in "Name <address>".
func mailbox(text string) string {
	if i := strings.LastIndexByte(text, '<'); i >= 0 {
		return strings.TrimSuffix(strings.TrimSpace(text[i+1:]), ">")
	}
	return text
}

// ssmTypes are the kinds of resources that ARNs of Systems Manager do not spell as the request does
// in lower case.
var ssmTypes = map[string]string{"ManagedInstance": "managed-instance", "Automation": "automation-execution"}

func ssmType(kind string) string {
	if known := ssmTypes[kind]; known != "" {
		return known
	}
	return strings.ToLower(kind)
}

// ec2Prefixes are the kinds of resources by the prefix of their IDs.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html
var ec2Prefixes = map[string]string{
	"acl": "network-acl", "ami": "image", "cgw": "customer-gateway", "cr": "capacity-reservation", "cvpn-endpoint": "client-vpn-endpoint",
	"dopt": "dhcp-options", "eigw": "egress-only-internet-gateway", "eipalloc": "elastic-ip",
	"eni": "network-interface", "fl": "vpc-flow-log", "fleet": "fleet", "h": "dedicated-host",
	"i": "instance", "igw": "internet-gateway", "ipam": "ipam", "ipam-pool": "ipam-pool",
	"ipam-scope": "ipam-scope", "key": "key-pair", "lt": "launch-template", "nat": "natgateway", "pcx": "vpc-peering-connection",
	"pg": "placement-group", "pl": "prefix-list", "rtb": "route-table", "sfr": "spot-fleet-request", "sg": "security-group",
	"sgr": "security-group-rule", "sir": "spot-instances-request", "snap": "snapshot", "subnet": "subnet", "tgw": "transit-gateway",
	"tgw-attach": "transit-gateway-attachment", "tgw-rtb": "transit-gateway-route-table", "vgw": "vpn-gateway", "vol": "volume",
	"vpc": "vpc", "vpce": "vpc-endpoint", "vpce-svc": "vpc-endpoint-service", "vpn": "vpn-connection",
}

// ec2Resource returns the resource part of the ARN for an ID of EC2.
func ec2Resource(id string) string {
	if isARN(id) {
		return id
	}
	prefix := id[:max(0, strings.LastIndexByte(id, '-'))]
	if kind := ec2Prefixes[prefix]; kind != "" {
		return kind + "/" + id
	}
	return "*/" + id
}

// organization returns the resource part of the ARN for an ID of Organizations. The
// organization's own ID is not in a request.
func organization(id string) string {
	prefix, _, ok := strings.Cut(id, "-")
	switch {
	case isARN(id):
		return id
	case !ok:
		return "account/o-*/" + id
	case prefix == "r":
		return "root/o-*/" + id
	case prefix == "p":
		return "policy/o-*/*/" + id
	case prefix == "rp":
		return "resourcepolicy/o-*/" + id
	case prefix == "rt":
		return "transfer/o-*/*/*/" + id
	}
	return prefix + "/o-*/" + id
}
