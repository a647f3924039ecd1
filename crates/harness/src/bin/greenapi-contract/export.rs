use std::fs;
use std::path::PathBuf;

use greenapi_model::{Body, InstanceId};

use crate::contract::Chosen;
use crate::end::{End, Failed};
use crate::output::tell;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// What is printed
    format: Format,
    #[command(flatten)]
    contract: Chosen,
    /// Write it to a file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// In a Pact file, the name of the consumer
    #[arg(long, value_name = "NAME", default_value = "consumer")]
    consumer: String,
    /// In a Pact file, the name of the provider
    #[arg(long, value_name = "NAME", default_value = "createGroup")]
    provider: String,
    /// In a Pact file, the instance that is called
    #[arg(long, value_name = "ID", default_value = "1101000001")]
    instance: InstanceId,
    /// In a Pact file, what stands in the place of the token
    #[arg(long, value_name = "TEXT", default_value = "any-token")]
    token_placeholder: String,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    /// The whole contract, OpenAPI 3.1 in JSON
    Openapi,
    /// JSON Schema 2020-12 of the body of a request
    RequestSchema,
    /// JSON Schema 2020-12 of the body of the answer with 200
    ResponseSchema,
    /// JSON Schema 2020-12 of the body of an error
    ErrorSchema,
    /// A Pact file, version 3.0.0: the contract's examples and errors as interactions with provider states
    Pact,
}

pub(crate) fn run(arguments: &Arguments) -> Result<End, Failed> {
    let contract = arguments.contract.contract()?;
    let text = match arguments.format {
        Format::Openapi => contract.document(),
        Format::RequestSchema => contract.json_schema(Body::Request),
        Format::ResponseSchema => contract.json_schema(Body::Response),
        Format::ErrorSchema => contract.json_schema(Body::Error),
        Format::Pact => {
            let Arguments { consumer, provider, instance, token_placeholder, .. } = arguments;
            let token = token_placeholder
                .parse()
                .map_err(|error| Failed::wrong_use(format!("--token-placeholder: {error}")))?;
            format!("{:#}", greenapi_harness::pact(&contract, consumer, provider, *instance, &token))
        }
    };
    let text = text.trim_end().to_owned() + "\n";
    match &arguments.out {
        Some(path) => fs::write(path, text).map_err(|error| Failed::file("write", path, &error))?,
        None => tell(&text)?,
    }
    Ok(End::Kept)
}
