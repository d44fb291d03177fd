package app_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"testing"

	"waihu/internal/app"
	"waihu/internal/fault"
)

func picture(t *testing.T, w, h int) []byte {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	m.Set(1, 1, color.NRGBA{200, 10, 10, 255})
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestBrandIsFoundByWordHostAndStandard(t *testing.T) {
	b, ctx := newBooks(t), context.Background()
	if got := must(b.BrandFor(ctx, "acme", "calls.example.com")); got != nil {
		t.Errorf("%+v", got)
	}
	one := must(b.SetBrand(ctx, app.Brand{Word: "acme", Name: "Acme Calls", Host: "Calls.Example.com", Support: "help@example.com", Accent: "#0b5c66", Standard: true}, picture(t, 40, 20)))
	two := must(b.SetBrand(ctx, app.Brand{Word: "beta", Name: "Beta", Accent: "#7a1f5c", Standard: true}, nil))
	for _, c := range []struct{ word, host, want string }{{"acme", "", "acme"}, {"", "calls.EXAMPLE.com", "acme"}, {"none", "other", "beta"}, {"beta", "calls.example.com", "beta"}, {"", "", "beta"}} {
		if got := must(b.BrandFor(ctx, c.word, c.host)); got == nil || got.Word != c.want {
			t.Errorf("%+v: %+v", c, got)
		}
	}
	if list := must(b.Brands(ctx)); len(list) != 2 || list[0].Standard || !list[1].Standard {
		t.Errorf("two standard brands: %+v", list)
	}
	if one.Palette.Dark == one.Accent || one.Palette.Light != one.Accent {
		t.Errorf("%+v", one.Palette)
	}
	logo := must(b.Logo(ctx, &one))
	if m, err := png.Decode(bytes.NewReader(logo)); err != nil || m.Bounds().Dx() != 40 {
		t.Errorf("%v, %v", m, err)
	}
	if none := must(b.Logo(ctx, &two)); none != nil {
		t.Error("a brand has a logo nobody gave it")
	}
	one = *must(b.BrandFor(ctx, "acme", ""))
	one.Word, one.Name = "other", "Acme"
	if after := must(b.SetBrand(ctx, one, []byte{})); after.Logo != "" || after.Word != "acme" || after.Name != "Acme" {
		t.Errorf("%+v", after)
	}
	_, err := b.SetBrand(ctx, one, nil)
	wantKind(t, "an old revision", err, fault.Conflict)
	_, err = b.SetBrand(ctx, app.Brand{Word: "acme", Name: "Again", Accent: "#000000"}, nil)
	wantKind(t, "a word twice", err, fault.Conflict)
}

func TestBrandRefuses(t *testing.T) {
	b, ctx := newBooks(t), context.Background()
	good := app.Brand{Word: "acme", Name: "Acme", Accent: "#0b5c66"}
	wrong := func(path string, change func(*app.Brand), logo []byte) {
		t.Helper()
		in := good
		change(&in)
		_, err := b.SetBrand(ctx, in, logo)
		var ps fault.Problems
		var p fault.Problem
		if errors.As(err, &ps) && len(ps) > 0 {
			p = ps[0]
		} else {
			errors.As(err, &p)
		}
		if p.Path != path {
			t.Errorf("%s: %v", path, err)
		}
	}
	wrong("word", func(b *app.Brand) { b.Word = "../x" }, nil)
	wrong("name", func(b *app.Brand) { b.Name = "" }, nil)
	wrong("host", func(b *app.Brand) { b.Host = "a b\r\nX: y" }, nil)
	wrong("support", func(b *app.Brand) { b.Support = "Help <help@example.com>\r\nBcc: x@example.com" }, nil)
	wrong("accent", func(b *app.Brand) { b.Accent = "red;}" }, nil)
	wrong("accent", func(b *app.Brand) { b.Accent = "#ffd400" }, nil)
	wrong("dark", func(b *app.Brand) { b.Dark = "#101010" }, nil)
	wrong("logo", func(*app.Brand) {}, []byte("<svg onload=alert(1)>"))
	wrong("logo", func(*app.Brand) {}, picture(t, 2001, 10))
	wrong("logo", func(*app.Brand) {}, picture(t, 4, 4))
	wrong("logo", func(*app.Brand) {}, append(picture(t, 40, 40)[:60], "broken"...))
	wrong("logo", func(*app.Brand) {}, make([]byte, app.LogoBytes+1))
}
