use std::io::{BufRead as _, Write as _};

use greenapi_harness::{SetState, StateChange, StateSet};

/// Asks the person at the terminal, and waits for an answer.
pub(crate) struct ByHand;

impl SetState for ByHand {
    fn set<'s>(&'s self, change: &'s StateChange) -> StateSet<'s> {
        Box::pin(async move {
            if change.teardown {
                return Ok(());
            }
            let question = format!(
                "\nBring instance {} into this state: {}. Then press Enter, or type `skip`: ",
                change.instance,
                change.sentence(),
            );
            let answer = tokio::task::spawn_blocking(move || {
                let mut stderr = anstream::stderr();
                write!(stderr, "{question}").and_then(|()| stderr.flush())?;
                let mut line = String::new();
                std::io::stdin().lock().read_line(&mut line).map(|read| (read > 0).then_some(line))
            });
            match answer.await {
                Ok(Ok(Some(line))) if line.trim().is_empty() => Ok(()),
                Ok(Ok(Some(_))) => Err(format!("\"{}\" was skipped", change.sentence())),
                _ => Err(format!("nobody was there to confirm that {}", change.sentence())),
            }
        })
    }
}
