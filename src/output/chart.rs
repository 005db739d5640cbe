//! Bars beside their names and amounts, as wide as the terminal allows. A pipe gets the words alone.

use console::{Term, measure_text_width, pad_str, truncate_str};

use super::sanitise;

/// Narrower says nothing.
const NARROWEST: usize = 8;

/// An eighth of a column more each.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

#[derive(Default)]
pub(crate) struct Chart {
    rows: Vec<(String, Option<i64>, String)>,
}

impl Chart {
    pub(crate) fn new() -> Chart {
        Chart::default()
    }

    /// The name comes from anywhere and is made harmless here.
    pub(crate) fn row(&mut self, name: &str, amount: i64, words: &str) {
        self.rows.push((sanitise::line(name).into_owned(), Some(amount), words.to_owned()));
    }

    pub(crate) fn total(&mut self, name: &str, words: &str) {
        self.rows.push((name.to_owned(), None, words.to_owned()));
    }

    pub(crate) fn render(&self, drawn: bool) -> String {
        let width =
            drawn.then(|| Term::stdout().size_checked()).flatten().map(|(_, width)| usize::from(width));
        self.lines(width).join("\n")
    }

    /// `None`: no bars, and names at full length.
    fn lines(&self, width: Option<usize>) -> Vec<String> {
        let widest =
            |texts: &mut dyn Iterator<Item = &String>| texts.map(|text| measure_text_width(text)).max();
        let words = widest(&mut self.rows.iter().map(|(_, _, words)| words)).unwrap_or(0);
        let names = widest(&mut self.rows.iter().map(|(name, ..)| name)).unwrap_or(0);
        // A long name does not take the bars' place.
        let names = width.map_or(names, |width| names.min((width / 2).max(NARROWEST)));
        let space = width.map_or(0, |width| width.saturating_sub(names + words + 4));
        let space = if space < NARROWEST { 0 } else { space };
        let most = self.rows.iter().filter_map(|(_, amount, _)| *amount).max().unwrap_or(0);
        let line = |(name, amount, text): &(String, Option<i64>, String)| {
            let name = truncate_str(name, names, "…");
            let name = pad_str(&name, names, console::Alignment::Left, None);
            let text = pad_str(text, words, console::Alignment::Right, None);
            let bar = bar(amount.unwrap_or(0), most, space);
            format!("{name}  {text}  {bar}").trim_end().to_owned()
        };
        self.rows.iter().map(line).collect()
    }
}

/// What there is at all is seen.
fn bar(amount: i64, most: i64, space: usize) -> String {
    if amount <= 0 || most <= 0 || space == 0 {
        return String::new();
    }
    let eighths = (amount as f64 / most as f64 * space as f64 * 8.0).round() as usize;
    let eighths = eighths.clamp(1, space * 8);
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS.get(eighths % 8).unwrap_or(&""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart() -> Chart {
        let mut chart = Chart::new();
        chart.row("acme", 3_600, "1 h");
        chart.row("日本\u{1b}[2J", 1_800, "30 min");
        chart.row(&"long ".repeat(40), 1, "1 s");
        chart.total("Total", "1 h 30 min");
        chart
    }

    #[test]
    fn bars_fit_the_width_and_keep_their_proportions() {
        for width in [20, 40, 80, 200] {
            let lines = chart().lines(Some(width));
            assert!(
                lines.iter().all(|line| measure_text_width(line) <= width.max(30)),
                "{width}: {lines:#?}"
            );
            assert!(!lines.concat().contains('\u{1b}'));
        }
        let lines = chart().lines(Some(80));
        let full = |line: &str| line.chars().filter(|c| *c == '█').count();
        assert_eq!(full(&lines[0]) / 2, full(&lines[1]), "{lines:#?}");
        assert!(lines[2].ends_with('▏') && full(&lines[3]) == 0, "{lines:#?}");
    }

    #[test]
    fn a_pipe_gets_words() {
        let text = chart().lines(None).join("\n");
        assert!(!text.contains('█') && text.contains(&"long ".repeat(39)), "{text}");
    }
}
