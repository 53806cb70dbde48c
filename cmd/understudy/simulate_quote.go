package main

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// begin is the position where the statement itself begins. The simulator's span begins
// after the previous token, so white space and a comma may come first. The span of a
// statement that is not in a list begins after the statement's own brace.
func begin(lines []string, s types.Statement) (line int, column int32) {
	first := int(s.StartPosition.Line)
	column = s.StartPosition.Column
	for line = first; line <= len(lines); line++ {
		rest := lines[line-1][offset(lines[line-1], column):]
		if text := strings.TrimLeft(rest, " \t,"); text != "" {
			if text[0] == '{' {
				return line, column + int32(len(rest)-len(text))
			}
			break
		}
		column = 1
	}
	return first, s.StartPosition.Column - 1
}

// splitLines splits at CR LF, LF and CR, each of which ends a line.
func splitLines(s string) []string {
	return strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s), "\n")
}

// offset is the byte offset of a column. A character beyond U+FFFF takes two columns.
func offset(line string, column int32) int {
	for i, r := range line {
		if column <= 1 {
			return i
		}
		column--
		if r > 0xFFFF {
			column--
		}
	}
	return len(line)
}

// statementText is the statement itself.
func statementText(document string, s types.Statement) string {
	lines := splitLines(document)
	first, column := begin(lines, s)
	last := int(s.EndPosition.Line)
	if first < 1 || last > len(lines) || first > last {
		return ""
	}
	part := append([]string{}, lines[first-1:last]...)
	part[len(part)-1] = part[len(part)-1][:offset(part[len(part)-1], s.EndPosition.Column)]
	part[0] = part[0][min(offset(lines[first-1], column), len(part[0])):]
	return strings.Join(part, "\n")
}
