-- .dump cdr
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE cdr (
    caller_id_name VARCHAR,
    caller_id_number VARCHAR,
    destination_number VARCHAR,
    context VARCHAR,
    start_stamp DATETIME,
    answer_stamp DATETIME,
    end_stamp DATETIME,
    duration INTEGER,
    billsec INTEGER,
    hangup_cause VARCHAR,
    hangup_cause_q850 INTEGER,
    uuid VARCHAR,
    bleg_uuid VARCHAR,
    account_code VARCHAR
);
INSERT INTO "cdr" VALUES('Desk \','2005','85291230001','default','2026-03-02 11:00:00','2026-03-02 11:00:10','2026-03-02 11:01:00',60,50,'NORMAL_CLEARING',16,'aaaaaaaa-15d4-11f1-8a0e-0242ac110002','','it''s us');
INSERT INTO "cdr" VALUES('Desk','2005','85291230001','default','2026-03-02 11:02:00',NULL,'2026-03-02 11:02:09',9,0,'CALL_REJECTED',21,'bbbbbbbb-15d4-11f1-8a0e-0242ac110002',NULL,'');
COMMIT;
