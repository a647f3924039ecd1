use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

/// A future that is polled only when it asked for that, though its task is polled for other reasons far more often.
pub(super) struct Seldom<F> {
    future: F,
    asked: Option<Arc<Asked>>,
}

/// Wakes the task, and notes for whom.
struct Asked {
    task: Waker,
    is_due: AtomicBool,
}

impl<F> Seldom<F> {
    pub(super) fn new(future: F) -> Self {
        Self { future, asked: None }
    }

    /// The future, to be changed. It is polled at the next opportunity.
    pub(super) fn change(&mut self) -> &mut F {
        if let Some(asked) = &self.asked {
            asked.is_due.store(true, Ordering::Release);
        }
        &mut self.future
    }
}

impl<F: Future + Unpin> Future for Seldom<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let Self { future, asked } = &mut *self;
        let asked = match asked {
            Some(asked) if asked.task.will_wake(context.waker()) => {
                if !asked.is_due.load(Ordering::Acquire) {
                    return Poll::Pending;
                }
                asked
            }
            asked => {
                let task = context.waker().clone();
                asked.insert(Arc::new(Asked { task, is_due: AtomicBool::new(false) }))
            }
        };
        // Before the poll, so that what is asked for during it is not lost.
        asked.is_due.store(false, Ordering::Release);
        let waker = Waker::from(Arc::clone(asked));
        Pin::new(future).poll(&mut Context::from_waker(&waker))
    }
}

impl Wake for Asked {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.is_due.store(true, Ordering::Release);
        self.task.wake_by_ref();
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::future::poll_fn;
    use std::time::Duration;

    use tokio::sync::oneshot;
    use tokio::time::{Instant, sleep};

    use super::*;

    #[tokio::test]
    async fn it_is_polled_once_and_when_it_asked() {
        let (sender, mut receiver) = oneshot::channel();
        let polls = Cell::new(0);
        let mut seldom = Seldom::new(poll_fn(|context| {
            polls.set(polls.get() + 1);
            Pin::new(&mut receiver).poll(context)
        }));
        for _ in 0..10 {
            assert!(poll_fn(|context| Poll::Ready(Pin::new(&mut seldom).poll(context))).await.is_pending());
        }
        assert_eq!(polls.get(), 1);
        sender.send(7).unwrap();
        assert_eq!(seldom.await, Ok(7));
        assert_eq!(polls.get(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_future_that_was_changed_is_polled() {
        let start = Instant::now();
        let second = Duration::from_secs(1);
        let mut seldom = Seldom::new(Box::pin(sleep(second)));
        for seconds in 1..5 {
            poll_fn(|context| Pin::new(&mut seldom).poll(context)).await;
            assert_eq!(start.elapsed().as_secs(), seconds);
            seldom.change().as_mut().reset(Instant::now() + second);
        }
    }

    #[tokio::test]
    async fn another_task_is_woken_too() {
        let (sender, receiver) = oneshot::channel();
        let mut seldom = Seldom::new(receiver);
        assert!(poll_fn(|context| Poll::Ready(Pin::new(&mut seldom).poll(context))).await.is_pending());
        let other = tokio::spawn(seldom);
        tokio::task::yield_now().await;
        sender.send(7).unwrap();
        assert_eq!(other.await.unwrap(), Ok(7));
    }
}
