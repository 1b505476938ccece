//! Integration tests: one binary, so that the library is linked once.

#![allow(clippy::unwrap_used, clippy::expect_used)]
// A test tells one story from its beginning to its end.
#![allow(clippy::too_many_lines)]

mod attacked;
mod broken;
mod cached;
mod charts;
mod commands;
mod decided;
mod demo;
mod dependencies;
mod district;
mod drawing;
mod edits;
mod every_attack;
mod every_case;
mod every_table;
mod every_format;
mod every_window;
mod false_classes;
mod false_costs;
mod false_layers;
mod false_pictures;
mod false_silence;
mod false_tables;
mod flatgeobuf;
mod gaps;
mod grounds;
mod handed_out;
mod levels;
mod lost;
mod lost_killed;
mod lost_survey;
mod meanwhile;
mod meeting;
mod oracle;
mod page_codes;
mod pages;
mod pictures;
mod program;
mod programs;
mod rooms;
mod sequences;
mod shared;
mod sharp_keys;
mod sharp_map;
mod sharp_panels;
mod sharp_stage;
mod sharp_table;
mod sharp_words;
mod summary;
mod survey;
mod survey_faults;
mod themes;
mod window;
