package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// check reports a quirk that no longer fits the models: a name in it that is in
// none of them.
func check(models map[string]*apiModel) error {
	shapes, structs := map[string]*apiShape{}, map[string]*apiShape{}
	for _, m := range models {
		maps.Copy(shapes, m.Shapes)
		maps.Copy(structs, m.Shapes)
	}
	for _, m := range models {
		for name, op := range m.Operations {
			if op.Output != nil {
				structs[name+"Output"] = m.Shapes[op.Output.Shape]
			}
		}
	}
	for _, name := range shapeQuirks() {
		if shapes[name] == nil {
			return fmt.Errorf("quirk of the shape %s, which is in no model", name)
		}
	}
	for name, values := range enumOrder {
		if !slices.Equal(slices.Sorted(slices.Values(values)), slices.Sorted(slices.Values(shapes[name].Enum))) {
			return fmt.Errorf("quirk of %s: the model's values are %v", name, shapes[name].Enum)
		}
	}
	for _, path := range memberQuirks() {
		name, member, _ := strings.Cut(path, ".")
		if s := structs[name]; s == nil || !slices.ContainsFunc(s.Members, func(m namedRef) bool { return m.name == member }) {
			return fmt.Errorf("quirk of the member %s, which is in no model", path)
		}
	}
	return nil
}

func shapeQuirks() []string {
	var list []string
	list = slices.AppendSeq(list, maps.Keys(enumOrder))
	list = slices.AppendSeq(list, maps.Keys(bareEnum))
	list = slices.AppendSeq(list, maps.Keys(maxOverride))
	list = slices.AppendSeq(list, maps.Keys(elementPattern))
	list = slices.AppendSeq(list, maps.Keys(ownError))
	return slices.AppendSeq(list, maps.Keys(plain))
}

func memberQuirks() []string {
	list := slices.Collect(maps.Keys(millis))
	for name, members := range wireOrder {
		for _, m := range members {
			list = append(list, name+"."+m)
		}
	}
	return list
}
