// Package examples embeds a plan for each charging method where it lies, to begin
// with in a new installation.
package examples

import "embed"

// Plans are the plans that stand alone: a folder's name and plan.yaml.
//
//go:embed seats-named/plan.yaml seats-concurrent/plan.yaml per-minute/plan.yaml six-second/plan.yaml modules/plan.yaml call-volume/plan.yaml call-types/plan.yaml seats-and-minutes/plan.yaml package-rollover/plan.yaml
var Plans embed.FS
