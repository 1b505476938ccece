//! Whether the system is set to high contrast.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What the system says, asked beside the window: some systems are asked by a program of theirs, which may be slow or absent.
#[derive(Default)]
pub(super) struct SystemContrast {
    is_high: Arc<AtomicBool>,
    is_asking: Arc<AtomicBool>,
}

impl SystemContrast {
    /// Asks once more; the window is drawn again where the answer is another one.
    pub(super) fn ask(&self, ctx: &egui::Context) {
        if self.is_asking.swap(true, Ordering::AcqRel) {
            return;
        }
        let (is_high, is_asking, ctx) = (self.is_high.clone(), self.is_asking.clone(), ctx.clone());
        std::thread::spawn(move || {
            let said = asked();
            if is_high.swap(said, Ordering::AcqRel) != said {
                ctx.request_repaint();
            }
            is_asking.store(false, Ordering::Release);
        });
    }

    /// What it said last; the usual contrast until it said something.
    pub(super) fn is_high(&self) -> bool {
        self.is_high.load(Ordering::Acquire)
    }
}

#[cfg(windows)]
#[allow(unsafe_code, reason = "the system has no other way, and it writes to a value of this function only")]
fn asked() -> bool {
    use windows_sys::Win32::UI::Accessibility::{HCF_HIGHCONTRASTON, HIGHCONTRASTW};
    use windows_sys::Win32::UI::WindowsAndMessaging::{SPI_GETHIGHCONTRAST, SystemParametersInfoW};
    let size = size_of::<HIGHCONTRASTW>() as u32;
    let mut said = HIGHCONTRASTW { cbSize: size, dwFlags: 0, lpszDefaultScheme: std::ptr::null_mut() };
    let is_told = unsafe { SystemParametersInfoW(SPI_GETHIGHCONTRAST, size, (&raw mut said).cast(), 0) } != 0;
    is_told && said.dwFlags & HCF_HIGHCONTRASTON != 0
}

/// macOS: Increase contrast.
#[cfg(target_os = "macos")]
fn asked() -> bool {
    answer("defaults", &["read", "com.apple.universalaccess", "increaseContrast"]).is_some_and(|a| a == "1")
}

/// Desktops with GNOME's settings (GNOME, Cinnamon, MATE, UKUI): the switch, or a theme of high contrast where there is no switch.
#[cfg(not(any(windows, target_os = "macos")))]
fn asked() -> bool {
    let of = |schema: &str, key: &str| answer("gsettings", &["get", schema, key]);
    of("org.gnome.desktop.a11y.interface", "high-contrast").is_some_and(|a| a == "true")
        || of("org.gnome.desktop.interface", "gtk-theme").is_some_and(|a| is_stark_theme(&a))
}

/// Whether a theme's name is one of high contrast: `'HighContrast'`, `'HighContrastInverse'`, `'ContrastHigh'`.
#[cfg(not(any(windows, target_os = "macos")))]
fn is_stark_theme(name: &str) -> bool {
    let name = name.trim_matches('\'').to_ascii_lowercase();
    name.starts_with("highcontrast") || name.starts_with("contrasthigh")
}

/// What a program of the system says in its first line, if it is there and content.
#[cfg(not(windows))]
fn answer(program: &str, arguments: &[&str]) -> Option<String> {
    let mut command = std::process::Command::new(program);
    let said = command.args(arguments).stdin(std::process::Stdio::null()).output().ok()?;
    said.status
        .success()
        .then(|| String::from_utf8_lossy(&said.stdout).lines().next().unwrap_or_default().trim().to_owned())
}

#[cfg(all(test, unix, not(target_os = "macos")))]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_not_there_or_not_content_says_nothing() {
        assert_eq!(answer("qiancun-no-such-program", &[]), None);
        assert_eq!(answer("false", &[]), None);
        assert_eq!(answer("echo", &["true"]).as_deref(), Some("true"));
        assert!(is_stark_theme("'HighContrastInverse'") && !is_stark_theme("'Adwaita'"));
    }
}
