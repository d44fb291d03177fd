package api

import (
	"waihu/internal/usage"
)

// Course is how a call went, where the system that carried it tells.
type Course struct {
	EndedBy  usage.Side `json:"ended_by,omitempty" enum:"us,them,network" doc:"Whose side ended it."`
	Cause    int64      `json:"q850,omitempty" doc:"Cause of ITU-T Q.850."`
	Status   int64      `json:"sip,omitempty" doc:"SIP status it ended with."`
	Why      string     `json:"why,omitempty" doc:"bye, refused, canceled, interrupted ..."`
	Trying   Time       `json:"first_response,omitempty" format:"date-time"`
	Ringing  Time       `json:"ringing,omitempty" format:"date-time"`
	Early    Time       `json:"early_media,omitempty" format:"date-time" doc:"Sound before the answer."`
	OtherLeg string     `json:"other_leg,omitempty" doc:"Identifier of the leg it was bridged with."`
	Heard    *Quality   `json:"heard,omitempty" doc:"What came from the other side."`
	Told     *Quality   `json:"told,omitempty" doc:"What the other side reports of ours."`

	Detected        string `json:"detected,omitempty" doc:"What answered, as detection has it."`
	Sure            int64  `json:"detected_percent,omitempty" doc:"How sure that is."`
	Recording       string `json:"recording,omitempty" doc:"Where the recording is kept; for who may find recordings."`
	RecordingSHA256 string `json:"recording_sha256,omitempty"`
}

// Quality is how one direction of a call sounded.
type Quality struct {
	MOS     float64 `json:"mos,omitempty" doc:"1 to 5, by the E-model."`
	Packets int64   `json:"packets" doc:"That were expected."`
	Lost    int64   `json:"lost"`
	Late    int64   `json:"late"`
	Jitter  float64 `json:"jitter_ms"`
}

// courseOf is how a call went; recorded: its reader may know of recordings.
func courseOf(c *usage.Course, recorded bool) *Course {
	if c.IsZero() {
		return nil
	}
	out := &Course{EndedBy: c.EndedBy, Cause: c.Cause, Status: c.Status, Why: c.Why, Trying: timeOf(c.Trying), Ringing: timeOf(c.Ringing), Early: timeOf(c.Early), OtherLeg: c.OtherLeg,
		Heard: qualityOf(c.Heard), Told: qualityOf(c.Told), Detected: c.Detected, Sure: c.Sure}
	if recorded {
		out.Recording, out.RecordingSHA256 = c.Recording, c.RecordingSHA256
	}
	return out
}

func qualityOf(q usage.Quality) *Quality {
	if q == (usage.Quality{}) {
		return nil
	}
	return &Quality{float64(q.MOS) / 100, q.Packets, q.Lost, q.Late, float64(q.Jitter) / 1e6}
}
