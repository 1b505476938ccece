//! What the program carries besides its code: the version's commit, and on Windows icon, version and manifest.

use std::process::Command;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=.git/HEAD");
    println!("cargo:rerun-if-env-changed=QIANCUN_COMMIT");
    // Packages are built from archives without history: they say the commit themselves.
    let said = std::env::var("QIANCUN_COMMIT").ok().filter(|c| !c.trim().is_empty());
    let asked = || {
        let out = Command::new("git").args(["rev-parse", "--short=10", "HEAD"]).output().ok()?;
        out.status.success().then(|| String::from_utf8_lossy(&out.stdout).trim().to_owned())
    };
    println!("cargo:rustc-env=QIANCUN_COMMIT={}", said.or_else(asked).unwrap_or_default());
    registry()?;
    if std::env::var("CARGO_CFG_WINDOWS").is_ok() {
        windows();
    }
    Ok(())
}

/// Codes in a block of the registry.
const BLOCK: usize = 128;

/// Packs the registry's coordinate systems for `src/geo/crs/registry.rs`: the number of blocks (u32), first code (u16), place and length (u32) of each, all
/// little-endian, then the blocks, each deflated lines `code TAB proj4 TAB wkt`.
fn registry() -> Result<(), Box<dyn std::error::Error>> {
    use std::io::Write as _;
    let defs: Vec<crs_definitions::Def> = (0..=u16::MAX).filter_map(crs_definitions::from_code).collect();
    let mut blocks: Vec<(u16, Vec<u8>)> = Vec::new();
    for chunk in defs.chunks(BLOCK) {
        let line = |d: &crs_definitions::Def| {
            assert!(!d.proj4.contains(['\t', '\n']) && !d.wkt.contains(['\t', '\n']), "EPSG:{} has lines", d.code);
            format!("{}\t{}\t{}\n", d.code, d.proj4, d.wkt)
        };
        let text: String = chunk.iter().map(line).collect();
        let mut deflated = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        deflated.write_all(text.as_bytes())?;
        blocks.push((chunk.first().map_or(0, |d| d.code), deflated.finish()?));
    }
    let mut out = (blocks.len() as u32).to_le_bytes().to_vec();
    let mut at = 4 + blocks.len() as u32 * 10;
    for (first, bytes) in &blocks {
        out.extend(first.to_le_bytes());
        out.extend(at.to_le_bytes());
        out.extend((bytes.len() as u32).to_le_bytes());
        at += bytes.len() as u32;
    }
    blocks.iter().for_each(|(_, bytes)| out.extend(bytes));
    std::fs::write(std::path::Path::new(&std::env::var("OUT_DIR")?).join("crs.blocks"), out)?;
    Ok(())
}

/// Icon, version and manifest, compiled by the toolchain's own `windres` or `rc`; a build without either goes on, and says so.
fn windows() {
    println!("cargo:rerun-if-changed=assets/icon/qiancun.ico");
    let mut resource = winresource::WindowsResource::new();
    resource.set_icon("assets/icon/qiancun.ico");
    resource.set("ProductName", "Qiancun 千村");
    resource.set("FileDescription", "Qiancun 千村");
    resource.set("LegalCopyright", "MIT OR Apache-2.0");
    resource.set_manifest(MANIFEST);
    if let Err(e) = resource.compile() {
        println!("cargo:warning=icon, version and manifest are left out: {e}");
    }
}

/// Sharp on every screen, paths of any length, UTF-8, no administrator asked for.
const MANIFEST: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<assembly xmlns="urn:schemas-microsoft-com:asm.v1" manifestVersion="1.0">
  <trustInfo xmlns="urn:schemas-microsoft-com:asm.v3"><security><requestedPrivileges>
    <requestedExecutionLevel level="asInvoker" uiAccess="false"/>
  </requestedPrivileges></security></trustInfo>
  <dependency><dependentAssembly>
    <assemblyIdentity type="win32" name="Microsoft.Windows.Common-Controls" version="6.0.0.0" processorArchitecture="*" publicKeyToken="6595b64144ccf1df" language="*"/>
  </dependentAssembly></dependency>
  <compatibility xmlns="urn:schemas-microsoft-com:compatibility.v1"><application>
    <supportedOS Id="{8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a}"/>
  </application></compatibility>
  <application xmlns="urn:schemas-microsoft-com:asm.v3"><windowsSettings>
    <dpiAwareness xmlns="http://schemas.microsoft.com/SMI/2016/WindowsSettings">PerMonitorV2</dpiAwareness>
    <longPathAware xmlns="http://schemas.microsoft.com/SMI/2016/WindowsSettings">true</longPathAware>
    <activeCodePage xmlns="http://schemas.microsoft.com/SMI/2019/WindowsSettings">UTF-8</activeCodePage>
  </windowsSettings></application>
</assembly>
"#;
