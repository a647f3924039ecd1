//! Looks at an object of the document and refuses what this reader of contracts does not know.

use crate::clause::Evidence;
use crate::contract_error::ContractError;
use crate::document::Node;
use crate::pointer::Pointer;
use crate::rules;

/// An object of the document and where it stands. Every member has a known name.
#[derive(Clone)]
pub(crate) struct Fields<'d> {
    node: &'d Node,
    pub(crate) at: Pointer,
}

impl<'d> Fields<'d> {
    /// `what` names the object in messages: "an operation".
    pub(crate) fn of(
        node: &'d Node,
        at: &Pointer,
        what: &str,
        known: &[&str],
    ) -> Result<Self, ContractError> {
        for (name, _) in members(node, at)? {
            if !known.contains(&name.as_str()) {
                let list = known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
                return Err(ContractError::new(
                    &at.child(name),
                    format!("`{name}` is not known in {what}; known are {list}"),
                ));
            }
        }
        Ok(Self { node, at: at.clone() })
    }

    pub(crate) fn node(&self, name: &str) -> Option<&'d Node> {
        self.node.member(name)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.node(name).is_some()
    }

    /// The names of the members, in their order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'d str> {
        self.node.members().unwrap_or_default().iter().map(|(name, _)| name.as_str())
    }

    pub(crate) fn at(&self, name: &str) -> Pointer {
        self.at.child(name)
    }

    pub(crate) fn error(&self, name: &str, message: impl Into<String>) -> ContractError {
        ContractError::new(&self.at(name), message)
    }

    pub(crate) fn need(&self, name: &str) -> Result<&'d Node, ContractError> {
        self.node(name).ok_or_else(|| ContractError::new(&self.at, format!("`{name}` is missing")))
    }

    pub(crate) fn text(&self, name: &str) -> Result<Option<&'d str>, ContractError> {
        self.node(name)
            .map(|node| node.text().ok_or_else(|| self.error(name, format!("`{name}` is a text"))))
            .transpose()
    }

    pub(crate) fn need_text(&self, name: &str) -> Result<&'d str, ContractError> {
        self.need(name)?.text().ok_or_else(|| self.error(name, format!("`{name}` is a text")))
    }

    pub(crate) fn boolean(&self, name: &str) -> Result<Option<bool>, ContractError> {
        self.node(name)
            .map(|node| node.boolean().ok_or_else(|| self.error(name, format!("`{name}` is true or false"))))
            .transpose()
    }

    /// A count: an integer from 0 on.
    pub(crate) fn count(&self, name: &str) -> Result<Option<u64>, ContractError> {
        self.node(name)
            .map(|node| match node {
                Node::Number(number) => rules::integer_of(number).and_then(|count| count.try_into().ok()),
                _ => None,
            })
            .map(|count| count.ok_or_else(|| self.error(name, format!("`{name}` is an integer from 0 on"))))
            .transpose()
    }

    pub(crate) fn texts(&self, name: &str) -> Result<Vec<&'d str>, ContractError> {
        let Some(node) = self.node(name) else { return Ok(Vec::new()) };
        node.items()
            .and_then(|items| items.iter().map(Node::text).collect())
            .ok_or_else(|| self.error(name, format!("`{name}` is a list of texts")))
    }

    /// `x-evidence` of each of `facts`: one word for all of them, or one for each by its name.
    pub(crate) fn evidence(&self, facts: &[&str]) -> Result<EvidenceOf, ContractError> {
        const FIELD: &str = "x-evidence";
        let parse = |at: &Pointer, node: &Node| {
            // What is no text is no word either, and the message says which words there are.
            let word = node.text().unwrap_or_default();
            word.parse::<Evidence>().map_err(|message| ContractError::new(at, message))
        };
        let node = self.need(FIELD)?;
        let at = self.at(FIELD);
        if node.members().is_none() {
            let evidence = parse(&at, node)?;
            return Ok(EvidenceOf(facts.iter().map(|fact| ((*fact).to_owned(), evidence)).collect()));
        }
        let by_name = Fields::of(node, &at, "the evidence here", facts)?;
        facts
            .iter()
            .map(|fact| {
                let node = by_name
                    .node(fact)
                    .ok_or_else(|| ContractError::new(&at, format!("the evidence of `{fact}` is missing")))?;
                Ok(((*fact).to_owned(), parse(&at.child(fact), node)?))
            })
            .collect::<Result<_, _>>()
            .map(EvidenceOf)
    }

    /// `x-evidence` of an object that states one fact.
    pub(crate) fn one_evidence(&self) -> Result<Evidence, ContractError> {
        Ok(self.evidence(&["fact"])?.of("fact"))
    }
}

/// The members of an object that has names of the author's own, such as properties or paths.
pub(crate) fn members<'d>(node: &'d Node, at: &Pointer) -> Result<&'d [(String, Node)], ContractError> {
    node.members().ok_or_else(|| ContractError::new(at, "this is to be an object"))
}

/// How each fact of one object is known.
pub(crate) struct EvidenceOf(Vec<(String, Evidence)>);

impl EvidenceOf {
    /// Evidence of a fact that was asked for.
    pub(crate) fn of(&self, fact: &str) -> Evidence {
        self.0.iter().find(|(name, _)| name == fact).map_or(Evidence::Assumed, |(_, evidence)| *evidence)
    }
}
