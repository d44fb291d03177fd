package api

import (
	"io"
	"net/http"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/timex"
	"waihu/internal/usage/cdr"
	"waihu/internal/workspace"
)

// SpaceFile is an uploaded file of records.
type SpaceFile struct {
	ID       string              `json:"id" example:"f1"`
	Name     string              `json:"name"`
	Bytes    int64               `json:"bytes"`
	SHA256   string              `json:"sha256" doc:"The same content again is the file that is there."`
	State    workspace.FileState `json:"state" enum:"new,read,refused" doc:"refused: nothing of it counts."`
	Report   *cdr.Report         `json:"report,omitempty" doc:"What it is and what became of every record."`
	Problems []FieldProblem      `json:"problems,omitempty" doc:"Why it was refused."`
}

func spaceFile(f *workspace.File) SpaceFile {
	out := SpaceFile{ID: f.ID, Name: f.Name, Bytes: f.Size, SHA256: f.SHA256, State: f.State, Problems: fields(f.Wrong)}
	if f.State == workspace.FileRead {
		report := f.Report
		report.Rejects = "" // a path on our disk
		out.Report = &report
	}
	return out
}

// UsageBasis is usage that is no file: described, or the company's own.
type UsageBasis struct {
	Profile string     `json:"profile,omitempty" enum:"sales,service,survey" doc:"A described team."`
	Months  int        `json:"months,omitempty" minimum:"1" maximum:"36" doc:"Of the company's own usage."`
	First   timex.Date `json:"first,omitzero" doc:"First day of the first of those months; absent: the months before this one."`
}

func basisOf(b workspace.Basis) *UsageBasis {
	if b == (workspace.Basis{}) {
		return nil
	}
	return &UsageBasis{b.Profile, b.Own, b.First}
}

func (a *API) workspaceUsageRoutes() {
	type fileIn struct {
		SpaceIn
		RawIn
	}
	aside(a, op{id: "workspace-file-add", method: http.MethodPost, path: "/v1/workspaces/{workspace}/files", what: "Upload a file of call records in any supported format, also compressed. It is read at once: the workspace tells what became of it.", may: access.UsageRead, raw: true, status: http.StatusCreated},
		func(g *guest, in *fileIn) (*SpaceFile, error) {
			sp, err := g.space(in.Workspace)
			if err != nil {
				return nil, err
			}
			f, err := sp.Add(orElse(in.Name, "upload"), in.body)
			if err != nil {
				return nil, err
			}
			out := spaceFile(&f)
			return &out, nil
		})
	a.takesFile(a.huma.OpenAPI().Paths["/v1/workspaces/{workspace}/files"].Post, "The file as it is.")
	type oneIn struct {
		SpaceIn
		File string `path:"file" maxLength:"40"`
	}
	aside(a, op{id: "workspace-file-remove", method: http.MethodDelete, path: "/v1/workspaces/{workspace}/files/{file}", what: "Take a file away.", may: access.UsageRead},
		func(g *guest, in *oneIn) (*Workspace, error) {
			return g.show(in.Workspace, func(sp *workspace.Space) error { return sp.Remove(in.File) })
		})
	paperOf(a, op{id: "workspace-file-rejects", method: http.MethodGet, path: "/v1/workspaces/{workspace}/files/{file}/rejects", what: "The records of a file that were refused, as they stood.", may: access.UsageRead},
		func(g *guest, in *oneIn) (*fileOut, error) {
			sp, err := g.space(in.Workspace)
			if err != nil {
				return nil, err
			}
			f, _, err := sp.Rejects(in.File, false)
			if err != nil {
				return nil, err
			}
			defer f.Close()
			b, err := io.ReadAll(io.LimitReader(f, rejectsMost))
			return &fileOut{ContentType: "application/octet-stream", Disposition: `attachment; filename="rejects"`, Body: b}, err
		})
	type usageIn struct {
		SpaceIn
		Body struct {
			UsageBasis
			Zone string `json:"zone,omitempty" maxLength:"60" doc:"Of stamps that name none; absent: as it is."`
		}
	}
	aside(a, op{id: "workspace-usage", method: http.MethodPut, path: "/v1/workspaces/{workspace}/usage", what: "Say what usage is compared: a described team, whole months of the company's own, or (neither) the files.", may: access.UsageRead},
		func(g *guest, in *usageIn) (*Workspace, error) {
			return g.show(in.Workspace, func(sp *workspace.Space) error {
				b := &in.Body
				if b.Profile != "" && b.Months > 0 {
					return fault.Problem{Path: "profile", What: "a profile and own months cannot both be compared", Expected: "one of them"}
				}
				if b.Zone != "" {
					if err := sp.SetZone(b.Zone); err != nil {
						return fault.Problem{Path: "zone", What: "no such time zone", Expected: "Asia/Shanghai"}
					}
				}
				return sp.Stand(workspace.Basis{Profile: b.Profile, Own: b.Months, First: b.First})
			})
		})
}

func orElse(s, absent string) string {
	if s == "" {
		return absent
	}
	return s
}
