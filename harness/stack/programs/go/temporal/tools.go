//go:build tools

// Package tools names the programs this module pins, so that go.sum holds every hash they need.
package tools

import (
	_ "go.temporal.io/server/cmd/server"
	_ "go.temporal.io/server/cmd/tools/sql"
	_ "go.temporal.io/server/cmd/tools/tdbg"
)
