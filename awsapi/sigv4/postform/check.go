package postform

import (
	"strings"
	"time"
)

// Check checks the form against its policy, for the bucket and the time given. A form without a
// policy passes; the caller decides whether it may be uploaded. Check does not verify the signature
// of the policy: see Verify.
func (f *Form) Check(bucket string, now time.Time) error {
	if f.Field("policy") == "" {
		return nil
	}
	p, err := readPolicy(f.Field("policy"))
	if err != nil {
		return err
	}
	if !now.Before(p.expiration) {
		return notAllowed("Policy expired.")
	}
	fields := f.checked(bucket)
	covered := map[string]bool{}
	for _, c := range p.conditions {
		if c.operator == sizeRange {
			limits, ok := c.sizes()
			if !ok {
				return notAllowed("Policy Condition failed: " + c.text)
			}
			f.limits = limits.within(f.limits)
			continue
		}
		value, there := fields[c.field()]
		if !c.holds(value, there) {
			return notAllowed("Policy Condition failed: " + c.text)
		}
		covered[c.field()] = true
	}
	return f.covered(covered)
}

// within returns the sizes that both ranges allow.
func (s sizes) within(other sizes) sizes {
	return sizes{max(s.least, other.least), min(s.most, other.most)}
}

// checked returns the values that conditions are compared with, by the names of fields in lower
// case. The bucket is that of the request; a field for it, if there is one, must have the same
// value.
func (f *Form) checked(bucket string) map[string]string {
	fields := map[string]string{"bucket": bucket}
	for _, field := range f.fields {
		fields[strings.ToLower(field.name)] = field.value
	}
	fields["key"], fields["bucket"] = f.key, bucket
	return fields
}

// covered refuses a form with a field that no condition names. The bucket must be named too, though
// it is in the URL.
func (f *Form) covered(by map[string]bool) error {
	if !by["bucket"] {
		return notAllowed("Extra input fields: bucket")
	}
	for _, field := range f.fields {
		lower := strings.ToLower(field.name)
		switch {
		case by[lower], lower == "policy", lower == "x-amz-signature", strings.HasPrefix(lower, "x-ignore-"):
		default:
			return notAllowed("Extra input fields: " + field.name)
		}
	}
	return nil
}
