use std::fmt;
use std::time::Duration;

use jiff::SignedDuration;

use crate::wire::Latency;

/// How much of a fault.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Parameter {
    /// It takes none.
    None,
    /// How late the answer comes.
    Latency(Latency),
    /// How long the pause between two bytes is.
    Pause(Duration),
}

impl Parameter {
    /// A parameter of the same kind, read from its text.
    pub(crate) fn parse(self, text: &str) -> Result<Self, String> {
        match self {
            Self::None => Err("it takes no parameter".to_owned()),
            Self::Latency(_) => latency(text).map(Self::Latency),
            Self::Pause(_) => duration(text).map(Self::Pause),
        }
    }
}

impl fmt::Display for Parameter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::Pause(pause) => shown(*pause, formatter),
            Self::Latency(Latency::Fixed(delay)) => shown(*delay, formatter),
            Self::Latency(Latency::Uniform { min, max }) => {
                formatter.write_str("uniform(")?;
                shown(*min, formatter)?;
                formatter.write_str(",")?;
                shown(*max, formatter)?;
                formatter.write_str(")")
            }
            Self::Latency(Latency::Lognormal { median, sigma }) => {
                formatter.write_str("lognormal(")?;
                shown(*median, formatter)?;
                write!(formatter, ",{sigma})")
            }
        }
    }
}

fn shown(duration: Duration, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    if duration.subsec_nanos() == 0 {
        write!(formatter, "{}s", duration.as_secs())
    } else if duration.subsec_nanos().is_multiple_of(1_000_000) {
        write!(formatter, "{}ms", duration.as_millis())
    } else {
        write!(formatter, "{}us", duration.as_micros())
    }
}

const LATENCY: &str = "write how late, such as `500ms`, `uniform(100ms,2s)` or `lognormal(200ms,0.5)`";

fn latency(text: &str) -> Result<Latency, String> {
    let arguments = |name: &str| {
        let inner = text.strip_prefix(name)?.trim_start().strip_prefix('(')?.strip_suffix(')')?;
        inner.split_once(',').map(|(first, second)| (first.trim(), second.trim()))
    };
    if let Some((min, max)) = arguments("uniform") {
        let (min, max) = (duration(min)?, duration(max)?);
        if min > max {
            return Err("the first of the two is the shorter one".to_owned());
        }
        Ok(Latency::Uniform { min, max })
    } else if let Some((median, sigma)) = arguments("lognormal") {
        let valid = |sigma: &f64| sigma.is_finite() && *sigma >= 0.0 && *sigma <= 10.0;
        let sigma = sigma.parse().ok().filter(valid).ok_or("sigma is a number from 0 to 10")?;
        Ok(Latency::Lognormal { median: duration(median)?, sigma })
    } else {
        duration(text).map(Latency::Fixed).map_err(|_| LATENCY.to_owned())
    }
}

/// The longest duration that makes sense here.
const MOST: Duration = Latency::MOST;

/// A duration such as `500ms` or `1.5s`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let parsed: Option<SignedDuration> = text.trim().parse().ok();
    let duration = parsed
        .and_then(|parsed| Duration::try_from(parsed).ok())
        .ok_or_else(|| format!("`{text}` is no duration; write one such as `500ms` or `2s`"))?;
    if duration > MOST {
        return Err(format!("`{text}` is too long; the most is {} s", MOST.as_secs()));
    }
    Ok(duration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_latency_is_read_and_written() {
        let any = Parameter::Latency(Latency::Fixed(Duration::ZERO));
        let check = |text: &str, expected: Result<&str, &str>| {
            let found = any.parse(text).map(|parameter| parameter.to_string());
            assert_eq!(found.as_deref().map_err(String::as_str), expected, "{text}");
        };
        check("500ms", Ok("500ms"));
        check("1.5s", Ok("1500ms"));
        check("2 seconds", Ok("2s"));
        check("150us", Ok("150us"));
        check("uniform(100ms, 2s)", Ok("uniform(100ms,2s)"));
        check("lognormal(200ms,0.5)", Ok("lognormal(200ms,0.5)"));
        check("uniform(2s,1s)", Err("the first of the two is the shorter one"));
        check("uniform(2s,1h)", Err("`1h` is too long; the most is 60 s"));
        check("lognormal(200ms,-1)", Err("sigma is a number from 0 to 10"));
        for text in ["", "5", "-1s", "soon", "uniform(1s)"] {
            check(text, Err(LATENCY));
        }
    }

    #[test]
    fn a_fault_without_a_parameter_takes_none() {
        assert_eq!(Parameter::None.parse("1s"), Err("it takes no parameter".to_owned()));
        let pause = Parameter::Pause(Duration::ZERO);
        assert_eq!(pause.parse("10ms"), Ok(Parameter::Pause(Duration::from_millis(10))));
    }
}
