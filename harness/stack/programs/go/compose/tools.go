//go:build tools

// Package tools names the program this module pins, so that go.sum holds every hash it needs.
package tools

import (
	_ "github.com/docker/compose/v2/cmd"
)
