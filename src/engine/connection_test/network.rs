//! The first steps on the way to a host: its name, its port. Where something else stands between, a proxy or
//! an `ssh` that knows a way of its own, they are not ours to look at.

use std::net::{IpAddr, SocketAddr};
use std::process::Stdio;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::process::Command;

use crate::git::{Obstacle, Remote, RemoteError};
use crate::workspace::Environment;

/// How long a name or a port may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long `ssh -G` may take, which reads files only.
const READING: Duration = Duration::from_secs(5);
/// Variables by which programs are told of a proxy.
const PROXIES: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
/// The same for what is not https.
const PLAIN_PROXIES: [&str; 4] = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"];

/// How the host is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Road {
    Direct {
        host: String,
        port: u16,
    },
    /// In words, why there is nothing to look at.
    Other(String),
}

pub(super) async fn road(remote: &Remote, environment: &Environment) -> Road {
    match remote {
        Remote::Local { .. } => Road::Other("the repository lies on this machine".to_owned()),
        Remote::Http { url } => over_http(url, environment),
        Remote::Ssh { user, host, port, .. } => {
            let said = effective(user, host, *port).await.unwrap_or_default();
            over_ssh(&said, host, *port)
        }
    }
}

fn over_http(url: &str, environment: &Environment) -> Road {
    let is_secure = url.starts_with("https://");
    let authority = url.split('/').nth(2).unwrap_or_default();
    let usual = if is_secure { 443 } else { 80 };
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port.parse().unwrap_or(usual)),
        _ => (authority, usual),
    };
    let host = host.trim_matches(['[', ']']).to_owned();
    let names = if is_secure { PROXIES } else { PLAIN_PROXIES };
    let proxy = names.iter().find(|name| environment.variable(name).is_some_and(|value| !value.is_empty()));
    match proxy {
        Some(name) if !is_exempt(&host, environment) => Road::Other(format!("the proxy in {name} stands between")),
        _ => Road::Direct { host, port },
    }
}

/// Whether NO_PROXY names the host: itself, a domain above it, a range of addresses that it is in, or all.
fn is_exempt(host: &str, environment: &Environment) -> bool {
    let list = ["no_proxy", "NO_PROXY"].iter().find_map(|name| environment.variable(name)).unwrap_or_default();
    list.split(',').map(|name| name.trim().trim_start_matches('.')).filter(|name| !name.is_empty()).any(|name| {
        let above = host.len().checked_sub(name.len()).and_then(|start| host.split_at_checked(start));
        name == "*"
            || is_in_range(host, name)
            || above.is_some_and(|(front, end)| {
                end.eq_ignore_ascii_case(name) && (front.is_empty() || front.ends_with('.'))
            })
    })
}

/// Whether a host that is written as an address is the address, or in the range `10.0.0.0/8`, `fd00::/8`.
fn is_in_range(host: &str, range: &str) -> bool {
    let (first, bits) = match range.split_once('/') {
        Some((first, bits)) => (first, bits.parse::<u32>().ok()),
        None => (range, Some(128)),
    };
    // From the left, as many bits as count; all of them where more are named than there are.
    let same = |one: u128, other: u128, width: u32, bits: u32| {
        let rest = width - bits.min(width);
        one.checked_shr(rest).unwrap_or(0) == other.checked_shr(rest).unwrap_or(0)
    };
    match (host.parse(), first.trim_matches(['[', ']']).parse(), bits) {
        (Ok(IpAddr::V4(host)), Ok(IpAddr::V4(first)), Some(bits)) => {
            same(u32::from(host).into(), u32::from(first).into(), 32, bits)
        }
        (Ok(IpAddr::V6(host)), Ok(IpAddr::V6(first)), Some(bits)) => same(host.into(), first.into(), 128, bits),
        _ => false,
    }
}

/// What the person's own `ssh` would do for this host.
async fn effective(user: &str, host: &str, port: Option<u16>) -> Option<String> {
    let mut command = Command::new("ssh");
    command.arg("-G");
    if let Some(port) = port {
        command.args(["-p", &port.to_string()]);
    }
    let at = if user.is_empty() { "" } else { "@" };
    command.args(["--", &format!("{user}{at}{host}")]).stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let output = tokio::time::timeout(READING, command.output()).await.ok()?.ok()?;
    String::from_utf8(output.stdout).ok()
}

fn over_ssh(effective: &str, host: &str, port: Option<u16>) -> Road {
    let value = |key: &str| {
        let lines = effective.lines().filter_map(|line| line.split_once(' '));
        lines.filter(|(name, _)| *name == key).map(|(_, value)| value).find(|value| *value != "none")
    };
    for key in ["proxyjump", "proxycommand"] {
        if let Some(way) = value(key) {
            return Road::Other(format!("ssh goes by a way of its own ({key} {way})"));
        }
    }
    let host = value("hostname").unwrap_or(host).to_owned();
    let port = value("port").and_then(|port| port.parse().ok()).or(port).unwrap_or(22);
    Road::Direct { host, port }
}

/// The addresses of a host, and the words for them.
pub(super) async fn resolved(host: &str, port: u16) -> Result<(Vec<SocketAddr>, String), RemoteError> {
    let unreachable = |raw: String| RemoteError::Unreachable { host: host.to_owned(), obstacle: Obstacle::Name, raw };
    let looked = tokio::time::timeout(PATIENCE, tokio::net::lookup_host((host, port))).await;
    let Ok(looked) = looked else { return Err(timed_out(&format!("looking for {host}"))) };
    let addresses: Vec<SocketAddr> = looked.map_err(|error| unreachable(error.to_string()))?.collect();
    match addresses.first() {
        Some(first) => {
            let words = format!("{host} is {}", first.ip());
            Ok((addresses, words))
        }
        None => Err(unreachable("the name has no address".to_owned())),
    }
}

/// Opens a connection to the first address that takes one, and closes it.
pub(super) async fn connected(host: &str, addresses: &[SocketAddr]) -> Result<((), String), RemoteError> {
    let port = addresses.first().map_or(0, SocketAddr::port);
    match tokio::time::timeout(PATIENCE, TcpStream::connect(addresses)).await {
        Ok(Ok(stream)) => {
            let to = stream.peer_addr().map_or_else(|_| host.to_owned(), |address| address.ip().to_string());
            Ok(((), format!("port {port} of {to}")))
        }
        Ok(Err(error)) => {
            let raw = format!("port {port}: {error}");
            Err(RemoteError::Unreachable { host: host.to_owned(), obstacle: Obstacle::Connection, raw })
        }
        Err(_) => Err(timed_out(&format!("connecting to port {port} of {host}"))),
    }
}

fn timed_out(what: &str) -> RemoteError {
    RemoteError::TimedOut { what: what.to_owned(), seconds: PATIENCE.as_secs() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn direct(host: &str, port: u16) -> Road {
        Road::Direct { host: host.to_owned(), port }
    }

    fn environment(variables: &[(&str, &str)]) -> Environment {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Environment::new(variables, "/home/ada", "/srv")
    }

    #[test]
    fn an_https_host_has_a_port() {
        for (url, host, port) in [
            ("https://github.com/a/b", "github.com", 443),
            ("https://git.acme.example:8443/a", "git.acme.example", 8443),
            ("http://127.0.0.1:80/a", "127.0.0.1", 80),
            ("http://[::1]:8080/a", "::1", 8080),
            ("https://[::1]/a", "::1", 443),
        ] {
            assert_eq!(over_http(url, &environment(&[])), direct(host, port), "{url}");
        }
    }

    #[test]
    fn a_proxy_hides_the_way() {
        let environment = environment(&[("https_proxy", "http://proxy.acme.example:3128")]);
        let Road::Other(why) = over_http("https://github.com/a", &environment) else { panic!("it is direct") };
        assert!(why.contains("https_proxy") && !why.contains("3128"), "{why}");
        assert_eq!(over_http("http://127.0.0.1/a", &environment), direct("127.0.0.1", 80));
    }

    #[test]
    fn hosts_of_no_proxy_are_reached_directly() {
        for (list, host, is_direct) in [
            ("git.acme.example", "git.acme.example", true),
            ("acme.example, other.example", "git.acme.example", true),
            (".acme.example", "git.ACME.example", true),
            ("*", "github.com", true),
            ("acme.example", "notacme.example", false),
            ("git.acme.example.org", "git.acme.example", false),
            ("", "github.com", false),
            ("10.0.0.0/8", "10.250.3.4", true),
            ("192.168.0.0/16,10.0.0.0/8", "10.1.2.3", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("10.1.2.3/32", "10.1.2.3", true),
            ("10.1.2.3/32", "10.1.2.4", false),
            ("0.0.0.0/0", "10.1.2.4", true),
            ("10.0.0.0/8", "10.example", false),
            ("10.0.0.0/x", "10.0.0.1", false),
            ("fd00::/8", "[fd12::1]", true),
            ("fd00::/8", "[fe80::1]", false),
            ("::1", "[::1]", true),
            ("0::1", "[::1]", true),
        ] {
            let environment = environment(&[("HTTPS_PROXY", "http://proxy:3128"), ("NO_PROXY", list)]);
            let road = over_http(&format!("https://{host}/a"), &environment);
            let host = host.trim_matches(['[', ']']);
            assert_eq!(road == direct(host, 443), is_direct, "{list} {host}");
        }
    }

    #[test]
    fn ssh_knows_names_and_ways_of_its_own() {
        let said = "user git\nhostname git.internal\nport 2222\nproxycommand none\n";
        assert_eq!(over_ssh(said, "work", None), direct("git.internal", 2222));
        assert_eq!(over_ssh("", "git.acme.example", Some(7999)), direct("git.acme.example", 7999));
        assert_eq!(over_ssh("", "git.acme.example", None), direct("git.acme.example", 22));
        for jump in ["hostname x\nproxyjump bastion\n", "proxycommand nc %h %p\n"] {
            assert!(matches!(over_ssh(jump, "x", None), Road::Other(_)), "{jump}");
        }
    }

    #[tokio::test]
    async fn a_port_that_nobody_listens_on_is_told() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        assert!(connected("127.0.0.1", &[address]).await.unwrap().1.ends_with("127.0.0.1"));
        drop(listener);
        let error = connected("127.0.0.1", &[address]).await.unwrap_err();
        assert!(matches!(error, RemoteError::Unreachable { obstacle: Obstacle::Connection, .. }), "{error:?}");
    }

    #[tokio::test]
    async fn a_name_that_nobody_has_is_told() {
        let error = resolved("no-such-host.invalid", 443).await.unwrap_err();
        assert!(matches!(
            error,
            RemoteError::Unreachable { obstacle: Obstacle::Name, .. } | RemoteError::TimedOut { .. }
        ));
        assert!(resolved("127.0.0.1", 443).await.unwrap().1.contains("127.0.0.1"));
    }
}
