package receive_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"waihu/internal/id"
	"waihu/internal/receive"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
	"waihu/internal/usage/cdr"
)

func mustZone(t *testing.T) *time.Location {
	t.Helper()
	z, err := timex.LoadZone("Asia/Shanghai")
	must(t, err)
	return z
}

// mariaDB starts a server of its own, on a socket in a folder of the test; make
// test installs it (tools/deps.sh).
func mariaDB(t *testing.T) *sql.DB {
	t.Helper()
	dir := t.TempDir()
	data, socket := filepath.Join(dir, "data"), filepath.Join(dir, "s")
	if len(socket) > 100 { // what a socket's path may have
		socket = filepath.Join(os.TempDir(), filepath.Base(filepath.Dir(dir))+".s")
	}
	out, err := exec.Command("mariadb-install-db", "--no-defaults", "--user=root", "--datadir="+data, "--auth-root-authentication-method=normal", "--skip-test-db").CombinedOutput()
	if err != nil {
		t.Fatalf("MariaDB is needed (tools/deps.sh installs it): %v %s", err, out)
	}
	cmd := exec.Command("/usr/sbin/mariadbd", "--no-defaults", "--user=root", "--datadir="+data, "--socket="+socket, "--skip-networking", "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=16M")
	must(t, cmd.Start())
	t.Cleanup(func() {
		must(t, cmd.Process.Kill())
		if err := cmd.Wait(); err == nil {
			t.Error("the server ended by itself")
		}
	})
	db, err := receive.OpenMySQL("root@unix(" + socket + ")/")
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for db.PingContext(ctx) != nil { // until it listens
		if ctx.Err() != nil {
			t.Fatal("MariaDB does not answer")
		}
	}
	for _, q := range []string{"CREATE DATABASE asterisk", "USE asterisk"} {
		_, err := db.Exec(q)
		must(t, err)
	}
	return db
}

func sqlDo(t *testing.T, db *sql.DB, q string, args ...any) {
	t.Helper()
	if _, err := db.Exec(q, args...); err != nil {
		t.Fatalf("%s: %v", fmt.Sprintf("%.80s", q), err)
	}
}

func (w *world) poller(from *sql.DB, table string) *receive.Poller {
	w.Helper()
	tab, err := receive.FindTable(table)
	must(w.T, err)
	return &receive.Poller{DB: w.db, IDs: w.sys.IDs, To: w.sys, Company: w.c, Source: table, From: from, Table: tab, Options: cdr.Options{Zone: mustZone(w.T)}}
}

func (w *world) poll(p *receive.Poller) int64 {
	w.Helper()
	n, err := p.Step(w.Context())
	must(w.T, err)
	return n
}

// TestTablesOfVICIdialAndKamailio runs against a real server: rows that come, rows
// that are finished later than later ones, many at once.
func TestTablesOfVICIdialAndKamailio(t *testing.T) {
	db := mariaDB(t)
	t.Run("vicidial_log", func(t *testing.T) { vicidialLog(t, db) })
	t.Run("vicidial_agent_log", func(t *testing.T) { agentLog(t, db) })
	t.Run("vicidial_user_log", func(t *testing.T) { userLog(t, db) })
	t.Run("acc_cdrs", func(t *testing.T) { accCDRs(t, db) })
	t.Run("acc", func(t *testing.T) { acc(t, db) })
}

func vicidialLog(t *testing.T, db *sql.DB) {
	w := newWorld(t)
	sqlDo(t, db, `CREATE TABLE vicidial_log (uniqueid VARCHAR(20) PRIMARY KEY, lead_id INT, list_id BIGINT, campaign_id VARCHAR(8), call_date DATETIME, start_epoch INT UNSIGNED, end_epoch INT UNSIGNED,
		length_in_sec INT, status VARCHAR(6), phone_code VARCHAR(10), phone_number VARCHAR(18), user VARCHAR(20), comments VARCHAR(255), processed ENUM('Y','N'), user_group VARCHAR(20), term_reason VARCHAR(20), alt_dial VARCHAR(6))`)
	const start = 1772400000 // 2026-03-02 in Shanghai
	add := func(n, length int) {
		end := any(nil)
		if length > 0 {
			end = start + n + length
		}
		sqlDo(t, db, "INSERT INTO vicidial_log VALUES (?,1,101,'SALES',?,?,?,?,'SALE','86',?,'agent1','AUTO','N','G','AGENT','NONE')",
			fmt.Sprintf("%d.%d", start+n, n), time.Unix(int64(start+n), 0).In(mustZone(t)).Format("2006-01-02 15:04:05"), start+n, end, length, fmt.Sprintf("138001%05d", n))
	}
	p := w.poller(db, "vicidial_log")
	if n := w.poll(p); n != 0 {
		t.Fatalf("%d rows of an empty table", n)
	}
	for n := range 10 {
		add(n, 30)
	}
	add(10, 0) // goes on
	add(11, 30)
	w.poll(p)
	w.wantCalls(11)
	add(12, 30)
	sqlDo(t, db, "UPDATE vicidial_log SET end_epoch = start_epoch + 99, length_in_sec = 99 WHERE uniqueid = ?", fmt.Sprintf("%d.10", start+10))
	w.poll(p)
	w.wantCalls(13) // the long one too, although later ones were read before
	if n := w.poll(p); n > 1 {
		t.Errorf("%d rows were looked at although nothing is new", n)
	}
	tx, err := db.Begin()
	must(t, err)
	for n := 100; n < 6_100; n++ {
		_, err := tx.Exec("INSERT INTO vicidial_log VALUES (?,1,101,'SALES',?,?,?,5,'NA','86','13900139000','agent1','AUTO','N','G','AGENT','NONE')",
			fmt.Sprintf("%d.%d", start+n, n), time.Unix(int64(start+n), 0).In(mustZone(t)).Format("2006-01-02 15:04:05"), start+n, start+n+5)
		must(t, err)
	}
	must(t, tx.Commit())
	if n := w.poll(p); n < 6_000 {
		t.Errorf("%d rows were read, want 6,000", n)
	}
	if at := w.place("vicidial_log"); at.Read != 6_013 || at.Rejected != 0 {
		t.Errorf("place %+v", at)
	}
}

// facts are all facts of a company.
func (w *world) facts() *kept {
	w.Helper()
	k := &kept{}
	must(w.T, w.db.View(w.Context(), func(tx store.Tx) error {
		return tx.Usage().Each(w.Context(), w.c, id.ID{}, timex.Days(timex.MustDate("2026-01-01"), timex.MustDate("2027-01-01"), time.UTC), 0, k)
	}))
	return k
}

type kept struct {
	calls    []usage.Call
	sessions []usage.Session
}

func (k *kept) Call(c *usage.Call) error      { k.calls = append(k.calls, *receive.Keep(c)); return nil }
func (k *kept) Seat(usage.Seat) error         { return nil }
func (k *kept) Session(s usage.Session) error { k.sessions = append(k.sessions, s); return nil }
func (k *kept) Module(usage.Module) error     { return nil }
func (k *kept) Rental(usage.Rental) error     { return nil }
func (k *kept) Event(usage.Event) error       { return nil }

func agentLog(t *testing.T, db *sql.DB) {
	w := newWorld(t)
	sqlDo(t, db, `CREATE TABLE vicidial_agent_log (agent_log_id INT AUTO_INCREMENT PRIMARY KEY, user VARCHAR(20), server_ip VARCHAR(15), event_time DATETIME, lead_id INT, campaign_id VARCHAR(8),
		pause_epoch INT UNSIGNED, pause_sec SMALLINT UNSIGNED, wait_epoch INT UNSIGNED, wait_sec SMALLINT UNSIGNED, talk_epoch INT UNSIGNED, talk_sec SMALLINT UNSIGNED, dispo_epoch INT UNSIGNED, dispo_sec SMALLINT UNSIGNED,
		status VARCHAR(6), user_group VARCHAR(20), comments VARCHAR(20), sub_status VARCHAR(6), dead_epoch INT UNSIGNED, dead_sec SMALLINT UNSIGNED)`)
	const at = 1772400000
	sqlDo(t, db, `INSERT INTO vicidial_agent_log (user, event_time, campaign_id, pause_epoch, pause_sec, wait_epoch, wait_sec, talk_epoch, talk_sec, dispo_epoch, dispo_sec) VALUES
		('agent1','2026-03-02 05:20:00','SALES',?,10,?,20,?,60,?,5), ('agent2','2026-03-02 05:20:00','SALES',?,10,?,20,NULL,0,NULL,0)`, at, at+10, at+30, at+90, at, at+10)
	p := w.poller(db, "vicidial_agent_log")
	w.poll(p)
	if n := len(w.facts().sessions); n != 4 {
		t.Fatalf("%d sessions, want 4 states of the row that is done", n)
	}
	sqlDo(t, db, "UPDATE vicidial_agent_log SET talk_epoch = ?, talk_sec = 40, dispo_epoch = ?, dispo_sec = 3 WHERE user = 'agent2'", at+30, at+70)
	w.poll(p)
	if n := len(w.facts().sessions); n != 8 {
		t.Errorf("%d sessions, want 8", n)
	}
}

func userLog(t *testing.T, db *sql.DB) {
	w := newWorld(t)
	sqlDo(t, db, `CREATE TABLE vicidial_user_log (user_log_id INT AUTO_INCREMENT PRIMARY KEY, user VARCHAR(20), event VARCHAR(50), campaign_id VARCHAR(8), event_date DATETIME, event_epoch INT UNSIGNED,
		user_group VARCHAR(20), session_id VARCHAR(20), server_ip VARCHAR(15), extension VARCHAR(50), computer_ip VARCHAR(15), browser VARCHAR(255), data VARCHAR(255))`)
	log := func(user, event string, at int) {
		sqlDo(t, db, "INSERT INTO vicidial_user_log (user, event, campaign_id, event_date, event_epoch) VALUES (?,?,'SALES',?,?)", user, event,
			time.Unix(int64(at), 0).In(mustZone(t)).Format("2006-01-02 15:04:05"), at)
	}
	const at = 1772400000
	log("agent1", "LOGIN", at)
	log("agent2", "LOGIN", at+60)
	log("agent1", "LOGOUT", at+3600)
	p := w.poller(db, "vicidial_user_log")
	p.Options.Params = map[string]string{"sessions": "vicidial_user_log"}
	w.poll(p)
	log("agent2", "LOGOUT", at+7200)
	w.poll(p)
	var whole int
	for _, s := range w.facts().sessions {
		if s.To != 0 {
			whole++
		}
	}
	if whole != 2 {
		t.Errorf("%d sessions have an end, want 2: %+v", whole, w.facts().sessions)
	}
}

func accCDRs(t *testing.T, db *sql.DB) {
	w := newWorld(t)
	sqlDo(t, db, `CREATE TABLE acc_cdrs (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, start_time DATETIME, end_time DATETIME, duration FLOAT(10,3), callid VARCHAR(100), src_user VARCHAR(64), dst_user VARCHAR(64))`)
	p := w.poller(db, "acc_cdrs")
	for n := range 3 {
		sqlDo(t, db, "INSERT INTO acc_cdrs (start_time, end_time, duration, callid, src_user, dst_user) VALUES ('2026-03-02 09:00:00','2026-03-02 09:01:02.5',62.5,?, '8005', '13800138000')", fmt.Sprintf("c%d@sip", n))
		w.poll(p)
		w.wantCalls(n + 1)
	}
	if n := w.poll(p); n != 0 {
		t.Errorf("%d rows although nothing is new", n)
	}
}

func acc(t *testing.T, db *sql.DB) {
	w := newWorld(t)
	sqlDo(t, db, `CREATE TABLE acc (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, method VARCHAR(16), from_tag VARCHAR(128), to_tag VARCHAR(128), callid VARCHAR(255), sip_code VARCHAR(3), sip_reason VARCHAR(128), time DATETIME,
		src_user VARCHAR(64), src_domain VARCHAR(128), src_ip VARCHAR(64), dst_ouser VARCHAR(64), dst_user VARCHAR(64), dst_domain VARCHAR(128))`)
	put := func(method, at string) {
		sqlDo(t, db, "INSERT INTO acc (method, from_tag, to_tag, callid, sip_code, sip_reason, time, src_user, dst_ouser, dst_user) VALUES (?, 'a', 'b', 'x@sip', '200', 'OK', ?, '8005', '13800138000', '13800138000')", method, at)
	}
	p := w.poller(db, "acc")
	put("INVITE", "2026-03-02 09:00:00")
	w.poll(p)
	w.wantCalls(0)
	put("BYE", "2026-03-02 09:01:00")
	w.poll(p)
	w.wantCalls(1)
	w.poll(p)
	w.wantCalls(1)
	if at := w.place("acc"); at.Read != 1 || at.Rejected != 0 {
		t.Errorf("place %+v", at)
	}
}

func TestTableNames(t *testing.T) {
	if _, err := receive.FindTable("mysql.user"); err == nil || !strings.Contains(err.Error(), "vicidial_log") {
		t.Errorf("%v", err)
	}
	if _, err := receive.OpenMySQL("not an address"); err == nil {
		t.Error("it was opened")
	}
}
