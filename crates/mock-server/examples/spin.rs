//! Spin.
use greenapi_mock_server::Emulation;
use greenapi_model::Contract;
use http::HeaderMap;
use std::time::Instant;
const T: &str = "/waInstance7103000000/createGroup/any-token-will-do";
fn main() {
    let emulation = Emulation::new(Contract::default()).unwrap();
    let mut headers = HeaderMap::new();
    headers.insert("host", "127.0.0.1:8080".parse().unwrap());
    headers.insert("content-type", "application/json".parse().unwrap());
    headers.insert("content-length", "140".parse().unwrap());
    let body = b"{\r\n    \"groupName\": \"From API Group created\",\r\n    \"chatIds\": [],\r\n    \"phones\": [\r\n        79001234567,\r\n        79001234568\r\n    ]\r\n}\r\n";
    let contract = Contract::default();
    let n: usize = std::env::var("N").map_or(300_000, |n| n.parse().unwrap());
    let mut best = [f64::MAX; 5];
    let mut keep = 0;
    for _ in 0..15 {
        let t = Instant::now();
        for _ in 0..n {
            keep += emulation.open("POST", T, &headers).answer(body).body.len();
        }
        best[0] = best[0].min(t.elapsed().as_nanos() as f64 / n as f64);
        if std::env::args().count() > 1 {
            continue;
        }
        let t = Instant::now();
        for _ in 0..n {
            keep += contract.request(std::hint::black_box(body)).unwrap().group_name().len();
        }
        best[1] = best[1].min(t.elapsed().as_nanos() as f64 / n as f64);
        let t = Instant::now();
        for _ in 0..n {
            keep += usize::from(contract.address(std::hint::black_box(T)).is_ok());
        }
        best[2] = best[2].min(t.elapsed().as_nanos() as f64 / n as f64);
        let t = Instant::now();
        for _ in 0..n {
            drop(std::hint::black_box(emulation.open("POST", T, &headers)));
        }
        best[3] = best[3].min(t.elapsed().as_nanos() as f64 / n as f64);
    }
    println!(
        "call {:.0} ns, reader {:.0}, address {:.0}, open {:.0} ({keep})",
        best[0], best[1], best[2], best[3]
    );
}
