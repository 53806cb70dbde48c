package services

import (
	"strings"
	"testing"
)

// TestReadElement checks that a body is refused of which readers could take
// different things.
func TestReadElement(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		"<a/>", "<?xml version=\"1.0\"?>\n<a>text</a>\n", "\ufeff<a><b/></a>",
		strings.Repeat("<a>", maxDepth) + strings.Repeat("</a>", maxDepth),
	} {
		if e, err := readElement([]byte(body)); err != nil || e.name != "a" {
			t.Errorf("%.40q is %+v, %v", body, e, err)
		}
	}
	for _, body := range []string{
		"<a>", "<?xml version=\"1.0\"?>", "<a/>text", "<a/><b/>", "<a/><?b c?>", "<!-- b --><a/>", "<a><!-- b --></a>", "<!DOCTYPE a><a/>",
		"<a>&b;</a>", strings.Repeat("<a>", maxDepth+1) + strings.Repeat("</a>", maxDepth+1),
		"<a>" + strings.Repeat("<b/>", maxElements) + "</a>",
	} {
		if e, err := readElement([]byte(body)); err == nil {
			t.Errorf("%.40q is read as %+v", body, e)
		}
	}
}
