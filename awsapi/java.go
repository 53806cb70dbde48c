package awsapi

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// AWS lists the errors of an input in the iteration order of a Java HashMap of its members' names:
// every recorded order (value before key; minimumPasswordLength, passwordReusePrevention,
// maxPasswordAge; clientIDList, thumbprintList, url) is that of a map of 16 buckets.

// javaOrder returns the indexes of names in the iteration order of a java.util.HashMap into which
// they were put one by one.
func javaOrder(names []string) []int {
	buckets := uint32(16)
	for len(names)*4 > int(buckets)*3 { // the load factor of 0.75
		buckets *= 2
	}
	order := make([]int, len(names))
	bucket := make([]uint32, len(names))
	for i, name := range names {
		h := javaHash(name)
		order[i], bucket[i] = i, (h^h>>16)&(buckets-1)
	}
	slices.SortStableFunc(order, func(a, b int) int { return int(bucket[a]) - int(bucket[b]) })
	return order
}

// javaHash returns String.hashCode of an ASCII string.
func javaHash(s string) uint32 {
	var h uint32
	for i := range len(s) {
		h = 31*h + uint32(s[i])
	}
	return h
}

// echoStructures prints a list of structures as Java prints it (recorded for the tags of
// AssumeRole): [Tag(key=team, value=red), Tag(key=site, value=null)]. The items belong to the
// caller, who reads them again.
func (d *decoder) echoStructures(f *fieldPlan, items []pair, n int) echoed {
	return func() string {
		list := reflect.MakeSlice(f.typ, n, n)
		probe := decoder{service: d.service}
		if err := probe.structures(f, list, slices.Clone(items)); err != nil {
			return "'[]'" // never seen: the same error ends the reading
		}
		return "'" + javaString(f.typePlan, list) + "'"
	}
}

// javaString prints a value as the toString method of AWS's classes does. Only for Tag was it seen
// that members are in the order of the model.
func javaString(plan *typePlan, v reflect.Value) string {
	if plan.pointer {
		if v.IsNil() {
			return "null"
		}
		v = v.Elem()
	}
	switch plan.kind {
	case kindList:
		list := make([]string, v.Len())
		for i := range list {
			list[i] = javaString(plan.elem, v.Index(i))
		}
		return "[" + strings.Join(list, ", ") + "]"
	case kindStruct:
		members := make([]string, len(plan.fields.wire))
		for i, m := range plan.fields.wire {
			members[i] = m.path + "=" + javaString(m.typePlan, v.Field(m.index))
		}
		return plan.fields.typ.Name() + "(" + strings.Join(members, ", ") + ")"
	}
	return fmt.Sprint(v.Interface())
}
