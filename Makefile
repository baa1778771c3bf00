# make demo   install what is missing, build, run the paper's experiment in the built-in world
# make test   install what is missing, run every test
PACKAGES := libopenblas-dev libnetcdf-dev libhdf5-dev pkg-config
CARGO ?= cargo

.PHONY: demo test build packages
demo: build
	target/release/mcas run scripts/osse.rhai --out out/osse

test: packages
	$(CARGO) test --release --locked

build: packages
	$(CARGO) build --release --locked

# Debian: installs the packages that are not there, as root or through sudo; otherwise names them and stops.
packages:
	@missing=$$(for p in $(PACKAGES); do dpkg -s $$p >/dev/null 2>&1 || echo $$p; done); \
	if [ -z "$$missing" ]; then exit 0; fi; \
	missing=$$(echo $$missing); \
	if ! command -v apt-get >/dev/null 2>&1; then echo "This is not Debian: install the equivalents of $$missing, then build with cargo build --release --locked" >&2; exit 1; fi; \
	if [ "$$(id -u)" = 0 ]; then as=; elif command -v sudo >/dev/null 2>&1; then as=sudo; \
	else echo "Missing Debian packages: $$missing. Neither root nor sudo is at hand; as root, run: apt-get install $$missing" >&2; exit 1; fi; \
	echo "installing $$missing"; \
	$$as apt-get update -qq && $$as env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$missing
