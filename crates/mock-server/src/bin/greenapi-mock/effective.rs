//! The configuration in effect: the file, with what the environment and the command line say put over it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use clap::ArgMatches;
use clap::parser::ValueSource;
use greenapi_mock_server::{Behaviour, Config, Emulation, Injection, SetUp};
use greenapi_model::{Contract, InstanceId, InstanceState};

use crate::cli::{
    AddressOptions, AdminAddressOptions, ContractOptions, HealthcheckArguments, Options, TlsAddressOptions,
};
use crate::failure::Failure;

/// Where a value comes from. What is greater wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Origin {
    Default,
    File,
    Environment,
    Flag,
}

impl Origin {
    /// Of an option that was given on the command line or in the environment.
    fn given(matches: &ArgMatches, id: &str) -> Option<Self> {
        match matches.value_source(id)? {
            ValueSource::CommandLine => Some(Self::Flag),
            ValueSource::EnvVariable => Some(Self::Environment),
            _ => None,
        }
    }
}

/// What is in effect, and why.
pub(crate) struct Effective {
    /// The file with all that is put over its options. Instances and faults are still the file's.
    pub(crate) config: Config,
    origins: BTreeMap<&'static str, Origin>,
    instances: Vec<(InstanceId, InstanceState)>,
    faults: Vec<String>,
}

impl Effective {
    /// `matches` are those that the options were read from.
    pub(crate) fn of(options: Options, matches: &ArgMatches) -> Result<Self, Failure> {
        let mut over = Over { matches, origins: BTreeMap::new() };
        let config = over.put(of_the_file(&options.address)?, &options)?;
        let mut origins = over.origins;
        for id in ["instance", "fault"] {
            origins.insert(id, Origin::given(matches, id).unwrap_or(Origin::File));
        }
        Ok(Self {
            config,
            origins,
            instances: options.instance.into_iter().flat_map(|instances| instances.0).collect(),
            faults: options.fault.into_iter().flat_map(|faults| faults.0).collect(),
        })
    }

    /// Where the value of an option comes from, by the option's id.
    pub(crate) fn origin(&self, id: &str) -> Origin {
        self.origins.get(id).copied().unwrap_or(Origin::Default)
    }

    /// Where an instance comes from.
    pub(crate) fn origin_of_instance(&self, id: InstanceId) -> Origin {
        let given = self.instances.iter().any(|(own, _)| *own == id);
        if given { self.origin("instance") } else { Origin::File }
    }

    /// The emulation that it describes, and what was set up there.
    pub(crate) fn emulation(&self) -> Result<(Emulation, SetUp), Failure> {
        let contract = contract(&self.config)?;
        let emulation =
            Emulation::with(contract, self.config.settings()).map_err(|error| Failure::emulation(&error))?;
        let mut set_up = self.config.set_up(&emulation).map_err(|error| Failure::config(&error))?;
        let mut given: Vec<(InstanceId, Behaviour)> = Vec::new();
        for (id, state) in &self.instances {
            // The last one counts, as with other options.
            given.retain(|(own, _)| own != id);
            given.push((*id, Behaviour::of(state.clone())));
        }
        set_up.instances.retain(|(own, _)| !given.iter().any(|(id, _)| own == id));
        set_up.instances.extend(given);
        if self.origin("fault") > Origin::File {
            let faults = self.faults.iter().map(|text| emulation.fault(text).map(Injection::of));
            set_up.faults = faults.collect::<Result<_, _>>().map_err(|error| {
                Failure::option("--fault", &error, "`greenapi-mock faults` lists those that there are.")
            })?;
        }
        emulation.set_up(set_up.clone()).map_err(|error| {
            Failure::option("--instance", &error, "Choose another state or id, or set fewer things up.")
        })?;
        Ok((emulation, set_up))
    }
}

/// What is in effect of where an endpoint is and which contract it keeps, from the same options as those of the endpoint itself.
pub(crate) fn place_of(arguments: &HealthcheckArguments, matches: &ArgMatches) -> Result<Config, Failure> {
    let mut config = of_the_file(&arguments.address)?;
    let mut over = Over { matches, origins: BTreeMap::new() };
    over.contract(&mut config, &arguments.contract)?;
    over.address(&mut config, &arguments.address, &arguments.admin);
    over.tls(&mut config, &arguments.tls);
    Ok(config)
}

fn of_the_file(options: &AddressOptions) -> Result<Config, Failure> {
    match &options.config {
        Some(file) => Config::read(file).map_err(|error| Failure::config(&error)),
        None => Ok(Config::default()),
    }
}

/// The contract that a configuration names.
pub(crate) fn contract(config: &Config) -> Result<Contract, Failure> {
    config.spec.as_deref().map_or_else(|| Ok(Contract::of(config.edition.unwrap_or_default())), of_file)
}

/// A contract of one's own.
pub(crate) fn of_file(file: &Path) -> Result<Contract, Failure> {
    let text = fs::read_to_string(file).map_err(|error| Failure::contract(file, &error))?;
    Contract::from_json(&text).map_err(|error| Failure::contract(file, &error))
}

/// Puts options over a file, and notes where each comes from.
struct Over<'m> {
    matches: &'m ArgMatches,
    origins: BTreeMap<&'static str, Origin>,
}

impl Over<'_> {
    fn put(&mut self, mut config: Config, options: &Options) -> Result<Config, Failure> {
        self.contract(&mut config, &options.contract)?;
        self.address(&mut config, &options.address, &options.admin.address);
        self.one("drain", &mut config.drain, Some(options.drain));
        self.one("log", &mut config.log, Some(options.log));
        self.one("ready_file", &mut config.ready_file, options.ready_file.clone());
        self.one("seed", &mut config.seed, Some(options.seed));
        self.one("clock", &mut config.clock, Some(options.clock.clone()));
        self.one("strict", &mut config.strict, Some(options.strict));
        let origins = options.cors.iter().flat_map(|origins| origins.0.clone()).collect();
        self.one("cors", &mut config.cors, Some(origins));
        self.one("max_instances", &mut config.max_instances, Some(options.max_instances));
        self.one("groups_kept", &mut config.groups_kept, Some(options.groups_kept));
        self.tls(&mut config, &options.tls.address);
        let hosts = options.tls.tls_host.iter().flat_map(|hosts| hosts.0.clone()).collect();
        self.one("tls_host", &mut config.tls_hosts, Some(hosts));
        self.one("tls_cert", &mut config.tls_cert, options.tls.tls_cert.clone());
        self.one("tls_key", &mut config.tls_key, options.tls.tls_key.clone());
        let limits = &options.limits;
        self.one("head_timeout", &mut config.head_timeout, Some(limits.head_timeout));
        self.one("idle_timeout", &mut config.idle_timeout, Some(limits.idle_timeout));
        self.one("body_timeout", &mut config.body_timeout, Some(limits.body_timeout));
        self.one("max_connections", &mut config.max_connections, Some(limits.max_connections));
        self.one("max_head_bytes", &mut config.max_head_bytes, Some(limits.max_head_bytes));
        self.one("max_headers", &mut config.max_headers, Some(limits.max_headers));
        self.one("max_body_bytes", &mut config.max_body_bytes, limits.max_body_bytes);
        self.one("journal_entries", &mut config.journal_entries, Some(options.journal_entries));
        self.one("journal_bytes", &mut config.journal_bytes, Some(options.journal_bytes));
        self.one("journal_total_bytes", &mut config.journal_total_bytes, Some(options.journal_total_bytes));
        self.one("mask_phones", &mut config.mask_phones, Some(options.mask_phones));
        self.one("retry_window", &mut config.retry_window, Some(options.retry_window));
        self.one("admin_token_file", &mut config.admin_token_file, options.admin.admin_token_file.clone());
        Ok(config)
    }

    fn address(&mut self, config: &mut Config, options: &AddressOptions, admin: &AdminAddressOptions) {
        self.one("listen", &mut config.listen, Some(options.listen));
        self.one("admin", &mut config.admin, Some(admin.admin));
        if admin.no_admin {
            config.admin = Some(false);
            self.origins.insert("admin", Origin::Flag);
        }
        self.one("admin_listen", &mut config.admin_listen, admin.admin_listen);
    }

    fn tls(&mut self, config: &mut Config, options: &TlsAddressOptions) {
        self.one("tls", &mut config.tls, Some(options.tls));
        self.one("tls_ca", &mut config.tls_ca, options.tls_ca.clone());
    }

    /// The value of the file gives way to one that was given; where there is neither, the default is put.
    fn one<T>(&mut self, id: &'static str, of_file: &mut Option<T>, value: Option<T>) {
        let given = Origin::given(self.matches, id);
        let origin = given.unwrap_or(if of_file.is_some() { Origin::File } else { Origin::Default });
        if origin != Origin::File {
            *of_file = value;
        }
        self.origins.insert(id, origin);
    }

    /// An edition and a file are two ways to say one thing: what is given nearer to the user wins.
    fn contract(&mut self, config: &mut Config, options: &ContractOptions) -> Result<(), Failure> {
        let edition = Origin::given(self.matches, "edition");
        let spec = Origin::given(self.matches, "spec");
        if edition.is_some() && edition == spec {
            return Err(Failure::use_of(
                "--spec cannot be used with --edition",
                "A contract is either an edition or a file of your own.",
            ));
        }
        if edition > spec {
            config.spec = None;
        } else if spec.is_some() {
            config.edition = None;
        }
        if edition > spec || config.spec.is_none() && spec.is_none() {
            self.one("edition", &mut config.edition, Some(options.edition));
        }
        if spec > edition || spec.is_none() && config.spec.is_some() {
            self.one("spec", &mut config.spec, options.spec.clone());
        }
        Ok(())
    }
}
