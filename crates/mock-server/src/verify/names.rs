use std::fmt;

use greenapi_model::{ErrorCase, PossibleAnswer};

use super::CallPattern;
use crate::emulation::Emulation;
use crate::fault::nearest;

impl CallPattern {
    /// Whether a call to this emulation could be like it: whether there are such an outcome, such a clause, such a fault and such a
    /// method, and whether the journal keeps what it looks at.
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
        if let Some(fault) = &self.fault {
            let known = emulation.fault(fault).map_err(|error| UnknownName(error.to_string()))?;
            // Calls are compared with the text of the fault, so that another spelling would never be met.
            let written = known.to_string();
            let short = |text: &str| text.split_once('.').map(|(_, short)| short.to_owned());
            let same =
                [known.id(), &written].map(|text| text == fault || short(text).as_ref() == Some(fault));
            if !same.contains(&true) {
                return Err(UnknownName(format!("the fault `{fault}` is written `{written}` here")));
            }
        }
        if let Some(method) = self.method.as_ref().filter(|method| method.contains(char::is_lowercase)) {
            let upper = method.to_uppercase();
            return Err(UnknownName(format!("an HTTP method is in capitals: `{upper}`, not `{method}`")));
        }
        if self.body.is_some() && emulation.settings().journal.mask_phones {
            let why = "bodies cannot be compared as JSON where the journal masks phone numbers";
            return Err(UnknownName(why.to_owned()));
        }
        Ok(())
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
