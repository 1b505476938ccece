//! `qiancun form fill`: somebody else's workbook filled with a project's figures.

use std::path::PathBuf;

use lexopt::ValueExt as _;
use serde_json::json;

use super::against::read_layout;
use super::{Failure, args, joined, read};
use crate::cli::say::{said, told};
use crate::lang::Lang;
use crate::output::{FormError, FormOptions, bound_form, fill_form_file};

/// Runs the command.
pub fn run(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let (mut words, mut as_json, mut out, mut year, mut said, mut lang) =
        (Vec::new(), false, None, None, None, Lang::Zh);
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(word) => words.push(PathBuf::from(word)),
            lexopt::Arg::Long("json") => as_json = true,
            lexopt::Arg::Short('o') | lexopt::Arg::Long("output") => out = Some(PathBuf::from(parser.value()?)),
            lexopt::Arg::Long("year") => year = Some(parser.value()?.parse::<i32>()?),
            lexopt::Arg::Long("layout") => said = Some(read_layout(&PathBuf::from(parser.value()?))?),
            lexopt::Arg::Long("lang") => lang = args::lang(&mut parser)?,
            other => return Err(other.unexpected().into()),
        }
    }
    let ([verb, project, form], Some(out)) = (words.as_slice(), out) else {
        return Err(Failure::Usage("form fill needs a project, a form (XLSX) and -o".into()));
    };
    if verb.as_os_str() != "fill" {
        return Err(Failure::Usage("form knows one thing: form fill PROJECT FORM.xlsx -o F.xlsx".into()));
    }
    args::refuse_source(&out, &[project.clone(), form.clone()])?;
    let opened = joined::project(project)?;
    let district = joined::load(project, &opened)?;
    let entry = bound_form(&opened.forms, &district, form);
    let said = said.or_else(|| entry.map(|e| e.layout.clone())).unwrap_or_default();
    let cells = entry.map(|e| e.cells.clone()).unwrap_or_default();
    if let Some(year) = year {
        joined::year(project, &district, Some(year))?;
    }
    let options = FormOptions { said: &said, cells: &cells, aliases: &opened.aliases, year, lang };
    let report = fill_form_file(&district, form, &out, options).map_err(|e| match &e {
        FormError::Read(read) => {
            Failure::Because { code: read.code(), message: e.to_string(), file: Some(form.clone()) }
        }
        FormError::NotWorkbook => read::because("not-workbook", form, e.to_string()),
        FormError::Io(_) => read::because("not-filled", form, e.to_string()),
    })?;
    let said_or_null = |text: &str| Some(text.to_owned()).filter(|t| !t.is_empty());
    if as_json {
        let blank = report.blank.iter().map(|b| {
            let (village, indicator) = (said_or_null(&b.village), said_or_null(&b.indicator));
            json!({ "cell": b.cell, "village": village, "indicator": indicator, "why": b.why })
        });
        return read::print(&json!({ "cells": report.cells, "blank": blank.collect::<Vec<_>>() }));
    }
    said!("{}: {} cells filled", out.display(), report.cells);
    for b in &report.blank {
        told!("qiancun: {} stays blank: {} {}: {}", b.cell, b.village, b.indicator, b.why);
    }
    Ok(())
}
