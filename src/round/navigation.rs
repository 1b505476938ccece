//! Addresses that open navigation on a telephone, each with coordinates in the datum that its service expects.

use crate::geo::{ChinaShift, LonLat};

/// A service that shows the way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Navigation {
    /// Whatever the telephone has for `geo:` (RFC 5870): WGS 84.
    Geo,
    /// Amap (高德): GCJ-02.
    #[default]
    Amap,
    /// Baidu (百度): BD-09.
    Baidu,
    /// Tencent (腾讯): GCJ-02.
    Tencent,
}

impl Navigation {
    /// All.
    pub const ALL: [Self; 4] = [Self::Geo, Self::Amap, Self::Baidu, Self::Tencent];

    /// Stable name, as on the command line; in language files `round.navigate-<key>`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Geo => "geo",
            Self::Amap => "amap",
            Self::Baidu => "baidu",
            Self::Tencent => "tencent",
        }
    }

    /// The service of that name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|n| n.key() == key)
    }

    /// The address of a place (WGS 84 or CGCS2000) under a name.
    ///
    /// # References
    /// RFC 5870; the services' own pages: Amap URI API `marker`, Baidu Map URI API `marker`, Tencent Map URI API `marker`.
    ///
    /// # Examples
    /// ```
    /// use qiancun::geo::LonLat;
    /// use qiancun::round::Navigation;
    ///
    /// let at = LonLat::new(116.11, 40.05);
    /// assert_eq!(Navigation::Geo.address(at, "西闸村"), "geo:40.050000,116.110000");
    /// // Six metres in a hundred thousand: the datum of the service, not the map's own.
    /// assert!(Navigation::Amap.address(at, "a").starts_with("https://uri.amap.com/marker?position=116.11"));
    /// ```
    pub fn address(self, at: LonLat, name: &str) -> String {
        let name = encoded(name);
        match self {
            Self::Geo => format!("geo:{:.6},{:.6}", at.lat_deg, at.lon_deg),
            Self::Amap => {
                let at = ChinaShift::Gcj02.of(at);
                format!("https://uri.amap.com/marker?position={:.6},{:.6}&name={name}", at.lon_deg, at.lat_deg)
            }
            Self::Baidu => {
                let at = ChinaShift::Bd09.of(at);
                let place = format!("{:.6},{:.6}", at.lat_deg, at.lon_deg);
                format!(
                    "https://api.map.baidu.com/marker?location={place}&title={name}&content={name}&output=html&coord_type=bd09ll"
                )
            }
            Self::Tencent => {
                let at = ChinaShift::Gcj02.of(at);
                let place = format!("{:.6},{:.6}", at.lat_deg, at.lon_deg);
                format!("https://apis.map.qq.com/uri/v1/marker?marker=coord:{place};title:{name};addr:{name}")
            }
        }
    }
}

/// A text as addresses hold it (RFC 3986, 2.1).
fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            byte => out += &format!("%{byte:02X}"),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_service_has_its_own_datum() {
        let at = LonLat::new(116.397, 39.908);
        let [gcj, bd] = [ChinaShift::Gcj02, ChinaShift::Bd09].map(|s| s.of(at));
        for (service, place) in [
            (Navigation::Amap, format!("{:.6},{:.6}", gcj.lon_deg, gcj.lat_deg)),
            (Navigation::Baidu, format!("{:.6},{:.6}", bd.lat_deg, bd.lon_deg)),
            (Navigation::Tencent, format!("{:.6},{:.6}", gcj.lat_deg, gcj.lon_deg)),
            (Navigation::Geo, "39.908000,116.397000".to_owned()),
        ] {
            let address = service.address(at, "村 & 镇");
            assert!(address.contains(&place) && !address.contains(' '), "{address}");
            assert_eq!(Navigation::from_key(service.key()), Some(service));
        }
    }
}
