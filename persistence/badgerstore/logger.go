package badgerstore

import (
	"fmt"
	"log/slog"
	"strings"
)

// logger passes on Badger's warnings and errors. Badger's other messages are of no use
// to a user of the server.
type logger struct{ to *slog.Logger }

func (l logger) Errorf(format string, args ...any)   { l.log((*slog.Logger).Error, format, args) }
func (l logger) Warningf(format string, args ...any) { l.log((*slog.Logger).Warn, format, args) }
func (l logger) Infof(string, ...any)                {}
func (l logger) Debugf(string, ...any)               {}

func (l logger) log(at func(*slog.Logger, string, ...any), format string, args []any) {
	if l.to != nil {
		at(l.to, "badger: "+strings.TrimSpace(fmt.Sprintf(format, args...)))
	}
}
