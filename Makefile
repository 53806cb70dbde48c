# Understudy. `make` alone prints what there is.

GO          ?= go
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0
GATE        := $(GO) run ./internal/cmd/gate
VERSION     := $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
LDFLAGS     := -s -w -X main.version=$(VERSION)
FUZZTIME    ?= 20s
# Inputs are not made smaller: it takes most of a run. 10s makes one that fails readable.
MINIMIZETIME ?= 0x
# For all fuzzers and their builds, on two cores.
FUZZWITHIN  ?= 140s
# The tests that need clients. The others of conformance are in test and race.
CLIENTS      = $(shell grep -l '^//go:build conformance' conformance/*_test.go | xargs grep -ohE '^func Test\w+' | cut -c6- | paste -sd '|')
# Python's own directory and a colon, where Python is pyenv's: its stand-ins take as long
# to start as the AWS CLI, which runs hundreds of times.
PYTHONS      = $(addsuffix :,$(patsubst %/,%,$(dir $(shell pyenv which python3 2>/dev/null))))
# How long torture takes, in minutes: about half for tests, which say how many rounds they
# did, and half for fuzzers. Builds come on top.
MINUTES     ?= 60
# The files with tests that are long when torture is wanted, and the tests in them.
LONG_FILES   = $(shell grep -rlE 'testkit\.(Rounds|Long|Thorough)\b' --include='*_test.go' . | grep -v '^./internal/testkit/')
LONG         = $(shell grep -ohE '^func Test\w+' $(LONG_FILES) | cut -c6- | grep -vx TestMain | paste -sd '|')
IMAGE       ?= understudy:latest
IMAGE_ARCH  ?= $(shell $(GO) env GOARCH)

.DEFAULT_GOAL := help
.PHONY: help run build test postgres race cover conformance bench fuzz fuzz-short torture lint check-commits vuln generate image app debian-images

help: ## Print the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## Start the server on 127.0.0.1:4260
	$(GO) run ./cmd/understudy serve

build: ## Build bin/understudy, one static binary
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/understudy ./cmd/understudy

test: ## Run the tests; they need Go and nothing else
	$(GO) vet ./...
	$(GO) test -vet=off ./...

postgres: ## Run the tests of the services and of decisions on PostgreSQL instead of memory
	UNDERSTUDY_TEST_STORE=postgres UNDERSTUDY_NEED_POSTGRES=1 $(GO) test -vet=off -count=1 ./authz ./iam ./sts

race: ## Run the tests under the race detector, which needs a C compiler
	CGO_ENABLED=1 $(GO) test -vet=off -race -timeout 20m ./...

cover: ## Check that the tests reach every statement of evaluator
	@mkdir -p dist
	$(GO) test -vet=off -count=1 -coverprofile=dist/evaluator.cover ./evaluator -requests 1000
	$(GATE) floor dist/evaluator.cover

conformance: build image app debian-images ## Run real clients (Ansible, AWS CLI, boto3, curl, SDKs, Terraform) and the containers
	PATH="$(PYTHONS)$$PATH" UNDERSTUDY_BINARY=$(CURDIR)/bin/understudy $(GO) test -vet=off -count=1 -timeout 60m -tags conformance -v -run '^($(CLIENTS))$$' ./conformance
	cd conformance/gosdk && PATH="$(PYTHONS)$$PATH" UNDERSTUDY_BINARY=$(CURDIR)/bin/understudy $(GO) test -count=1 -v ./...
	cd conformance/openapi && UNDERSTUDY_BINARY=$(CURDIR)/bin/understudy $(GO) test -count=1 -v ./...
	cd docker/iamcontainer && TESTCONTAINERS_RYUK_DISABLED=true $(GO) test -count=1 -v ./...

bench: build ## Measure start, memory, size and requests per second
	$(GO) run ./internal/cmd/loadbench -binary bin/understudy

fuzz: ## Run every fuzzer for FUZZTIME each, and millions of random evaluations
	$(GO) test ./evaluator -run TestRandomRequestsAgree -requests 3000000 -timeout 30m
	$(GATE) fuzz -each $(FUZZTIME) -minimize $(MINIMIZETIME)

fuzz-short: ## Run every fuzzer for some seconds, all within FUZZWITHIN
	$(GATE) fuzz -within $(FUZZWITHIN) -minimize $(MINIMIZETIME)

torture: ## Try for MINUTES to break it: kills, power cuts, full disks, damage, histories, soaks, fuzzers; as root for all of it
	UNDERSTUDY_TORTURE=$(MINUTES) $(GO) test -vet=off -v -count=1 -timeout 60m -run '^($(LONG))$$' $(sort $(dir $(LONG_FILES)))
	CGO_ENABLED=1 UNDERSTUDY_TORTURE=$(MINUTES) $(GO) test -vet=off -v -race -count=1 -timeout 60m -run 'Linearizable|Histories|AtOnce|OnMedium|OnDisk|TestKill' ./conformance ./persistence/...
	$(GATE) fuzz -within $$(( $(MINUTES) * 25 ))s -minimize $(MINIMIZETIME)

lint: ## Check format, vet and staticcheck
	@test -z "$$(gofmt -l .)" || { echo "not formatted:"; gofmt -l .; exit 1; }
	$(GO) vet -tags conformance ./...
	cd docker/iamcontainer && $(GO) vet ./...
	cd docker/app && $(GO) vet ./...
	cd conformance/gosdk && $(GO) vet ./...
	cd conformance/openapi && $(GO) vet ./...
	cd internal/cmd/genconsole && $(GO) vet ./...
	$(GO) run $(STATICCHECK) -tags conformance ./...

check-commits: ## Build and vet each commit since BASE, or since the last tag; at most 15
	$(GATE) commits $(if $(BASE),-base $(BASE))

vuln: ## Look for known vulnerabilities, where their data can be reached
	$(GATE) vuln -tool $(GOVULNCHECK)

generate: ## Make the generated data again (needs npm and botocore)
	$(GO) generate ./...

image: ## Build the container image understudy:latest, for IMAGE_ARCH (amd64, arm64)
	rm -rf dist/$(IMAGE_ARCH) && mkdir -p dist/$(IMAGE_ARCH)/data dist/$(IMAGE_ARCH)/etc/ssl/certs
	CGO_ENABLED=0 GOOS=linux GOARCH=$(IMAGE_ARCH) $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o dist/$(IMAGE_ARCH)/understudy ./cmd/understudy
	cp /etc/ssl/certs/ca-certificates.crt dist/$(IMAGE_ARCH)/etc/ssl/certs/
	docker build --platform linux/$(IMAGE_ARCH) -t $(IMAGE) -f docker/Dockerfile dist/$(IMAGE_ARCH)

app: ## Build understudy-app:latest, the application of docker/compose.yaml, and understudy-emulator:latest for tests
	cd docker/app && CGO_ENABLED=0 GOOS=linux $(GO) build -trimpath -ldflags '-s -w' -o ../../dist/app/ ./...
	docker build -t understudy-app:latest -f docker/app/Dockerfile dist/app
	docker build -t understudy-emulator:latest --build-arg PROGRAM=emulator -f docker/app/Dockerfile dist/app

debian-images: ## Make PostgreSQL and a balancer for docker/replicas.yaml from Debian's packages, unless they are there; as root
	docker image inspect understudy-postgres:debian understudy-haproxy:debian >/dev/null 2>&1 || docker/debian-images.sh
