use std::fmt;
use std::sync::OnceLock;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::outcome::Outcome;

/// What stands before each name.
const PREFIX: &str = "greenapi_mock";
/// More than most contracts have answers, so that nearly each call finds its counter among the first.
const FIRST: usize = 16;

/// What is counted of the calls. Nothing resets it.
pub struct Metrics {
    registry: Registry,
    calls: Family<CallLabels, Counter>,
    /// The first counters of `calls`, as to look one up there takes a lock and labels of one's own.
    first: [OnceLock<(CallLabels, Counter)>; FIRST],
    faults: Family<FaultLabels, Counter>,
    groups: Counter,
    suspected_retries: Counter,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CallLabels {
    outcome: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct FaultLabels {
    fault: String,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix(PREFIX);
        let (calls, faults) = (Family::default(), Family::default());
        let (groups, suspected_retries) = (Counter::default(), Counter::default());
        registry.register("calls", "Calls by outcome and status", calls.clone());
        registry.register("faults", "Faults that struck a call", faults.clone());
        registry.register("groups_made", "Groups that were made, whatever the answer said", groups.clone());
        registry.register(
            "suspected_retries",
            "Calls that seem to repeat an earlier one blindly",
            suspected_retries.clone(),
        );
        Self { registry, calls, first: Default::default(), faults, groups, suspected_retries }
    }
}

impl Metrics {
    /// Counts a call.
    pub(crate) fn count(&self, outcome: &Outcome, is_suspected_retry: bool) {
        self.count_of(outcome.name(), outcome.status());
        for fault in outcome.faults() {
            self.faults.get_or_create(&FaultLabels { fault: fault.id().to_owned() }).inc();
        }
        if outcome.made_group() {
            self.groups.inc();
        }
        if is_suspected_retry {
            self.suspected_retries.inc();
        }
    }

    fn count_of(&self, outcome: &str, status: u16) {
        let is_wanted = |labels: &CallLabels| labels.status == status && labels.outcome == outcome;
        let mut known = self.first.iter().map_while(OnceLock::get);
        if let Some((_, counter)) = known.find(|(labels, _)| is_wanted(labels)) {
            counter.inc();
            return;
        }
        let labels = CallLabels { outcome: outcome.to_owned(), status };
        let counter = self.calls.get_or_create_owned(&labels);
        counter.inc();
        if let Some(free) = self.first.iter().find(|first| first.get().is_none()) {
            // Another thread may have been quicker, and then this one is looked up again.
            let _ = free.set((labels, counter));
        }
    }

    /// The same with numbers of this moment: name, help and value of each.
    pub(crate) fn with_gauges(&self, gauges: &[(&'static str, &'static str, u64)]) -> String {
        let mut registry = Registry::with_prefix(PREFIX);
        for (name, help, value) in gauges {
            let gauge = Gauge::<i64>::default();
            gauge.set(i64::try_from(*value).unwrap_or(i64::MAX));
            registry.register(*name, *help, gauge);
        }
        let mut text = String::new();
        // Writing to a text cannot fail.
        let _ = encode_registry(&mut text, &self.registry)
            .and_then(|()| encode_registry(&mut text, &registry))
            .and_then(|()| encode_eof(&mut text));
        text
    }

    /// The numbers in the text format of `OpenMetrics` 1.0, which Prometheus reads.
    #[must_use]
    pub fn open_metrics(&self) -> String {
        self.with_gauges(&[])
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Metrics").finish_non_exhaustive()
    }
}
