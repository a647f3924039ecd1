use std::fmt;
use std::sync::{Arc, LazyLock, OnceLock};

use crate::answer::{Condition, ErrorCase, Example, PlainAnswer};
use crate::api_error::ApiError;
use crate::clause::Clause;
use crate::content_fault::{self, ContentFault};
use crate::contract_error::ContractError;
use crate::document::Node;
use crate::edition::Edition;
use crate::ids::{ApiToken, InstanceId};
use crate::json_schema;
use crate::operation::{self, BodyRules, Operation};
use crate::pointer::Pointer;
use crate::possible::PossibleAnswer;
use crate::reader::{self, Slot, Unreadable};
use crate::request::CreateGroup;
use crate::response::Group;
use crate::route::Address;
use crate::shape::{ErrorShape, RequestShape, ResponseShape};
use crate::variation;
use crate::violation::{Violation, Violations};

/// What the method promises, ready to be applied: the reader of bodies, the clauses, the errors, the schemas.
///
/// It is made from an OpenAPI document, once, and is cheap to clone. The document is the only source: a limit that is
/// changed there is changed in all that this type does.
///
/// ```
/// use greenapi_model::Contract;
///
/// let contract = Contract::default();
/// let request = contract.request(br#"{"groupName": "Hiking", "chatIds": [], "phones": [79001234567]}"#)?;
/// assert_eq!(request.group_name(), "Hiking");
///
/// let violations = contract.request(br#"{"groupName": 7, "phones": []}"#).unwrap_err();
/// let broken: Vec<_> = violations.iter().map(|violation| violation.clause().id()).collect();
/// assert_eq!(broken, ["request.groupName.string", "request.anyOf"]);
/// # Ok::<(), greenapi_model::Violations>(())
/// ```
#[derive(Clone)]
pub struct Contract {
    inner: Arc<Inner>,
}

struct Inner {
    document: Node,
    operation: Arc<Operation>,
    request: RequestShape,
    response: ResponseShape,
    error: ErrorShape,
    /// Made when somebody asks for them.
    content_faults: OnceLock<Vec<ContentFault>>,
}

/// One of the three bodies that a contract describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Body {
    /// The body of a request.
    Request,
    /// The body of the answer with status 200.
    Response,
    /// The body of an answer that is an error.
    Error,
}

impl Body {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Request, Self::Response, Self::Error];

    /// `request`, `response` or `error`: the first word of its clauses.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Response => "response",
            Self::Error => "error",
        }
    }
}

impl Default for Contract {
    /// The contract of the default edition, 2020-06-29.
    fn default() -> Self {
        Self::of(Edition::default())
    }
}

impl Contract {
    /// The contract of an edition that comes with this crate.
    #[must_use]
    pub fn of(edition: Edition) -> Self {
        static EMBEDDED: LazyLock<Vec<Contract>> = LazyLock::new(|| {
            Edition::all()
                .map(|edition| {
                    // Codegen wrote this document after it had compiled it, and a test compiles each of them.
                    #[allow(clippy::expect_used)]
                    Contract::from_json(edition.document()).expect("an embedded contract compiles")
                })
                .collect()
        });
        EMBEDDED[edition.index()].clone()
    }

    /// Compiles a contract from an OpenAPI 3.1 document in JSON, such as one of your own.
    ///
    /// References within the document are followed. `spec/README.md` in this project's repository says how such a
    /// document is written: which keywords and `x-` fields there are.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong, with its JSON pointer: text that is not JSON, a keyword or a field that is not
    /// known, evidence that is missing, an example that breaks its own schema, a structure that the types here cannot
    /// hold (a request without a required `groupName`, for instance).
    pub fn from_json(text: &str) -> Result<Self, ContractError> {
        let document: Node = serde_json::from_str(text).map_err(|error| {
            ContractError::new(&Pointer::root(), format!("the document is not JSON: {error}"))
        })?;
        let document = document.resolved()?;
        let operation = operation::compile(&document)?;
        let request = RequestShape::of(&operation)?;
        let response = ResponseShape::of(&operation)?;
        let error = ErrorShape::of(&operation)?;
        let (operation, content_faults) = (Arc::new(operation), OnceLock::new());
        let inner = Inner { document, operation, request, response, error, content_faults };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Reads the body of a request: one pass over the bytes.
    ///
    /// Unknown members are read over, a number such as `7.9e10` is an integer, and of a repeated key the last one
    /// counts. The bytes have to be UTF-8 without a byte order mark and nested less than 128 levels deep.
    ///
    /// # Errors
    ///
    /// All the clauses that the body breaks, with the places in the body; one alone where the bytes are not JSON.
    pub fn request(&self, body: &[u8]) -> Result<CreateGroup, Violations> {
        let operation = &self.inner.operation;
        if let (true, Some(clause)) = (body.is_empty(), &operation.body_required) {
            return Err(Violation::new(clause, Pointer::root(), "is empty").into());
        }
        let slots = read(&operation.request, body)?;
        Ok(self.inner.request.value(slots))
    }

    /// Reads the body of an answer with status 200.
    ///
    /// # Errors
    ///
    /// As for [`request`](Self::request).
    pub fn response(&self, body: &[u8]) -> Result<Group, Violations> {
        Ok(self.inner.response.value(read(&self.inner.operation.response, body)?))
    }

    /// Reads the body of an answer that is an error. Which error it is, [`recognize`](Self::recognize) says.
    ///
    /// # Errors
    ///
    /// As for [`request`](Self::request).
    pub fn error(&self, body: &[u8]) -> Result<ApiError, Violations> {
        Ok(self.inner.error.value(read(&self.inner.operation.error, body)?))
    }

    /// Which error of the contract an envelope is, by its status and its identifier.
    #[must_use]
    pub fn recognize(&self, error: &ApiError) -> Option<&ErrorCase> {
        self.errors().iter().find(|case| case.is(error))
    }

    /// Reads the path of a request, without a query.
    ///
    /// # Errors
    ///
    /// The clause that the path breaks: its form, or a limit of one of the parameters.
    pub fn address<'p>(&self, path: &'p str) -> Result<Address<'p>, Violation> {
        self.inner.operation.route.address(path)
    }

    /// Whether an instance of that number can be called.
    ///
    /// # Errors
    ///
    /// The limit that the number breaks.
    pub fn instance(&self, id: InstanceId) -> Result<(), Violation> {
        self.inner.operation.route.instance(id)
    }

    /// The path of a call. It holds the token, so it is as secret as that.
    #[must_use]
    pub fn path(&self, instance: InstanceId, token: &ApiToken) -> String {
        self.inner.operation.route.path(instance, token)
    }

    /// Judges the `Content-Type` of a request. One that is missing says nothing, so it breaks nothing.
    ///
    /// # Errors
    ///
    /// The clause `request.content-type`, if there is a value that names another media type. Parameters such as
    /// `charset` and the case of letters do not matter.
    pub fn request_content_type(&self, value: Option<&[u8]>) -> Result<(), Violation> {
        value.map_or(Ok(()), |value| content_type(&self.inner.operation.request, value))
    }

    /// Judges the `Content-Type` of an answer.
    ///
    /// # Errors
    ///
    /// The clause `response.content-type` or `error.content-type`, if the value is missing or names another media type.
    pub fn answer_content_type(&self, body: Body, value: Option<&[u8]>) -> Result<(), Violation> {
        content_type(self.rules(body), value.unwrap_or_default())
    }

    /// The clauses, in the order of the document.
    #[must_use]
    pub fn clauses(&self) -> &[Arc<Clause>] {
        &self.inner.operation.clauses
    }

    /// The clause of that id.
    #[must_use]
    pub fn clause(&self, id: &str) -> Option<&Arc<Clause>> {
        self.clauses().iter().find(|clause| clause.id() == id)
    }

    /// The errors, in the order of the document. Where several apply, a wrong path comes first, then another method, a
    /// wrong token and a body that is too large; of the others the first one is the answer.
    #[must_use]
    pub fn errors(&self) -> &[ErrorCase] {
        &self.inner.operation.errors
    }

    /// The error of that slug.
    #[must_use]
    pub fn error_case(&self, slug: &str) -> Option<&ErrorCase> {
        self.errors().iter().find(|case| case.slug() == slug)
    }

    /// The error that is the answer under a condition.
    #[must_use]
    pub fn error_when(&self, condition: &Condition) -> Option<&ErrorCase> {
        self.errors().iter().find(|case| case.condition() == condition)
    }

    /// The answers that any request may get by what lies outside of it, in the order of the document. They promise
    /// nothing, so no clause stands for them.
    #[must_use]
    pub fn possible_answers(&self) -> &[PossibleAnswer] {
        &self.inner.operation.possible
    }

    /// The answer of that slug that any request may get.
    #[must_use]
    pub fn possible_answer(&self, slug: &str) -> Option<&PossibleAnswer> {
        self.possible_answers().iter().find(|answer| answer.slug() == slug)
    }

    /// The answers to other HTTP methods that the contract names.
    #[must_use]
    pub fn plain_answers(&self) -> &[PlainAnswer] {
        &self.inner.operation.plain
    }

    /// The ways to break the contract, clause by clause, in the order of the clauses. They are derived once, at the first
    /// call.
    #[must_use]
    pub fn content_faults(&self) -> &[ContentFault] {
        self.inner.content_faults.get_or_init(|| content_fault::all(&self.inner.operation))
    }

    /// The fault of that id.
    #[must_use]
    pub fn content_fault(&self, id: &str) -> Option<&ContentFault> {
        self.content_faults().iter().find(|fault| fault.id() == id)
    }

    /// The examples of requests and of responses, each a body that is valid.
    ///
    /// The examples of errors are the errors themselves: [`errors`](Self::errors).
    #[must_use]
    pub fn examples(&self, body: Body) -> &[Example] {
        match body {
            Body::Request => &self.inner.operation.request_examples,
            Body::Response => &self.inner.operation.response_examples,
            Body::Error => &[],
        }
    }

    /// The names of the members that a body may have, in the order of the document.
    pub fn members(&self, body: Body) -> impl Iterator<Item = &str> {
        self.rules(body).object.fields.iter().map(|field| field.name.as_str())
    }

    /// For each character of a member's value in the body's first example, the characters that may stand in its place.
    ///
    /// That is what the endpoint needs to make values of the documented form: `12345678910-1112131415@g.us` tells that
    /// the first eleven are digits, and that `@g.us` stays. Only letters and digits of ASCII are exchanged; where the
    /// contract has no pattern, only digits for digits. `None` if there is no example with a text of that name.
    #[must_use]
    pub fn variations(&self, body: Body, member: &str) -> Option<Vec<Vec<char>>> {
        variation::of(&self.rules(body).object, self.examples(body).first()?, member)
    }

    /// The clauses that say that no two answers have the same value, with the names of the members.
    pub fn unique_members(&self) -> impl Iterator<Item = (&str, &Arc<Clause>)> {
        let fields = &self.inner.operation.response.object.fields;
        fields.iter().filter_map(|field| Some((field.name.as_str(), field.unique.as_ref()?)))
    }

    /// The name of the edition, such as `2020-06-29`: the document's `info.version`.
    #[must_use]
    pub fn edition(&self) -> &str {
        &self.inner.operation.edition
    }

    /// The title of the document.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.inner.operation.title
    }

    /// The address of the service: the first of the document's servers.
    #[must_use]
    pub fn server_url(&self) -> Option<&str> {
        self.inner.operation.server_url.as_deref()
    }

    /// The HTTP method of the call, in capitals.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.inner.operation.method
    }

    /// The path of the call with its parameters in braces.
    #[must_use]
    pub fn path_template(&self) -> &str {
        &self.inner.operation.route.template
    }

    /// The media type of a body: `application/json`.
    #[must_use]
    pub fn media_type(&self, body: Body) -> &str {
        &self.rules(body).media_type
    }

    /// The HTTP status of success, and the clause that says so.
    #[must_use]
    pub fn success(&self) -> (u16, &Arc<Clause>) {
        (self.inner.operation.success_status, &self.inner.operation.success)
    }

    /// A self-contained JSON Schema (2020-12) of a body, as indented JSON.
    #[must_use]
    pub fn json_schema(&self, body: Body) -> String {
        json_schema::standalone(self.edition(), body.name(), &self.rules(body).schema)
    }

    /// The document, as indented JSON with references resolved and members in their order.
    #[must_use]
    pub fn document(&self) -> String {
        json_schema::indented(&self.inner.document)
    }

    #[cfg(feature = "proptest")]
    pub(crate) fn route(&self) -> &crate::route::Route {
        &self.inner.operation.route
    }

    pub(crate) fn rules(&self, body: Body) -> &BodyRules {
        match body {
            Body::Request => &self.inner.operation.request,
            Body::Response => &self.inner.operation.response,
            Body::Error => &self.inner.operation.error,
        }
    }
}

impl fmt::Debug for Contract {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Contract").field("edition", &self.edition()).finish_non_exhaustive()
    }
}

fn read(rules: &BodyRules, body: &[u8]) -> Result<Vec<Slot>, Violations> {
    reader::read(&rules.object, body).map_err(|unreadable| match unreadable {
        Unreadable::Violations(violations) => violations,
        Unreadable::NotJson(why) => {
            Violation::new(&rules.json, Pointer::root(), format!("is not JSON: {why}")).into()
        }
    })
}

pub(crate) fn content_type(rules: &BodyRules, value: &[u8]) -> Result<(), Violation> {
    let essence = value.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
    if essence.eq_ignore_ascii_case(rules.media_type.as_bytes()) {
        return Ok(());
    }
    let found = if value.is_empty() { "has no Content-Type" } else { "has another Content-Type" };
    Err(Violation::new(&rules.content_type, Pointer::root(), found))
}
