package gateway

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/internal/textfile"
)

// The files that AWS's emulator writes at each start: its keys, in the form of the
// shared credentials file, and its certificate.
// https://docs.aws.amazon.com/emulator/latest/userguide/cli-reference.html#cli-reference-files
const (
	emulatorKeys   = "emulator_credentials"
	emulatorConfig = "config"
	emulatorCA     = "ca.pem"
)

var (
	errNoCertificate = errors.New("the file holds no certificate in PEM")
	errNoEmulator    = errors.New("AWS's emulator is not running")
)

// emulator is AWS's emulator, whose keys and certificate change at each start. They are read when
// they are first needed, and again when the files have changed.
type emulator struct {
	dir   string
	trust *tls.Config // of other upstreams
	waits waits

	mu       sync.Mutex
	keys, ca stamp
	key      sigv4.Credentials
	transports
}

// stamp tells whether a file has changed.
type stamp struct {
	info fs.FileInfo
}

// same reports whether the file is as it was.
func (s *stamp) same(now fs.FileInfo) bool {
	return s.info != nil && os.SameFile(s.info, now) && s.info.Size() == now.Size() && s.info.ModTime().Equal(now.ModTime())
}

func (e *emulator) target(at *url.URL, patient bool) (*target, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.refresh(); err != nil {
		return nil, err
	}
	return &target{url: at, transport: e.of(patient), key: e.key}, nil
}

// refresh reads the files if they have changed.
func (e *emulator) refresh() error {
	keys, err := os.Stat(filepath.Join(e.dir, emulatorKeys))
	if errors.Is(err, fs.ErrNotExist) { // it accepts calls with any signature
		keys, err = os.Stat(filepath.Join(e.dir, emulatorConfig))
	}
	if err != nil {
		return fmt.Errorf("%w: its files are not there (%w)", errNoEmulator, err)
	}
	ca, err := os.Stat(filepath.Join(e.dir, emulatorCA))
	if err != nil {
		return fmt.Errorf("%w: its files are not there (%w)", errNoEmulator, err)
	}
	if e.keys.same(keys) && e.ca.same(ca) {
		return nil
	}
	if err := e.read(); err != nil {
		return err
	}
	e.keys, e.ca = stamp{keys}, stamp{ca}
	return nil
}

func (e *emulator) read() error {
	pool, err := certificates(filepath.Join(e.dir, emulatorCA))
	if err != nil {
		return err
	}
	trust := e.trust.Clone()
	trust.RootCAs = pool
	var key sigv4.Credentials
	for _, name := range []string{emulatorKeys, emulatorConfig} {
		text, err := textfile.Read(filepath.Join(e.dir, name), textfile.Document)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if key = readKeys(text); key.AccessKeyID != "" {
			break
		}
	}
	e.closeIdle()
	e.key, e.transports = key, newTransports(trust, e.waits)
	return nil
}

// readKeys finds the first key in a file of AWS's profiles.
func readKeys(text []byte) (key sigv4.Credentials) {
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), "=")
		value = strings.TrimSpace(value)
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "aws_access_key_id":
			key.AccessKeyID = value
		case "aws_secret_access_key":
			key.SecretAccessKey = value
		case "aws_session_token":
			key.SessionToken = value
		}
	}
	return key
}

func (e *emulator) close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closeIdle()
}
