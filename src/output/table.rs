//! Tables that fit the terminal and stay plain in a pipe.

use comfy_table::{ContentArrangement, presets};

use super::sanitise;

/// Narrower terminals wrap what there is (columns).
const NARROWEST: u16 = 40;

pub(crate) struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
    spare: Vec<String>,
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
            width,
        }
    }

    /// Columns that are left out where the terminal is too narrow for all, the first of these first.
    pub(crate) fn spare(mut self, titles: &[&str]) -> Table {
        self.spare = titles.iter().map(|title| title.to_uppercase()).collect();
        self
    }

    /// Cells come from anywhere and are made harmless here.
    pub(crate) fn row(&mut self, cells: &[&str]) {
        self.rows.push(cells.iter().map(|cell| sanitise::line(cell).into_owned()).collect());
    }

    pub(crate) fn render(&self) -> String {
        let mut left_out: Vec<&String> = Vec::new();
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
        table.to_string().lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
    }
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
}
