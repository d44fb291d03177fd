package demo

import (
	"testing"

	"waihu/internal/app"
	"waihu/internal/serve"
	"waihu/internal/store/sqlite"
)

// TestAFloorThatFailsIsTold: nothing goes on as if it worked, so that the worker that runs
// it says why and begins again.
func TestAFloorThatFailsIsTold(t *testing.T) {
	db, err := sqlite.Memory(sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	books := &serve.Books{DB: db, System: &app.System{DB: db}}
	if err := live(t.Context(), books, &floorWork{to: &Customer{}}, []Customer{{}}, 1); err == nil {
		t.Error("a floor without books works")
	}
}
