package console

import (
	"slices"

	"waihu/internal/app"
	"waihu/internal/id"
	"waihu/internal/receive"
	"waihu/internal/store"
)

// listFileRow is a file that was brought into a list.
type listFileRow struct {
	receive.ListFile
	Import  *app.LeadImport
	Href    string
	Who     string
	Created string
	Percent int
}

func (v *visit) listFileRow(f *receive.ListFile) listFileRow {
	row := listFileRow{ListFile: *f, Who: actorShown(f.By), Created: v.moment(f.Created), Href: v.listAt(f.List, "/imports/"+f.ID.Named("job"))}
	if f.List.IsZero() {
		row.Href = v.at("/dnc/imports/" + f.ID.Named("job"))
	}
	if f.Total > 0 {
		row.Percent = int(min(f.Done, f.Total) * 100 / f.Total)
	}
	return row
}

// filesShown bounds the files of a list that its page shows.
const filesShown = 20

// listFiles are the files of a list, and imports that came by a command, newest first.
func (s *Server) listFiles(v *visit, list id.ID) (out []listFileRow, err error) {
	var kept []app.LeadImport
	if !list.IsZero() {
		if kept, err = s.d.System.LeadImports(v.r.Context(), v.company, list, store.Page{Limit: filesShown, Down: true}); err != nil {
			return nil, err
		}
	}
	seen := map[id.ID]bool{}
	if s.d.Lists != nil {
		var files []receive.ListFile
		err = s.d.System.DB.View(v.r.Context(), func(tx store.Tx) (err error) {
			files, err = s.d.Lists.ListFiles(tx, v.company, list, filesShown)
			return err
		})
		if err != nil {
			return nil, err
		}
		for i := range files {
			row := v.listFileRow(&files[i])
			if at := slices.IndexFunc(kept, func(m app.LeadImport) bool { return m.ID == row.ListFile.Import }); at >= 0 {
				row.Import, seen[kept[at].ID] = &kept[at], true
			}
			out = append(out, row)
		}
	}
	for i := range kept {
		m := &kept[i]
		if seen[m.ID] {
			continue
		}
		// It was handed in by a command: there is no job.
		state := receive.UploadDone
		if !m.Done {
			state = receive.UploadRunning
		}
		out = append(out, listFileRow{ListFile: receive.ListFile{Name: m.File, State: state, List: list}, Import: m, Who: actorShown(m.By), Created: v.moment(m.Began)})
	}
	return out, nil
}
