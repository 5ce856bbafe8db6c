# `make run` and `make test` are all that a fresh Debian 12 needs; CMake (CMakePresets.json) does the work.
.PHONY: run test build dependencies install clean

run: build
	@scripts/run

test: build
	@cd build/release && ctest -L fast --output-on-failure --no-tests=error -j2

build: dependencies
	@cmake --preset release -Wno-dev --log-level=WARNING
	@cmake --build --preset release

dependencies:
	@scripts/dependencies

install: build
	cmake --install build/release

clean:
	rm -rf build
