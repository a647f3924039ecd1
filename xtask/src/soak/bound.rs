//! What has to be so, and whether it is.

use super::markdown;
use crate::failure::Failure;

/// A bound, and what was found.
#[derive(Debug)]
pub(super) struct Bound {
    what: String,
    found: String,
    wanted: String,
    verdict: Verdict,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Kept,
    Broken,
    /// Too little was measured.
    NotJudged,
}

impl Bound {
    pub(super) fn of(
        what: impl Into<String>,
        found: impl Into<String>,
        wanted: impl Into<String>,
        is_kept: bool,
    ) -> Self {
        let verdict = if is_kept { Verdict::Kept } else { Verdict::Broken };
        Self { what: what.into(), found: found.into(), wanted: wanted.into(), verdict }
    }

    /// The same, whose figure is shown alone unless it is to be judged.
    pub(super) fn judged_if(self, is_judged: bool) -> Self {
        if is_judged { self } else { Self { verdict: Verdict::NotJudged, ..self } }
    }
}

/// A table in Markdown.
pub(super) fn rendered(bounds: &[Bound]) -> String {
    let rows = bounds.iter().map(|Bound { what, found, wanted, verdict }| {
        let verdict = match verdict {
            Verdict::Kept => "kept",
            Verdict::Broken => "**broken**",
            Verdict::NotJudged => "not judged: too short",
        };
        [what, found, wanted, verdict].map(str::to_owned).to_vec()
    });
    markdown::table(&["bound", "found", "wanted", ""], rows)
}

/// A failure that names each bound that is broken.
pub(super) fn judged(bounds: &[Bound]) -> Result<(), Failure> {
    let broken = bounds.iter().filter(|bound| bound.verdict == Verdict::Broken);
    let named: Vec<String> = broken
        .map(|Bound { what, found, wanted, .. }| format!("{what}: {found}, and not {wanted}"))
        .collect();
    if named.is_empty() { Ok(()) } else { Err(Failure::failed(named.join("\n"))) }
}

#[cfg(test)]
mod tests {
    use super::{Bound, judged, rendered};

    #[test]
    fn a_bound_that_is_broken_is_a_failure_that_names_it() {
        let bound = |is_kept| Bound::of("memory", "120 MB", "100 MB at most", is_kept);
        let check = |bounds: &[Bound], expected: Option<&str>, shown: &str| {
            assert_eq!(judged(bounds).err().map(|failure| failure.messages()).as_deref(), expected);
            assert_eq!(rendered(bounds).lines().last(), Some(shown));
        };
        check(&[bound(true)], None, "| memory | 120 MB | 100 MB at most | kept |");
        check(
            &[bound(true), bound(false)],
            Some("memory: 120 MB, and not 100 MB at most"),
            "| memory | 120 MB | 100 MB at most | **broken** |",
        );
        let unjudged = bound(false).judged_if(false);
        check(&[unjudged], None, "| memory | 120 MB | 100 MB at most | not judged: too short |");
    }
}
