#!/usr/bin/python3
"""Builds the two font files that invoices are printed with.

usage: mkfont.py NotoSansCJK-Regular.ttc OUT_DIR

The source is Noto Sans CJK Regular (Debian: fonts-noto-cjk, licence OFL-1.1).
The PDF library takes TrueType outlines and characters up to U+FFFF, so this
script

  1. takes the Hong Kong and the mainland face out of the collection,
  2. keeps the characters below, without layout tables and hints,
  3. turns the cubic outlines into quadratic ones (at most 1/1000 em away),
  4. moves characters beyond U+FFFF to private-use characters from U+E000 on,
     by one table for both files, written to private.tsv,
  5. names the result "Waihu Sans", as the licence asks of a changed font,
  6. writes it gzip'd, without a time stamp: the same source gives the same bytes.

Kept: in waihu-sans-hk.ttf.gz all of Big5-HKSCS; in waihu-sans-sc.ttf.gz all of
GB 2312 and every other Chinese character of the source that the first file
lacks (the rest of GBK, the extension A, the characters of the 2013 mainland
table of general characters). Both have Latin, Greek, Cyrillic, kana and signs.
Needs python3-fonttools.
"""
import gzip
import hashlib
import os
import sys

from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont, newTable
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

MAX_ERROR = 1.0  # font units of 1,000 an em
PRIVATE_FIRST, PRIVATE_LAST = 0xE000, 0xF8FF

COMMON = [
    (0x20, 0x7E), (0xA0, 0x17F), (0x218, 0x21B), (0x2C6, 0x2DD), (0x370, 0x3FF), (0x400, 0x45F),
    (0x1E80, 0x1E85), (0x1EA0, 0x1EF9), (0x2010, 0x2044), (0x2070, 0x209C), (0x20A0, 0x20BF),
    (0x2100, 0x218B), (0x2190, 0x21FF), (0x2200, 0x22FF), (0x2460, 0x24FF), (0x2500, 0x26FF),
    (0x2713, 0x2717), (0x3000, 0x303F), (0x3040, 0x30FF), (0x3200, 0x33FF), (0xFE30, 0xFE6F),
    (0xFF00, 0xFFEF),
]
HAN = [(0x2E80, 0x2FDF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF)]


def within(code, ranges):
    return any(a <= code <= b for a, b in ranges)


def encodable(code, encoding):
    try:
        chr(code).encode(encoding)
        return True
    except UnicodeEncodeError:
        return False


def find_face(source, family):
    """The number of a face in the collection, by its family name."""
    fonts = TTCollection(source, lazy=True).fonts
    for number, font in enumerate(fonts):
        if font["name"].getDebugName(1) == family:
            return number
    sys.exit(f"{source} has no face {family!r}")


def choose(cmap):
    """The characters of the Hong Kong file and of the mainland file."""
    common = {c for c in cmap if within(c, COMMON)}
    hk = {c for c in cmap if encodable(c, "big5hkscs") and not 0xE000 <= c <= 0xF8FF}
    sc = {c for c in cmap if encodable(c, "gb2312") or within(c, HAN) and c not in hk}
    return hk | common, sc | common


def quadratic(font):
    """Replaces the CFF outlines by TrueType ones."""
    order, glyph_set, glyphs = font.getGlyphOrder(), font.getGlyphSet(), {}
    for name in order:
        pen = TTGlyphPen(glyph_set)
        glyph_set[name].draw(Cu2QuPen(pen, MAX_ERROR, reverse_direction=True))
        glyphs[name] = pen.glyph()
    font["loca"] = newTable("loca")
    glyf = font["glyf"] = newTable("glyf")
    glyf.glyphOrder, glyf.glyphs = order, glyphs
    del font["CFF "]
    metrics = font["hmtx"]
    for name in order:
        glyphs[name].recalcBounds(glyf)
        advance, _ = metrics[name]
        metrics[name] = (advance, getattr(glyphs[name], "xMin", 0) or 0)
    maxp = font["maxp"]
    maxp.tableVersion = 0x00010000
    maxp.maxZones = 1
    for key in ("maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs", "maxStackElements",
                "maxSizeOfInstructions", "maxComponentElements", "maxPoints", "maxContours", "maxCompositePoints",
                "maxCompositeContours", "maxComponentDepth"):
        setattr(maxp, key, 0)
    font["post"].formatType = 3.0
    font.sfntVersion = "\x00\x01\x00\x00"


def move_private(font, private):
    """Puts every character beyond U+FFFF at its private-use place."""
    table = next(t for t in font["cmap"].tables if t.format == 12)
    low = newTable("cmap")
    low.tableVersion, low.tables = 0, []
    cmap = {private.get(c, c): name for c, name in table.cmap.items()}
    for platform, encoding in ((0, 3), (3, 1)):
        sub = CmapSubtable.newSubtable(4)
        sub.platformID, sub.platEncID, sub.language, sub.cmap = platform, encoding, 0, cmap
        low.tables.append(sub)
    font["cmap"] = low


def rename(font, suffix):
    family = "Waihu Sans " + suffix
    keep = []
    for record in font["name"].names:
        if record.platformID == 3 and record.langID == 0x409 and record.nameID in (0, 13, 14):
            keep.append(record)
    font["name"].names = keep
    for name_id, text in ((1, family), (2, "Regular"), (3, family + " 1"), (4, family), (5, "Version 1.000"),
                          (6, "WaihuSans" + suffix + "-Regular"),
                          (10, "A subset with quadratic outlines, made from another font under the same licence.")):
        font["name"].setName(text, name_id, 3, 1, 0x409)


def build(source, number, codes, private, suffix, path):
    font = TTFont(source, fontNumber=number, recalcTimestamp=False)
    options = Options()
    options.layout_features = []
    options.hinting = False
    options.glyph_names = False
    options.notdef_outline = True
    options.name_IDs = ["*"]
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "DSIG"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)
    quadratic(font)
    move_private(font, private)
    rename(font, suffix)
    font.save(path + ".tmp")
    with open(path + ".tmp", "rb") as f:
        data = f.read()
    os.remove(path + ".tmp")
    with open(path, "wb") as f:
        f.write(gzip.compress(data, 9, mtime=0))
    print(f"{os.path.basename(path)}: {len(codes)} characters, {len(font.getGlyphOrder())} glyphs, "
          f"{len(data)} bytes, {os.path.getsize(path)} gzip'd")


def main():
    source, out = sys.argv[1], sys.argv[2]
    with open(source, "rb") as f:
        digest = hashlib.sha256(f.read()).hexdigest()
    hk_face, sc_face = find_face(source, "Noto Sans CJK HK"), find_face(source, "Noto Sans CJK SC")
    cmap = TTFont(source, fontNumber=hk_face).getBestCmap()
    hk, sc = choose(cmap)
    astral = sorted(c for c in hk | sc if c > 0xFFFF)
    if len(astral) > PRIVATE_LAST - PRIVATE_FIRST + 1:
        sys.exit(f"{len(astral)} characters beyond U+FFFF do not fit the private-use area")
    private = {c: PRIVATE_FIRST + i for i, c in enumerate(astral)}
    with open(os.path.join(out, "private.tsv"), "w") as f:
        f.write("character\tprivate\n")
        for c, p in private.items():
            f.write(f"{c:X}\t{p:X}\n")
    build(source, hk_face, hk, private, "HK", os.path.join(out, "waihu-sans-hk.ttf.gz"))
    build(source, sc_face, sc, private, "SC", os.path.join(out, "waihu-sans-sc.ttf.gz"))
    print(f"{len(astral)} characters beyond U+FFFF; source SHA-256 {digest}")


if __name__ == "__main__":
    main()
