//! Provider files: a person's own, and a stranger's in a bundle.

use std::path::PathBuf;

use super::catalogue::Catalogue;
use super::schema::Provider;

pub(crate) fn provider_file(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let catalogue = Catalogue::new(PathBuf::from("/nonexistent"));
    // A new one, and one that changes what is built in.
    for name in ["acme", "google"] {
        let read = catalogue.with_own(name, Some(&text));
        let report = catalogue.lint_of(name, Some(&text)).unwrap();
        assert!(read.is_ok() || !report.problems.is_empty(), "refused and called sound: {read:?}");
        let lines = text.matches('\n').count() + 1;
        assert!(
            report.problems.iter().all(|problem| problem.line.is_none_or(|line| (1..=lines).contains(&line)))
        );
        if let Ok(provider) = read {
            is_safe(&provider);
        }
    }
}

/// What a token or a code goes to is https, or this machine.
fn is_safe(provider: &Provider) {
    let urls = [
        &provider.authorize_url,
        &provider.token_url,
        &provider.revoke_url,
        &provider.device_url,
        &provider.issuer,
        &provider.api_url,
    ];
    // What is chosen or found later is judged then.
    for url in urls.into_iter().flatten().filter(|url| !url.starts_with('{')) {
        let lower = url.trim().to_ascii_lowercase();
        let here =
            ["http://127.", "http://localhost", "http://[::1]"].iter().any(|start| lower.starts_with(start));
        assert!(lower.starts_with("https:") || here, "{url}");
        let host = lower.split_once("//").map_or("", |(_, rest)| rest).split(['/', '?', '#']).next().unwrap();
        assert!(!host.contains('@'), "{url}");
    }
    assert!(provider.gap().as_secs() <= 60);
}
