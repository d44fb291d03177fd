package serve

import (
	"io"
	"log/slog"

	"waihu/internal/access"
)

// Logger writes what the process says about itself, without secrets.
func Logger(w io.Writer, c LogConfig) *slog.Logger {
	level := slog.LevelInfo
	_ = level.UnmarshalText([]byte(c.Level)) // checked with the configuration
	o := &slog.HandlerOptions{Level: level, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if access.Secret(a.Key) {
			a.Value = slog.StringValue("(left out)")
		}
		return a
	}}
	if c.JSON {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}
