package policytest

import (
	"bufio"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/understudy-iam/understudy/decisions"
)

// WriteJSON writes the report as JSON.
func (r *Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(r)
}

// WriteTAP writes the report in the Test Anything Protocol, version 13.
// https://testanything.org/tap-version-13-specification.html
func (r *Report) WriteTAP(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "TAP version 13\n1..%d\n", len(r.Rows))
	for i := range r.Rows {
		row := &r.Rows[i]
		state := "ok"
		if !row.Passed {
			state = "not ok"
		}
		title := strings.ReplaceAll(decisions.Clean(row.Title()), "#", `\#`)
		fmt.Fprintf(b, "%s %d - %s:%d: %s\n", state, i+1, decisions.Clean(row.File), row.Line, title)
		if !row.Passed {
			for line := range strings.SplitSeq(strings.TrimRight(Text{}.why(row), "\n"), "\n") {
				fmt.Fprintf(b, "# %s\n", strings.TrimPrefix(line, failIndent))
			}
		}
	}
	return b.Flush()
}

// The form that CI servers read: a suite for each file, and a case for each row.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		File    string        `xml:"file,attr"`
		Line    int           `xml:"line,attr"`
		Failure *junitFailure `xml:"failure"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
)

// WriteJUnit writes the report as the XML of JUnit.
func (r *Report) WriteJUnit(w io.Writer) error {
	all := junitSuites{Tests: len(r.Rows), Failures: r.Failed}
	for i := range r.Rows {
		row := &r.Rows[i]
		if n := len(all.Suites); n == 0 || all.Suites[n-1].Name != row.File {
			all.Suites = append(all.Suites, junitSuite{Name: row.File})
		}
		suite := &all.Suites[len(all.Suites)-1]
		c := junitCase{Name: inXML(row.Title()), Class: inXML(row.File), File: inXML(row.File), Line: row.Line}
		suite.Tests++
		if !row.Passed {
			suite.Failures++
			c.Failure = &junitFailure{
				Message: inXML(upper(row.Failure) + "."), Type: string(row.Expect), Text: inXML("\n" + Text{}.why(row)),
			}
		}
		suite.Cases = append(suite.Cases, c)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(&all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// inXML is a string without the characters that XML cannot have.
func inXML(s string) string {
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || r < ' ' && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, s)
}
