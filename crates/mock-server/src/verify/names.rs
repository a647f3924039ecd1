use std::fmt;

use greenapi_model::{ErrorCase, PossibleAnswer};

use super::CallPattern;
use crate::emulation::Emulation;
use crate::fault::nearest;

impl CallPattern {
    /// Whether a call to this emulation could be like it: whether there are such an outcome, such a clause and such a fault.
    /// Without this, a name that is mistyped is a call that never comes.
    ///
    /// ```
    /// use greenapi_mock_server::{CallPattern, Emulation};
    /// use greenapi_model::Contract;
    ///
    /// let emulation = Emulation::new(Contract::default())?;
    /// let error = CallPattern::any().clause("response.2000").check(&emulation).unwrap_err();
    /// assert_eq!(error.to_string(), "there is no clause `response.2000`; the nearest is `response.200`");
    /// # Ok::<(), greenapi_mock_server::Unemulable>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If there is none of that name, with the one that is nearest.
    pub fn check(&self, emulation: &Emulation) -> Result<(), UnknownName> {
        let contract = emulation.contract();
        if let Some(outcome) = &self.outcome {
            let own = ["created", "not-created", "plain", "own"].into_iter();
            let errors = contract.errors().iter().map(ErrorCase::slug);
            let possible = contract.possible_answers().iter().map(PossibleAnswer::slug);
            known("outcome", outcome, own.chain(errors).chain(possible))?;
        }
        if let Some(clause) = &self.clause {
            known("clause", clause, contract.clauses().iter().map(|clause| clause.id()))?;
        }
        match &self.fault {
            Some(fault) => emulation.fault(fault).map(drop).map_err(|error| UnknownName(error.to_string())),
            None => Ok(()),
        }
    }
}

fn known<'n>(what: &str, name: &str, names: impl Iterator<Item = &'n str>) -> Result<(), UnknownName> {
    let names: Vec<_> = names.collect();
    if names.contains(&name) {
        return Ok(());
    }
    Err(UnknownName(match nearest(name, names.into_iter()) {
        Some(near) => format!("there is no {what} `{name}`; the nearest is `{near}`"),
        None => format!("there is no {what} `{name}`"),
    }))
}

/// A pattern has a name that the contract does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownName(String);

impl fmt::Display for UnknownName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for UnknownName {}
