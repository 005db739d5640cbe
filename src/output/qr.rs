//! An address as a QR code, for a phone that is held before the terminal.

use console::{Style, Term};
use qrcode::{EcLevel, QrCode};

use super::{Out, Shown};

/// Light modules around the code, without which cameras do not find it. Four are asked for; two do, and fit more terminals.
const MARGIN: usize = 2;

impl Out {
    /// Nothing where nobody could see it: no terminal, too narrow a one, `--json`, `--quiet`.
    pub(crate) fn qr(&self, address: &str) {
        let term = Term::stderr();
        if self.json || self.quiet || !term.is_term() {
            return;
        }
        let (_, columns) = term.size();
        let Some(lines) = drawn(address) else { return };
        if lines.first().is_none_or(|line| line.chars().count() > usize::from(columns)) {
            return;
        }
        // Black on white whatever the terminal's colours are. Without colours, what is light is drawn: on a dark
        // terminal that is the code, on a light one its negative, which phones read too.
        let paper = Style::new().for_stderr().color256(231).on_color256(16);
        for line in lines {
            self.always(Shown::painted(&line, &paper));
        }
    }
}

/// Two rows of modules a line, as half blocks. What is light is drawn, what is dark is left out.
fn drawn(address: &str) -> Option<Vec<String>> {
    let code = QrCode::with_error_correction_level(address, EcLevel::L).ok()?;
    let width = code.width();
    let modules = code.to_colors();
    let light = |x: usize, y: usize| -> bool {
        let inside = (MARGIN..MARGIN + width).contains(&x) && (MARGIN..MARGIN + width).contains(&y);
        let module = inside.then(|| modules.get((y - MARGIN) * width + (x - MARGIN))).flatten();
        module.is_none_or(|module| *module == qrcode::Color::Light)
    };
    let side = width + 2 * MARGIN;
    let block = |x: usize, y: usize| match (light(x, y), y + 1 >= side || light(x, y + 1)) {
        (true, true) => '█',
        (true, false) => '▀',
        (false, true) => '▄',
        (false, false) => ' ',
    };
    Some((0..side).step_by(2).map(|y| (0..side).map(|x| block(x, y)).collect()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Back from half blocks to modules: `true` is dark.
    fn modules(lines: &[String]) -> Vec<Vec<bool>> {
        let mut rows = Vec::new();
        for line in lines {
            rows.push(line.chars().map(|c| matches!(c, ' ' | '▄')).collect::<Vec<bool>>());
            rows.push(line.chars().map(|c| matches!(c, ' ' | '▀')).collect());
        }
        rows
    }

    #[test]
    fn every_module_is_drawn_where_it_stands() {
        let address = "https://github.com/login/device?user_code=WDJB-MJHT";
        let lines = drawn(address).unwrap();
        let code = QrCode::with_error_correction_level(address, EcLevel::L).unwrap();
        let rows = modules(&lines);
        for y in 0..code.width() {
            for x in 0..code.width() {
                let dark = code[(x, y)] == qrcode::Color::Dark;
                assert_eq!(rows[y + MARGIN][x + MARGIN], dark, "{x},{y}");
            }
        }
        let quiet = |row: &Vec<bool>| row.iter().all(|dark| !dark);
        assert!(rows[..MARGIN].iter().all(quiet) && rows[MARGIN + code.width()..].iter().all(quiet));
        assert!(lines.iter().all(|line| line.chars().count() == code.width() + 2 * MARGIN));
    }

    #[test]
    fn what_is_too_long_for_a_code_has_none() {
        assert!(drawn(&"x".repeat(5_000)).is_none());
    }
}
