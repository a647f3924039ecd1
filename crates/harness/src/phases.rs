//! What is checked, in the order of [`Phase::ALL`].

mod around;
mod bodies;
mod boundary;
mod examples;
mod http;
mod kept;
mod methods;
mod mixtures;
mod paths;
mod sequences;
mod states;

use crate::gauge::Gauge;
use crate::phase::Phase;

pub(crate) async fn run(phase: Phase, gauge: &mut Gauge<'_>) {
    match phase {
        Phase::Kept => kept::replays(gauge).await,
        Phase::Examples => examples::requests(gauge).await,
        Phase::Boundary => boundary::requests(gauge).await,
        Phase::Valid => bodies::valid(gauge).await,
        Phase::Breaking => bodies::breaking(gauge).await,
        Phase::Mixtures => mixtures::three_readers(gauge).await,
        Phase::Around => around::bodies(gauge).await,
        Phase::Paths => paths::paths(gauge).await,
        Phase::Methods => methods::others(gauge).await,
        Phase::States => states::states(gauge).await,
        Phase::Sequences => sequences::calls(gauge).await,
        Phase::Http => http::exchanges(gauge).await,
    }
}
