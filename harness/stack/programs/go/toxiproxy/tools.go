//go:build tools

// Package tools names the programs this module pins, so that go.sum holds every hash they need.
package tools

import (
	_ "github.com/Shopify/toxiproxy/v2/cmd/cli"
	_ "github.com/Shopify/toxiproxy/v2/cmd/server"
)
