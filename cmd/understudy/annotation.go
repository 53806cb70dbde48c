package main

import (
	"fmt"
	"io"
	"strings"
)

// annotation is a message that GitHub Actions shows next to a line.
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
type annotation struct {
	level        string // error, warning or notice
	file         string
	line, column int
	title, text  string
}

func (a annotation) print(w io.Writer) error {
	value := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	_, err := fmt.Fprintf(w, "::%s file=%s,line=%d,col=%d,title=%s::%s\n", a.level, property.Replace(a.file), a.line, a.column,
		property.Replace(a.title), value.Replace(a.text))
	return err
}
