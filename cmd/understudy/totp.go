package main

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"time"

	"github.com/understudy-iam/understudy/internal/mfa"
	"github.com/understudy-iam/understudy/management"
)

type totpCommand struct {
	endpoint
	Device string `arg:"" placeholder:"DEVICE" help:"@totpDevice"`
	Pair   bool   `help:"Print the next code too: EnableMFADevice and ResyncMFADevice want two, one after the other."`
	JSON   bool   `name:"json" help:"Print JSON."`
}

// Help is the end of the help text.
func (*totpCommand) Help() string {
	return `The code of a device is one that has not been used, by the server's clock.

    aws sts get-session-token --serial-number "$SERIAL" \
      --token-code "$(understudy totp "$SERIAL")"
    read -r one two <<<"$(understudy totp --pair "$SEED")"
    aws iam enable-mfa-device --user-name alice --serial-number "$SERIAL" \
      --authentication-code1 "$one" --authentication-code2 "$two"`
}

// seedPattern matches a seed in base32. No serial number matches it.
var seedPattern = regexp.MustCompile(`^[A-Z2-7]{16,}=*$`)

// Run prints the code.
func (c *totpCommand) Run() error {
	codes, err := c.codes()
	switch {
	case err != nil:
		return err
	case c.JSON:
		return printJSON(management.MFACodes{Codes: codes[:]})
	case c.Pair:
		_, err = fmt.Fprintln(os.Stdout, codes[0], codes[1])
	default:
		_, err = fmt.Fprintln(os.Stdout, codes[0])
	}
	return err
}

func (c *totpCommand) codes() ([2]string, error) {
	if seedPattern.MatchString(c.Device) {
		codes, err := mfa.CodesOfSeed(c.Device, time.Now())
		if err != nil {
			err = usageError{fmt.Errorf("the seed is not base32: %w", err)}
		}
		return codes, err
	}
	m, err := c.manage()
	if err != nil {
		return [2]string{}, err
	}
	codes, err := m.MFACodes(context.Background(), c.Device)
	return codes, m.told(err)
}
