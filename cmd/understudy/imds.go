package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/imds"
	"github.com/understudy-iam/understudy/internal/webguard"
	"github.com/understudy-iam/understudy/principal"
	"github.com/understudy-iam/understudy/server"
)

// imdsFlags are the flags of serve for the endpoint at which default credential
// chains find a role.
type imdsFlags struct {
	Addr   string   `group:"Metadata:" name:"imds" env:"UNDERSTUDY_IMDS" placeholder:"HOST:PORT" help:"@imdsAddr"`
	Role   string   `group:"Metadata:" name:"imds-role" env:"UNDERSTUDY_IMDS_ROLE" placeholder:"ROLE" help:"@imdsRole"`
	Region string   `group:"Metadata:" name:"imds-region" env:"UNDERSTUDY_IMDS_REGION" placeholder:"REGION" help:"@imdsRegion"`
	V1     bool     `group:"Metadata:" name:"imds-v1" env:"UNDERSTUDY_IMDS_V1" help:"@imdsV1"`
	Token  string   `group:"Metadata:" name:"imds-token" env:"UNDERSTUDY_IMDS_TOKEN" placeholder:"TOKEN" help:"@imdsToken"`
	Hosts  []string `group:"Metadata:" name:"imds-host" env:"UNDERSTUDY_IMDS_HOST" placeholder:"NAME" help:"@imdsHosts"`
}

// options are the options of the endpoint.
func (f *imdsFlags) options(p principal.Partition) (imds.Options, error) {
	if f.Addr == "" {
		flag := firstGiven(givenFlag{"--imds-role", f.Role != ""}, givenFlag{"--imds-v1", f.V1}, givenFlag{"--imds-token", f.Token != ""},
			givenFlag{"--imds-host", len(f.Hosts) > 0})
		if flag != "" {
			return imds.Options{}, fmt.Errorf("%s has no effect without --imds; add the address, such as --imds "+
				"127.0.0.1:1338, or leave %s out", flag, flag)
		}
	}
	for _, name := range f.Hosts {
		if _, err := webguard.ParseHost(name); err != nil {
			return imds.Options{}, fmt.Errorf("--imds-host: %w", err)
		}
	}
	if of, ok := sigv4.Partition(f.Region); f.Region != "" && p.Mark() != "" && (!ok || of != p.String()) {
		return imds.Options{}, fmt.Errorf("--imds-region %q is not a region of the partition %s; give one such as %s", f.Region,
			p, p.Region())
	}
	if where, here := p.Elsewhere(f.Role); where != "" {
		return imds.Options{}, fmt.Errorf("--imds-role %s: %s; give %s", f.Role, where, here)
	}
	return imds.Options{Role: f.Role, Region: f.Region, AllowV1: f.V1, Token: f.Token, Hosts: f.Hosts}, nil
}

// listen opens the endpoint's port if it is wanted; otherwise the result is nil.
func (f *imdsFlags) listen() (net.Listener, error) {
	if f.Addr == "" {
		return nil, nil
	}
	return listen("--imds", f.Addr)
}

// serve answers in the background until ctx is done.
func (f *imdsFlags) serve(ctx context.Context, s *server.Server, ln net.Listener, logger *slog.Logger) {
	if ln == nil {
		return
	}
	logger.Info("listening for metadata", "addr", ln.Addr().String(), "role", f.Role)
	if err := s.CheckIMDS(ctx); err != nil && ctx.Err() == nil {
		logger.Warn("--imds-role", "reason", err)
	}
	go func() {
		if err := s.ServeIMDS(ctx, ln); err != nil && !errors.Is(err, context.Canceled) {
			logger.Error("the metadata endpoint has stopped", "error", err)
		}
	}()
}

// announce says how to use the endpoint.
func (f *imdsFlags) announce(ln net.Listener) {
	if ln == nil {
		return
	}
	addr, role := ln.Addr().String(), f.Role
	if role == "" {
		role = "ROLE"
	}
	fmt.Fprintf(os.Stdout, "Credentials for default chains:  AWS_EC2_METADATA_SERVICE_ENDPOINT=http://%s  or  "+
		"AWS_CONTAINER_CREDENTIALS_FULL_URI=http://%s/v2/credentials/%s\n",
		addr, addr, role)
}
