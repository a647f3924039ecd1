//! The file as it is written. The schema of the file is derived from these types, with their docs as its descriptions.

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use super::at::{At, Secret};

/// The configuration of greenapi-mock. All of it is optional. Flags and environment variables win over the file.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub(super) struct Document {
    /// Where to listen, ADDRESS:PORT; port 0 is any free one. 127.0.0.1:8080 if absent.
    pub(super) listen: Option<At<String>>,
    /// How long calls that are under way may take once the endpoint is told to stop. 10s if absent; 0s ends them at once.
    pub(super) drain: Option<At<String>>,
    /// Which edition of the contract to keep, such as 2020-06-29.
    pub(super) edition: Option<At<String>>,
    /// A contract of your own to keep in place of an edition: an OpenAPI 3.1 document in JSON. The path is relative to the
    /// folder of this file.
    pub(super) spec: Option<At<String>>,
    /// Decides ids and links of groups, and whether a fault with a probability strikes: the same seed gives the same ones.
    pub(super) seed: Option<At<u64>>,
    /// The time in answers and in the journal: `example` for that of the contract's example, `system`, or a fixed one such
    /// as 2020-06-29T12:00:00Z.
    pub(super) clock: Option<At<String>>,
    /// Whether an id that nobody set up is refused, as the service does with a wrong one.
    pub(super) strict: Option<At<bool>>,
    /// The origins whose pages in a browser may call the method, such as `https://app.example`; `*` for any. None if absent.
    pub(super) cors: Option<At<Vec<At<String>>>>,
    /// How many instances there may be beside the test instances.
    pub(super) max_instances: Option<At<usize>>,
    /// How many groups of each instance are kept, the latest.
    pub(super) groups_kept: Option<At<usize>>,
    /// What is printed: for a person, one JSON object a line, or nothing.
    pub(super) log: Option<At<LogFormat>>,
    /// A file that is there, whole, while calls are taken, and says where in one line of JSON. The path is relative to the folder
    /// of this file.
    pub(super) ready_file: Option<At<String>>,
    /// How to speak `https`.
    pub(super) tls: Option<At<Tls>>,
    /// What is borne of clients, so that none holds the endpoint up.
    pub(super) limits: Option<At<Limits>>,
    /// How much of what happened is kept.
    pub(super) journal: Option<At<Journal>>,
    /// The control plane.
    pub(super) admin: Option<At<Admin>>,
    /// The instances to set up, beside the test instances.
    pub(super) instance: Option<At<Vec<At<Instance>>>>,
    /// The faults that are switched on for all instances, each as a text or as a table.
    pub(super) fault: Option<At<Vec<At<Fault>>>>,
}

/// For whom the output is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum LogFormat {
    /// A person.
    #[default]
    Text,
    /// A program: one JSON object a line.
    Json,
    /// Nobody.
    Off,
}

/// How to speak `https`.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub(super) struct Tls {
    /// Whether to speak it. It is http if absent.
    pub(super) enabled: Option<At<bool>>,
    /// The hosts for which a certificate is made, such as api.green-api.com, beside this machine and the address that is listened on.
    pub(super) hosts: Option<At<Vec<At<String>>>>,
    /// Where the certificate of the authority is put that clients have to trust, while the endpoint runs. The path is relative to the
    /// folder of this file.
    pub(super) ca: Option<At<String>>,
    /// A certificate of your own in PEM in place of one that is made. The path is relative to the folder of this file.
    pub(super) cert: Option<At<String>>,
    /// The key of that certificate in PEM. The path is relative to the folder of this file.
    pub(super) key: Option<At<String>>,
}

/// What is borne of clients, so that none holds the endpoint up.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub(super) struct Limits {
    /// How long the head of a request may take from its first byte on, such as 30s. Then it is answered with 408.
    pub(super) head_timeout: Option<At<String>>,
    /// How long a connection is kept for a request, the first one and each further one, such as 30s. Then it is closed.
    pub(super) idle_timeout: Option<At<String>>,
    /// How long a body may take, such as 30s. Then it is answered with 408.
    pub(super) body_timeout: Option<At<String>>,
    /// The most connections at once. One more waits.
    #[cfg_attr(feature = "schemars", schemars(extend("minimum" = 1)))]
    pub(super) max_connections: Option<At<usize>>,
    /// The most bytes without the end of a head. Then it is answered with 431.
    #[cfg_attr(feature = "schemars", schemars(extend("minimum" = 8192)))]
    pub(super) max_head_bytes: Option<At<usize>>,
    /// The most headers of a request. One with more is answered with 431.
    #[cfg_attr(feature = "schemars", schemars(extend("minimum" = 1, "maximum" = 10000)))]
    pub(super) max_headers: Option<At<usize>>,
    /// The most bytes of a body, where that is less than the contract takes. A larger one is answered with 413.
    pub(super) max_body_bytes: Option<At<u64>>,
}

/// How much of what happened is kept.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub(super) struct Journal {
    /// The most calls of each instance. 0 keeps none.
    pub(super) entries: Option<At<usize>>,
    /// The most bytes for each instance: heads and bodies of its calls.
    pub(super) bytes: Option<At<usize>>,
    /// The most bytes for all instances together.
    pub(super) total_bytes: Option<At<usize>>,
    /// Whether digits that may be a phone number are replaced by stars, but for the last two.
    pub(super) mask_phones: Option<At<bool>>,
    /// How soon the same body has to come again to look like a blind retry, such as 10s. 0s looks for none.
    pub(super) retry_window: Option<At<String>>,
}

/// The control plane.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub(super) struct Admin {
    /// Whether there is one. There is if absent.
    pub(super) enabled: Option<At<bool>>,
    /// An address of its own, ADDRESS:PORT. It is where the method is if absent.
    pub(super) listen: Option<At<String>>,
    /// A file that holds the bearer token that the control plane asks for. The path is relative to the folder of this file.
    pub(super) token_file: Option<At<String>>,
}

/// One instance.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub(super) struct Instance {
    /// Its id, as it stands in the path of a call.
    pub(super) id: At<u64>,
    /// Its state: authorized if absent, or starting, notAuthorized, ... as the contract has answers for.
    pub(super) state: Option<At<String>>,
    /// The one token that it takes. It takes any if absent.
    pub(super) token: Option<At<Secret>>,
    /// How its first calls end, one step a call: `ok`, a state, the slug of an error, or a fault.
    pub(super) script: Option<At<Vec<At<String>>>>,
    /// What comes after the last step of the script.
    pub(super) then: Option<At<AfterScript>>,
    /// The faults that are switched on for it, each as a text or as a table.
    pub(super) faults: Option<At<Vec<At<Fault>>>>,
}

/// What comes after the last step of a script.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub(super) enum AfterScript {
    /// The instance behaves as if there had been no script.
    Normal,
    /// The script starts again.
    Repeat,
}

/// A fault: its id, and behind a `=` its parameter if it takes one. `greenapi-mock faults` lists them.
#[derive(Clone)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema), schemars(untagged))]
pub(super) enum Fault {
    /// For each call, such as `wire.latency=500ms`.
    Text(String),
    /// For some calls.
    Table(FaultTable),
}

/// A fault for some calls.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub(super) struct FaultTable {
    /// Its id, and behind a `=` its parameter if it takes one.
    pub(super) fault: At<String>,
    /// Only for so many calls, the next ones.
    #[cfg_attr(feature = "schemars", schemars(extend("minimum" = 1)))]
    pub(super) calls: Option<At<u64>>,
    /// Only with this probability at each call.
    #[cfg_attr(feature = "schemars", schemars(extend("exclusiveMinimum" = 0, "maximum" = 1)))]
    pub(super) probability: Option<At<f64>>,
}

/// By hand, as serde's own way with a choice forgets where a value stands.
impl<'de> Deserialize<'de> for Fault {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Fault;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a fault as a text, or a table with the key `fault`")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Fault, E> {
                Ok(Fault::Text(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Fault, A::Error> {
                FaultTable::deserialize(MapAccessDeserializer::new(map)).map(Fault::Table)
            }
        }
        deserializer.deserialize_any(Either)
    }
}
