package main

import (
	"fmt"
	"maps"
	"slices"
)

// isJSON reports whether the service speaks JSON, and not the query protocol.
func (m *apiModel) isJSON() bool { return m.Metadata.Protocol == "json" }

// isREST reports whether the service speaks REST with JSON.
func (m *apiModel) isREST() bool { return m.Metadata.Protocol == "rest-json" }

// keep drops the operations that are not in the list, and the shapes that no
// remaining operation needs. Without a list it keeps everything.
func (m *apiModel) keep(operations []string) error {
	if operations == nil {
		return nil
	}
	kept, needed := map[string]apiOperation{}, map[string]bool{}
	for _, name := range operations {
		op, ok := m.Operations[name]
		if !ok {
			return fmt.Errorf("operation %s is not in botocore", name)
		}
		kept[name] = op
		for _, ref := range slices.Concat(op.Errors, []apiRef{*op.Input, *op.Output}) {
			m.need(ref.Shape, needed)
		}
	}
	m.Operations = kept
	maps.DeleteFunc(m.Shapes, func(name string, _ *apiShape) bool { return !needed[name] })
	return nil
}

// need records a shape, and the shapes that it is made of.
func (m *apiModel) need(shape string, needed map[string]bool) {
	if needed[shape] {
		return
	}
	needed[shape] = true
	for _, below := range m.below(shape) {
		m.need(below, needed)
	}
}

// dropOwnErrors removes the constraints from the shapes in ownError.
func (m *apiModel) dropOwnErrors() {
	for name, s := range m.Shapes {
		if ownError[name] {
			s.Min, s.Max, s.Enum = nil, nil, nil
		}
	}
}
