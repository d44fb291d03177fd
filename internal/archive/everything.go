package archive

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"waihu/internal/fault"
	"waihu/internal/store"
	"waihu/internal/store/tables"
	"waihu/internal/timex"
)

const tablesFolder = "tables/"

// Export writes everything that is kept, as of one moment, into a new file.
func Export(ctx context.Context, db store.DB, path string) (_ *Manifest, err error) {
	defer fault.Wrap(&err, "export")
	w, err := create(path, "")
	if err != nil {
		return nil, err
	}
	err = w.finish(db.View(ctx, func(tx store.Tx) error {
		months, err := tables.CallMonths(tx)
		if err != nil {
			return err
		}
		list := tables.KeptTables()
		for _, m := range months {
			list = append(list, tables.CallsOf(m))
		}
		for _, k := range list {
			if err := w.file(tablesFolder+k.Name+".jsonl", func(to io.Writer) (int64, error) { return writeTable(ctx, all(tx), k, to) }); err != nil {
				return fmt.Errorf("%s: %w", k.Name, err)
			}
		}
		return nil
	}))
	return &w.manifest, err
}

// writeTable writes a line of JSON a row: numbers, texts, bytes in base64.
func writeTable(ctx context.Context, dump dumper, k tables.Kept, to io.Writer) (rows int64, err error) {
	out := bufio.NewWriterSize(to, 64<<10)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	err = dump(k, func(values []any) error {
		rows++
		if rows%10_000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		return enc.Encode(values) // []byte is base64 in JSON
	})
	return rows, errors.Join(err, out.Flush())
}

// dumper hands out the rows of a table.
type dumper func(tables.Kept, func([]any) error) error

// all dumps the rows of all companies.
func all(tx store.Tx) dumper {
	return func(k tables.Kept, each func([]any) error) error { return tables.Dump(tx, k, each) }
}

// Import reads an archive of everything into an empty database. What was read is
// written out once more before it is kept: where a table's digest is not that of
// the archive, nothing is kept.
func Import(ctx context.Context, db store.DB, path string) (_ *Manifest, err error) {
	defer fault.Wrap(&err, "import")
	r, err := open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	if r.manifest.Company != "" {
		return nil, fault.New(fault.Invalid, "%s is of one company: an archive of everything was expected", path)
	}
	list, months, err := r.tables(tables.KeptTables())
	if err != nil {
		return nil, err
	}
	if err := mustBeEmpty(ctx, db); err != nil {
		return nil, err
	}
	for _, m := range months {
		if err := db.Update(ctx, func(tx store.Tx) error { return tables.MakeMonth(tx, m) }); err != nil {
			return nil, err
		}
	}
	return &r.manifest, db.Update(ctx, func(tx store.Tx) error {
		if empty, err := tables.IsEmpty(tx); err != nil || !empty {
			return errors.Join(err, fault.New(fault.Conflict, "the database is not empty any more"))
		}
		l, err := tables.NewLoader(tx)
		if err != nil {
			return err
		}
		for _, k := range list {
			if err := r.readTable(ctx, k, l.Load); err != nil {
				return fmt.Errorf("%s: %w", k.Name, err)
			}
		}
		for _, k := range list {
			if err := r.mustBe(ctx, all(tx), k); err != nil {
				return err
			}
		}
		return tables.Loaded(tx)
	})
}

func mustBeEmpty(ctx context.Context, db store.DB) error {
	return db.View(ctx, func(tx store.Tx) error {
		empty, err := tables.IsEmpty(tx)
		if err == nil && !empty {
			err = fault.New(fault.Conflict, "there are books in the database already: import into an empty one")
		}
		return err
	})
}

// tables are those of an archive, which must be all there are, and the months
// that have calls. Beside them it may have some other files.
func (r *reader) tables(all []tables.Kept, beside ...string) (list []tables.Kept, months []timex.Date, err error) {
	list = all
	known := map[string]bool{}
	for _, name := range beside {
		known[name] = true
	}
	for _, k := range list {
		known[tablesFolder+k.Name+".jsonl"] = true
		if _, there := r.manifest.Files[tablesFolder+k.Name+".jsonl"]; !there {
			return nil, nil, fault.New(fault.Invalid, "the archive has no table %s", k.Name)
		}
	}
	for name := range r.manifest.Files {
		if known[name] {
			continue
		}
		digits := strings.TrimSuffix(strings.TrimPrefix(name, tablesFolder+"calls_"), ".jsonl")
		if len(digits) != 6 {
			return nil, nil, fault.New(fault.Invalid, "%s is no table of these books", name)
		}
		m, err := timex.ParseDate(digits[:4] + "-" + digits[4:] + "-01")
		if err != nil {
			return nil, nil, fault.New(fault.Invalid, "%s is no table of these books", name)
		}
		months, list = append(months, m), append(list, tables.CallsOf(m))
	}
	return list, months, nil
}

// mustBe holds a table to the digest it has in the archive.
func (r *reader) mustBe(ctx context.Context, dump dumper, k tables.Kept) error {
	sum := sha256.New()
	if _, err := writeTable(ctx, dump, k, sum); err != nil {
		return fmt.Errorf("%s: %w", k.Name, err)
	}
	if hex.EncodeToString(sum.Sum(nil)) != r.manifest.Files[tablesFolder+k.Name+".jsonl"].SHA256 {
		return fault.New(fault.Mismatch, "%s did not come out as it is in the archive: nothing was kept", k.Name)
	}
	return nil
}

// maxRow bounds a row of an archive.
const maxRow = 256 << 20

func (r *reader) readTable(ctx context.Context, k tables.Kept, load func(tables.Kept, []any) error) (err error) {
	f, err := r.Open(tablesFolder + k.Name + ".jsonl")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	lines := bufio.NewScanner(f)
	lines.Buffer(make([]byte, 64<<10), maxRow)
	values := make([]any, len(k.Columns))
	for n := 1; lines.Scan(); n++ {
		if err := readRow(lines.Bytes(), k, values); err != nil {
			return fmt.Errorf("row %d: %w", n, err)
		}
		if err := load(k, values); err != nil {
			return err
		}
		if n%10_000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return lines.Err()
}

func readRow(line []byte, k tables.Kept, values []any) error {
	var cells []json.RawMessage
	if err := json.Unmarshal(line, &cells); err != nil || len(cells) != len(k.Columns) {
		return fault.New(fault.Invalid, "%d values were expected", len(k.Columns))
	}
	for i, c := range k.Columns {
		var err error
		switch c[0] {
		case 'i':
			var n int64
			err = json.Unmarshal(cells[i], &n)
			values[i] = n
		case 't':
			var s string
			err = json.Unmarshal(cells[i], &s)
			values[i] = s
		default:
			var s string
			if err = json.Unmarshal(cells[i], &s); err == nil {
				var b []byte
				b, err = base64.StdEncoding.DecodeString(s)
				values[i] = b
			}
		}
		if err != nil {
			return fault.New(fault.Invalid, "%s cannot be read", c[2:])
		}
	}
	return nil
}
