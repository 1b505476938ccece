//! The program: state and commands brought together, background jobs, the window itself.

mod added;
mod apply;
mod before;
mod cached;
mod export;
mod files;
mod headless;
mod interface;
mod job;
mod jobs;
mod keeping;
mod layers;
mod load;
mod look;
mod meeting;
mod moving;
mod open;
mod opening;
mod pages;
mod qiancun;
mod reading;
mod recording;
mod rescue;
mod saving;
mod survey;
mod selecting;
mod sync;
mod tables;
mod watching;
mod window;

pub use export::png_bytes;
pub use headless::Headless;
pub use load::{LoadOptions, LoadedProject, Missing, load, load_file, read_district, read_session};
pub use qiancun::{Options, Qiancun};
pub use rescue::rescue_path;
pub use window::run;
