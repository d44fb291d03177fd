// Package guide embeds the manual where it lies, a folder for each language.
package guide

import "embed"

// Files are the chapters: en/plans.md, zh-Hant/plans.md ...
//
//go:embed en/*.md zh-Hant/*.md zh-Hans/*.md
var Files embed.FS
