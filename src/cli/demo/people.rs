//! Households, residents and plans of each village in 2023.

use super::layout::Village;
use super::planted::{CROWDED, SEWAGE_BELOW_99};
use super::rng::Rng;

/// One line of plan (一村一策) for the four villages of the reference case; the wording is illustrative.
const PLANS: [(&str, &str); 4] = [
    ("西马坊", "稻田观光与亲水步道相连，先完成污水管网收尾（示范文本）"),
    ("李家坟", "以花卉种植带动乡村休闲，腾退用地优先补停车与绿地（示范文本）"),
    ("车耳营", "保护古树古寺与石板街巷，民宿与公厕同步提升（示范文本）"),
    ("七王坟", "依托山地步道发展精品民宿，分散式污水处理先行（示范文本）"),
];

/// What is known of a village besides its borders.
pub struct People {
    pub households: i64,
    pub population: i64,
    pub plan_status: &'static str,
    pub plan_text: Option<&'static str>,
}

/// Households and residents: small where sewage treatment lags, so that the district's weighted rate passes 99 %.
pub fn people(village: &Village) -> People {
    let rng = &mut Rng::keyed("people", &[village.ring[0].lon, village.ring[0].lat]);
    let lagging = SEWAGE_BELOW_99.iter().find(|(name, _)| *name == village.name).map(|(_, tenths)| *tenths);
    let households = match lagging {
        _ if village.name == CROWDED => 2_140,
        Some(0..600) => rng.whole(116, 132),
        Some(600..800) => rng.whole(118, 142),
        Some(800..900) => rng.whole(124, 172),
        Some(_) => rng.whole(178, 296),
        None => 560 + rng.whole(0, 640) + rng.whole(0, 640),
    };
    let population = households * rng.whole(248, 272) / 100;
    let plan_text = PLANS.iter().find(|(name, _)| *name == village.name).map(|(_, text)| *text);
    let plan_status = match rng.whole(0, 99) {
        _ if plan_text.is_some() => "approved",
        0..45 => "none",
        45..80 => "draft",
        _ => "approved",
    };
    People { households, population, plan_status, plan_text }
}
