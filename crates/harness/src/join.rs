use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

/// Waits for all of some futures, which begin in their order. Meant for tens of them: each wake polls all that are left.
pub(crate) async fn join_all<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    enum Slot<F: Future> {
        Waiting(Pin<Box<F>>),
        Done(F::Output),
    }
    let mut slots: Vec<Slot<F>> = futures.map(|future| Slot::Waiting(Box::pin(future))).collect();
    poll_fn(|context| {
        let mut waiting = false;
        for slot in &mut slots {
            if let Slot::Waiting(future) = slot {
                match future.as_mut().poll(context) {
                    Poll::Ready(output) => *slot = Slot::Done(output),
                    Poll::Pending => waiting = true,
                }
            }
        }
        if waiting { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    slots
        .into_iter()
        .filter_map(|slot| match slot {
            Slot::Done(output) => Some(output),
            Slot::Waiting(_) => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #[tokio::test]
    async fn all_are_on_their_way_at_once() {
        let barrier = tokio::sync::Barrier::new(5);
        let waits = (0..5).map(|index| {
            let barrier = &barrier;
            async move {
                barrier.wait().await;
                index
            }
        });
        assert_eq!(super::join_all(waits).await, [0, 1, 2, 3, 4]);
    }
}
