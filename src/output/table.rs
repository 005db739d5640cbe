//! Tables that fit the terminal and stay plain in a pipe.

use comfy_table::{ContentArrangement, presets};

use super::sanitise;

pub(crate) struct Table {
    inner: comfy_table::Table,
}

impl Table {
    pub(crate) fn new(header: &[&str]) -> Table {
        let mut inner = comfy_table::Table::new();
        inner.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
        inner.set_header(header.iter().map(|h| h.to_uppercase()));
        match console::Term::stdout().size_checked() {
            Some((_, width)) => inner.set_width(width.max(40)),
            None => inner.set_content_arrangement(ContentArrangement::Disabled),
        };
        Table { inner }
    }

    /// Cells come from anywhere and are made harmless here.
    pub(crate) fn row(&mut self, cells: &[&str]) {
        self.inner.add_row(cells.iter().map(|cell| sanitise::line(cell).into_owned()));
    }

    pub(crate) fn render(&self) -> String {
        let text = self.inner.to_string();
        text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
    }
}
