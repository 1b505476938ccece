CREATE TABLE qiancun_log (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL);
INSERT INTO qiancun_log VALUES ('version', '2'), ('journal_mark', '0:'), ('edited', '0');

-- What was recorded. Rows are added, never changed: see the triggers. "of" has no foreign key: a log that comes from
-- elsewhere may hold a correction whose visit it lacks, and loses neither. Kinds and results are open words: what a later version
-- writes is kept. "subject", "photos" and "more" are JSON.
CREATE TABLE events (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  id TEXT UNIQUE NOT NULL,
  seq INTEGER NOT NULL,
  kind TEXT NOT NULL,
  of_visit TEXT,
  after_ids TEXT NOT NULL DEFAULT '[]',
  gap TEXT NOT NULL,
  rule TEXT NOT NULL,
  subject TEXT NOT NULL DEFAULT '{}',
  result TEXT,
  note TEXT NOT NULL,
  photos TEXT NOT NULL DEFAULT '[]',
  lon DOUBLE,
  lat DOUBLE,
  surveyor TEXT NOT NULL,
  visited_at TEXT,
  visited_text TEXT NOT NULL DEFAULT '',
  recorded_at TEXT,
  origin TEXT NOT NULL,
  more TEXT NOT NULL DEFAULT '{}',
  digest TEXT NOT NULL
);
CREATE TRIGGER events_stay BEFORE UPDATE ON events
  BEGIN SELECT RAISE(ABORT, 'events are only added: change the layer visits instead'); END;
CREATE TRIGGER events_are_kept BEFORE DELETE ON events
  BEGIN SELECT RAISE(ABORT, 'events are only added: delete in the layer visits instead'); END;

-- The visits as they stand, as a layer for QGIS and QField. What is changed, added or deleted here by another program
-- becomes an event when Qiancun opens the log again. "photo" is a path beside the log, as QField writes it, or a name in the log's
-- folder of photos; "more_photos" has further ones, separated by ";".
CREATE TABLE visits (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  geom POINT,
  id TEXT UNIQUE REFERENCES events (id) DEFERRABLE INITIALLY DEFERRED,
  gap TEXT,
  rule TEXT,
  village_code TEXT,
  village TEXT,
  town TEXT,
  facility TEXT,
  result TEXT,
  note TEXT,
  photo TEXT,
  surveyor TEXT,
  visited_at DATETIME,
  district TEXT,
  layer TEXT,
  facility_id TEXT,
  more_photos TEXT
);
-- So that an opening need not compare rows that nobody touched.
CREATE TRIGGER visits_added AFTER INSERT ON visits
  BEGIN UPDATE qiancun_log SET value = '1' WHERE key = 'edited'; END;
CREATE TRIGGER visits_changed AFTER UPDATE ON visits
  BEGIN UPDATE qiancun_log SET value = '1' WHERE key = 'edited'; END;
CREATE TRIGGER visits_deleted AFTER DELETE ON visits
  BEGIN UPDATE qiancun_log SET value = '1' WHERE key = 'edited'; END;
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES
  ('visits', 'features', 'visits', 'Visits to gaps, as they stand', 4326),
  ('events', 'attributes', 'events', 'All that was recorded, corrected and withdrawn', NULL);
INSERT INTO gpkg_geometry_columns VALUES ('visits', 'geom', 'POINT', 4326, 0, 0);
INSERT INTO gpkg_data_column_constraints (constraint_name, constraint_type, value, description) VALUES
  ('result', 'enum', 'confirmed', '属实 confirmed'),
  ('result', 'enum', 'closed', '已消除 closed'),
  ('result', 'enum', 'wrong', '有误 data wrong'),
  ('result', 'enum', 'unreachable', '未能到达 not reached');
INSERT INTO gpkg_data_columns (table_name, column_name, name, title, constraint_name) VALUES
  ('visits', 'result', 'result', '结果 result', 'result');
