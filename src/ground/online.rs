//! Tiles from a server, and what was fetched kept on the disk: `{z}/{x}/{y}`, `{-y}` counted from the south, `{s}` one of a to c, `{0-7}` one of those, `{key}` a
//! person's own key, which stands in no project.
//!
//! Nothing goes to a server before a person has turned it on ([`crate::ground::GroundSpec::is_online`]). Redirects lead nowhere but to the
//! same server.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use super::blocks::{Blocks, GroundError, ServerTrouble};
use super::datum::{TileDatum, TileGrid};
use super::tiles::{TileBytes, TileFacts, TilePyramid, is_vector};

/// Largest tile, in bytes.
const MOST_BYTES: u64 = 8 << 20;
/// Redirects that are followed, to the same server.
const MOST_REDIRECTS: usize = 3;
/// How long a tile may take.
const PATIENCE: Duration = Duration::from_secs(12);
/// After so many failures in a row the server is left alone for a while.
const MOST_FAILURES: u64 = 6;
const PAUSE: Duration = Duration::from_secs(30);
/// What is kept of all servers and pictures together where nobody says otherwise, in bytes.
pub(super) const KEPT_BYTES: u64 = 1 << 30;
/// Deepest zoom that is asked for where nothing says one.
const USUAL_DEEPEST: u8 = 18;

/// An address with its zoom filled in: `{z}`, or `{z+1}` and `{z-1}` where a server counts otherwise.
fn zoomed(template: &str, zoom: u8) -> String {
    let (mut out, mut rest) = (String::new(), template);
    while let Some((before, after)) = rest.split_once("{z") {
        out.push_str(before);
        let (shift, tail) = after.split_once('}').unwrap_or(("", after));
        let shifted = if shift.is_empty() { Some(0) } else { shift.parse::<i32>().ok() };
        out.push_str(&i32::from(zoom).saturating_add(shifted.unwrap_or(0)).to_string());
        rest = tail;
    }
    out + rest
}

/// Whether an address has a place for the zoom.
pub fn has_zoom(url: &str) -> bool {
    url.split("{z")
        .skip(1)
        .filter_map(|after| Some(after.split_once('}')?.0))
        .any(|s| s.is_empty() || (s.starts_with(['+', '-']) && s.parse::<i32>().is_ok()))
}

/// The server of an address: `https://tiles.example.org`; `None` where it is none of the web.
pub fn server_of(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_web = matches!(scheme.as_str(), "http" | "https") && !host.is_empty() && !host.contains('@');
    // One of several servers of the same service.
    let host = host.replace("{s}", "a").replace("{0-7}", "0").to_ascii_lowercase();
    is_web.then(|| format!("{scheme}://{host}"))
}

struct Online {
    template: String,
    key: String,
    server: String,
    agent: ureq::Agent,
    kept: Option<PathBuf>,
    is_online: bool,
    failures: AtomicU64,
    left_alone: Mutex<Option<Instant>>,
}

/// What came of asking.
enum Answer {
    Picture(Vec<u8>),
    Nothing,
}

impl Online {
    fn url(&self, zoom: u8, column: u32, row: u32) -> String {
        let south = (1_u64 << zoom).saturating_sub(1).saturating_sub(u64::from(row));
        let letter = ["a", "b", "c"].get((column.wrapping_add(row) % 3) as usize).copied().unwrap_or("a");
        zoomed(&self.template, zoom)
            .replace("{x}", &column.to_string())
            .replace("{y}", &row.to_string())
            .replace("{-y}", &south.to_string())
            .replace("{s}", letter)
            .replace("{0-7}", &(column.wrapping_add(row) % 8).to_string())
            .replace("{key}", &self.key)
    }

    /// What is said of a fault: never an address, which may hold a key.
    fn fault(&self, trouble: ServerTrouble) -> GroundError {
        GroundError::Server(self.server.clone(), trouble)
    }

    fn ask(&self, url: &str) -> Result<Answer, GroundError> {
        let Some(bytes) = get(&self.agent, url, MOST_BYTES).map_err(|t| self.fault(t))? else {
            return Ok(Answer::Nothing);
        };
        match () {
            () if is_vector(&bytes) => Err(GroundError::Vector),
            () if image::guess_format(&bytes).is_err() => Err(self.fault(ServerTrouble::NoPicture)),
            () => Ok(Answer::Picture(bytes)),
        }
    }
}

/// What lies at an address; `None` where nothing does. Redirects are followed on the same server only.
pub(super) fn get(agent: &ureq::Agent, url: &str, most: u64) -> Result<Option<Vec<u8>>, ServerTrouble> {
    let mut url = url.to_owned();
    for _ in 0..=MOST_REDIRECTS {
        let answer = agent.get(&url).call().map_err(|e| kind_of(&e))?;
        match answer.status().as_u16() {
            200 => {
                let mut bytes = Vec::new();
                let mut body = answer.into_body();
                let read = body.as_reader().take(most + 1).read_to_end(&mut bytes);
                read.map_err(|_| ServerTrouble::BrokenOff)?;
                return match bytes.len() as u64 {
                    0 => Ok(None),
                    n if n > most => Err(ServerTrouble::TooLarge),
                    _ => Ok(Some(bytes)),
                };
            }
            204 | 404 | 410 => return Ok(None),
            301 | 302 | 303 | 307 | 308 => {
                let to = answer.headers().get("location").and_then(|l| l.to_str().ok()).unwrap_or_default();
                let to = if to.starts_with('/') { format!("{}{to}", real_server(&url)) } else { to.to_owned() };
                if server_of(&to).is_none() || real_server(&to) != real_server(&url) {
                    return Err(ServerTrouble::Elsewhere);
                }
                url = to;
            }
            401 | 403 => return Err(ServerTrouble::Refused),
            429 => return Err(ServerTrouble::TooOften),
            other => return Err(ServerTrouble::Status(other)),
        }
    }
    Err(ServerTrouble::Circle)
}

/// How servers are asked.
pub(super) fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .user_agent(concat!("Qiancun/", env!("CARGO_PKG_VERSION")))
        .build()
        .into()
}

impl Online {
    fn kept_at(&self, zoom: u8, column: u32, row: u32) -> Option<PathBuf> {
        Some(self.kept.as_ref()?.join(zoom.to_string()).join(column.to_string()).join(row.to_string()))
    }

    fn is_left_alone(&self) -> bool {
        let then = self.left_alone.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        then.is_some_and(|then| then.elapsed() < PAUSE)
    }
}

fn real_server(url: &str) -> String {
    let end = url.find("://").map_or(0, |at| at + 3);
    let host = url.get(end..).and_then(|rest| rest.find(['/', '?', '#'])).map_or(url.len(), |at| end + at);
    url.get(..host).unwrap_or_default().to_ascii_lowercase()
}

fn kind_of(error: &ureq::Error) -> ServerTrouble {
    match error {
        ureq::Error::Timeout(_) => ServerTrouble::Slow,
        ureq::Error::HostNotFound => ServerTrouble::NotFound,
        ureq::Error::ConnectionFailed | ureq::Error::Io(_) => ServerTrouble::Unreachable,
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => ServerTrouble::Certificate,
        _ => ServerTrouble::Other,
    }
}

impl TileBytes for Online {
    fn bytes(&self, zoom: u8, column: u32, row: u32) -> Result<Option<Vec<u8>>, GroundError> {
        let kept = self.kept_at(zoom, column, row);
        if let Some(bytes) = kept.as_ref().and_then(|p| std::fs::read(p).ok()) {
            return Ok(Some(bytes));
        }
        if !self.is_online {
            return Ok(None);
        }
        if self.is_left_alone() {
            // Not that there is none: it is looked for again.
            return Err(self.fault(ServerTrouble::LeftAlone));
        }
        match self.ask(&self.url(zoom, column, row)) {
            Ok(Answer::Picture(bytes)) => {
                self.failures.store(0, Ordering::Relaxed);
                if let Some(path) = kept {
                    // A full disk costs the copy, not the map.
                    keep(&path, &bytes).ok();
                }
                Ok(Some(bytes))
            }
            Ok(Answer::Nothing) => Ok(None),
            Err(error) => {
                if self.failures.fetch_add(1, Ordering::Relaxed) + 1 >= MOST_FAILURES {
                    let mut then = self.left_alone.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    *then = Some(Instant::now());
                    self.failures.store(0, Ordering::Relaxed);
                }
                Err(error)
            }
        }
    }
}

/// Writes a tile beside and renames it: one that was cut short never stands there.
pub(super) fn keep(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    std::io::Write::write_all(&mut file, bytes)?;
    file.persist(path)?;
    Ok(())
}

/// Takes away what was kept longest ago where it is more than is meant to be kept.
pub fn prune(root: &Path, most_bytes: u64) {
    let mut all: Vec<(std::time::SystemTime, u64, PathBuf)> = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.metadata() {
                Ok(m) if m.is_dir() => folders.push(entry.path()),
                Ok(m) => all.push((m.modified().unwrap_or(std::time::UNIX_EPOCH), m.len(), entry.path())),
                Err(_) => {}
            }
        }
    }
    let mut sum: u64 = all.iter().map(|(_, bytes, _)| bytes).sum();
    all.sort();
    for (_, bytes, path) in all {
        if sum <= most_bytes {
            break;
        }
        std::fs::remove_file(path).ok();
        sum -= bytes;
    }
}

/// What a server's tiles are opened from.
pub(super) struct Address<'a> {
    pub url: &'a str,
    pub key: &'a str,
    pub is_online: bool,
    /// Where tiles of all servers are kept; nowhere where absent.
    pub kept: Option<&'a Path>,
    pub least: Option<u8>,
    pub deepest: Option<u8>,
    pub grid: TileGrid,
    pub tile_px: u32,
}

/// Opens the tiles of a server: nothing is asked for yet.
pub(super) fn open(address: &Address<'_>, datum: TileDatum) -> Result<Box<dyn Blocks>, GroundError> {
    let Some(server) = server_of(address.url) else {
        return Err(GroundError::Unsupported("an address that begins neither with http:// nor with https://".into()));
    };
    let has = |part: &str| address.url.contains(part);
    if !has_zoom(address.url) || !has("{x}") || !(has("{y}") || has("{-y}")) {
        return Err(GroundError::Unsupported("an address without {z}, {x} and {y}".into()));
    }
    // The key is no part of the name, so that none lies on the disk.
    let digest = Sha256::digest(address.url.as_bytes());
    let name: String = digest.iter().take(12).map(|b| format!("{b:02x}")).collect();
    let source = Online {
        template: address.url.to_owned(),
        key: address.key.to_owned(),
        server,
        agent: agent(),
        kept: address.kept.map(|root| root.join(name)),
        is_online: address.is_online,
        failures: AtomicU64::new(0),
        left_alone: Mutex::new(None),
    };
    let zooms = [address.least.unwrap_or(0), address.deepest.unwrap_or(USUAL_DEEPEST)];
    let facts = TileFacts { zooms, grid: address.grid, tile_px: address.tile_px, ..TileFacts::default() };
    Ok(Box::new(TilePyramid::new(source, facts, datum)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zooms_as_servers_count_them() {
        assert_eq!(zoomed("a/{z}/b{z-3}/{z+1}", 5), "a/5/b2/6");
        assert_eq!(
            [has_zoom("x/{z}"), has_zoom("x/{z-3}"), has_zoom("x/{zoom}"), has_zoom("x")],
            [true, true, false, false]
        );
    }

    #[test]
    fn servers_of_addresses() {
        assert_eq!(server_of("https://T{s}.example.org/{z}").as_deref(), Some("https://ta.example.org"));
        assert_eq!(server_of("http://127.0.0.1:8080/x?y").as_deref(), Some("http://127.0.0.1:8080"));
        for none in ["file:///etc/passwd", "ftp://x/y", "nothing", "https://user:pass@host/", "https:///x"] {
            assert_eq!(server_of(none), None, "{none}");
        }
        assert_eq!(real_server("http://a:1/b"), "http://a:1");
        assert_eq!(real_server("http://a:1"), "http://a:1");
    }
}
