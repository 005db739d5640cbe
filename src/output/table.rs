//! Tables that fit the terminal and stay plain in a pipe.

use comfy_table::{ColumnConstraint, ContentArrangement, Width, presets};

use super::sanitise;

/// Narrower terminals wrap what there is (columns).
const NARROWEST: u16 = 40;

/// Longer words are broken first (columns).
const WORD: usize = 20;

pub(crate) struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
    spare: Vec<String>,
    if_any: Vec<String>,
    /// `None`: not a terminal, and everything is shown.
    width: Option<u16>,
}

impl Table {
    pub(crate) fn new(header: &[&str]) -> Table {
        let width = console::Term::stdout().size_checked().map(|(_, width)| width.max(NARROWEST));
        Table {
            header: header.iter().map(|title| title.to_uppercase()).collect(),
            rows: Vec::new(),
            spare: Vec::new(),
            if_any: Vec::new(),
            width,
        }
    }

    /// Columns that are left out where the terminal is too narrow for all, the first of these first.
    pub(crate) fn spare(mut self, titles: &[&str]) -> Table {
        self.spare = titles.iter().map(|title| title.to_uppercase()).collect();
        self
    }

    /// Columns that are left out where no row says anything there.
    pub(crate) fn if_any(mut self, titles: &[&str]) -> Table {
        self.if_any = titles.iter().map(|title| title.to_uppercase()).collect();
        self
    }

    fn is_empty(&self, title: &str) -> bool {
        let column = self.header.iter().position(|other| other == title);
        let mut cells = self.rows.iter().filter_map(|row| row.get(column?));
        cells.all(|cell| cell.is_empty() || cell == "-")
    }

    /// Cells come from anywhere and are made harmless here.
    pub(crate) fn row(&mut self, cells: &[&str]) {
        self.rows.push(cells.iter().map(|cell| sanitise::line(cell).into_owned()).collect());
    }

    pub(crate) fn render(&self) -> String {
        let mut left_out: Vec<&String> = self.if_any.iter().filter(|title| self.is_empty(title)).collect();
        let whole = self.laid_out(&left_out, None);
        let Some(width) = self.width else { return whole };
        let fits = |text: &str| text.lines().all(|line| console::measure_text_width(line) <= width.into());
        let mut text = whole;
        for title in &self.spare {
            if fits(&text) {
                return text;
            }
            left_out.push(title);
            text = self.laid_out(&left_out, None);
        }
        if fits(&text) { text } else { self.laid_out(&left_out, Some(width)) }
    }

    /// Within this width; `None`: as wide as it is.
    fn laid_out(&self, left_out: &[&String], width: Option<u16>) -> String {
        let kept = |cells: &[String]| -> Vec<String> {
            let with_titles = cells.iter().zip(&self.header);
            with_titles.filter(|(_, title)| !left_out.contains(title)).map(|(cell, _)| cell.clone()).collect()
        };
        let mut table = comfy_table::Table::new();
        table.load_style(presets::NOTHING).set_header(kept(&self.header));
        match width {
            Some(width) => table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width),
            None => table.set_content_arrangement(ContentArrangement::Disabled),
        };
        table.add_rows(self.rows.iter().map(|row| kept(row)));
        let words: Vec<u16> = columns(&kept(&self.header), self.rows.iter().map(|row| kept(row)));
        if width.is_some_and(|width| words.iter().sum::<u16>() <= width) {
            for (column, wide) in table.column_iter_mut().zip(words) {
                column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(wide)));
            }
        }
        table.to_string().lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
    }
}

/// How wide columns must be for no ordinary word of theirs to be broken, with what stands around it.
fn columns(header: &[String], rows: impl Iterator<Item = Vec<String>>) -> Vec<u16> {
    let longest = |cell: &String| {
        let widths = cell.split(' ').map(console::measure_text_width);
        widths.filter(|width| *width <= WORD).max().unwrap_or(0)
    };
    let mut wide: Vec<usize> = header.iter().map(longest).collect();
    for row in rows {
        for (widest, cell) in wide.iter_mut().zip(&row) {
            *widest = longest(cell).max(*widest);
        }
    }
    wide.into_iter().map(|width| u16::try_from(width + 2).unwrap_or(u16::MAX)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_spared_goes_before_anything_is_broken() {
        let mut table = Table::new(&["name", "title", "state"]).spare(&["title"]);
        table.row(&["alpha", "a long title that needs room", "good"]);
        table.width = None;
        assert!(table.render().contains("TITLE"));
        table.width = Some(60);
        assert!(table.render().contains("long title that needs room"));
        table.width = Some(40);
        assert_eq!(table.render(), " NAME   STATE\n alpha  good");
    }

    #[test]
    fn a_column_that_says_nothing_takes_no_room() {
        let mut table = Table::new(&["name", "client", "project"]).if_any(&["client", "project"]);
        table.width = None;
        table.row(&["alpha", "-", "-"]);
        table.row(&["beta", "", "acme"]);
        assert_eq!(table.render(), " NAME   PROJECT\n alpha  -\n beta   acme");
    }

    #[test]
    fn long_cells_are_wrapped_before_words_are_broken() {
        let mut table = Table::new(&["day", "title", "unchanged"]);
        table.width = Some(40);
        table.row(&["2026-11-21", "a title of many words, none of which is long", "0"]);
        let shown = table.render();
        assert!(shown.contains("2026-11-21") && shown.contains("UNCHANGED"), "{shown}");
        table.row(&["w".repeat(70).as_str(), "", ""]);
        assert!(table.render().lines().all(|line| line.len() <= 40));
    }
}
