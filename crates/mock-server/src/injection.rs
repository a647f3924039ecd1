use std::fmt;

use crate::chance::Chance;
use crate::fault::Fault;

/// A fault that is switched on: for all calls or the next ones, always or with a probability.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "an injection does nothing until it is given to an emulation"]
pub struct Injection {
    fault: Fault,
    calls: Option<u64>,
    probability: f64,
}

impl Injection {
    /// The fault, for each call until it is switched off.
    pub fn of(fault: Fault) -> Self {
        Self { fault, calls: None, probability: 1.0 }
    }

    /// Only for the next `calls` calls.
    pub fn calls(self, calls: u64) -> Self {
        Self { calls: Some(calls), ..self }
    }

    /// Only with this probability at each call. The seed decides.
    ///
    /// # Errors
    ///
    /// If the number is not above 0 and at most 1.
    pub fn probability(self, probability: f64) -> Result<Self, InvalidProbability> {
        if probability > 0.0 && probability <= 1.0 {
            Ok(Self { probability, ..self })
        } else {
            Err(InvalidProbability)
        }
    }

    /// The fault.
    #[must_use]
    pub fn fault(&self) -> &Fault {
        &self.fault
    }

    /// For how many more calls, if their number is limited.
    #[must_use]
    pub fn calls_left(&self) -> Option<u64> {
        self.calls
    }

    /// With which probability at each call.
    #[must_use]
    pub fn chance(&self) -> f64 {
        self.probability
    }

    /// The fault if it strikes at one call, which counts as a call by that.
    fn strike(&mut self, chance: &mut Chance) -> Option<Fault> {
        match &mut self.calls {
            Some(0) => return None,
            Some(calls) => *calls -= 1,
            None => {}
        }
        (self.probability >= 1.0 || chance.uniform() < self.probability).then(|| self.fault.clone())
    }
}

/// A probability is above 0 and at most 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidProbability;

impl fmt::Display for InvalidProbability {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a probability is above 0 and at most 1")
    }
}

impl std::error::Error for InvalidProbability {}

/// What is switched on for one instance, or for all of them.
#[derive(Debug, Default)]
pub(crate) struct Injections {
    switched_on: Vec<(u64, Injection)>,
    latest: u64,
}

impl Injections {
    /// Switches a fault on, and gives the number by which it is switched off.
    pub(crate) fn add(&mut self, injection: Injection) -> u64 {
        self.latest += 1;
        self.switched_on.push((self.latest, injection));
        self.latest
    }

    /// From here on the numbers go on after those that others gave out.
    pub(crate) fn number_after(&mut self, others: &Self) {
        self.latest += others.latest;
        for (number, _) in &mut self.switched_on {
            *number += others.latest;
        }
    }

    /// The faults that strike at one call. Those that are not wanted do not count it as a call.
    pub(crate) fn strike(
        &mut self,
        chance: &mut Chance,
        wanted: impl Fn(&Fault) -> bool,
        faults: &mut Vec<Fault>,
    ) {
        if self.switched_on.is_empty() {
            return;
        }
        let wanted = self.switched_on.iter_mut().filter(|(_, injection)| wanted(&injection.fault));
        faults.extend(wanted.filter_map(|(_, injection)| injection.strike(chance)));
        self.switched_on.retain(|(_, injection)| injection.calls != Some(0));
    }

    pub(crate) fn any(&self, wanted: impl Fn(&Fault) -> bool) -> bool {
        self.switched_on.iter().any(|(_, injection)| wanted(&injection.fault))
    }

    pub(crate) fn remove(&mut self, number: u64) -> bool {
        let before = self.switched_on.len();
        self.switched_on.retain(|(own, _)| *own != number);
        self.switched_on.len() < before
    }

    pub(crate) fn clear(&mut self) {
        self.switched_on.clear();
    }

    pub(crate) fn list(&self) -> Vec<(u64, Injection)> {
        self.switched_on.clone()
    }

    pub(crate) fn len(&self) -> usize {
        self.switched_on.len()
    }
}
