//! The cases of a lesson, played against a server and judged: those of its file, and drawn ones.

mod chats;
mod play;
mod player;
mod stage;

use tonic::transport::Channel;

use self::player::Player;
pub use self::player::most_features;
use self::stage::Stage;
use super::Setting;
use crate::course::files;
use crate::guide::Database;
use crate::guide::cases::{CheckFile, ListFeaturesCase, RecordRouteCase, RouteChatCase};
use crate::guide::random::Draw;
use crate::verdict::{CaseReport, list_features, record_route, route_chat};

/// How many random calls each RPC gets.
const RANDOM_LISTS: usize = 20;
const RANDOM_ROUTES: usize = 10;
const RANDOM_CHATS: usize = 10;

/// A case of the course that brings more features than this from another database is left out: those
/// that are drawn from it do the same with fewer.
const MANY: usize = 1_000;

/// The cases of a lesson, while they are being played.
pub struct Cases<'a> {
    setting: &'a Setting,
    lists: Stage<ListFeaturesCase>,
    routes: Stage<RecordRouteCase>,
    paced: Stage<RecordRouteCase>,
    chats: Stage<RouteChatCase>,
}

impl<'a> Cases<'a> {
    /// Takes the cases of a lesson, and draws others for the RPCs that it has cases for.
    pub fn of(setting: &'a Setting, check: &CheckFile) -> Cases<'a> {
        let database = &setting.database;
        let mut draw = Draw::new(database, setting.seed);
        let mut lists = check.list_features.clone();
        let mut routes = check.record_route.clone();
        let mut chats = check.route_chat.clone();
        if !is_the_codelabs(database) {
            // What the file expects is about the codelab's features.
            let lists_anew = lists.into_iter().map(|case| case.answered_from(database));
            let routes_anew = routes.into_iter().map(|case| case.answered_from(database));
            lists = lists_anew.collect();
            lists.retain(|case| case.expect.len() <= MANY);
            routes = routes_anew.collect();
            if !check.list_features.is_empty() {
                // They say more, and a server that sends far too much is not heard to the end.
                lists = [draw.aimed_lists(), lists].concat();
            }
            if !check.record_route.is_empty() {
                routes.extend(draw.aimed_routes());
            }
        }
        if !check.list_features.is_empty() {
            lists.extend(draw.list_features(RANDOM_LISTS));
        }
        if !check.record_route.is_empty() {
            routes.extend(draw.record_route(RANDOM_ROUTES));
        }
        if !check.route_chat.is_empty() {
            chats.extend(draw.route_chat(RANDOM_CHATS));
        }
        let (paced, routes): (Vec<_>, Vec<_>) =
            routes.into_iter().partition(|case| case.wait_seconds > 0);
        Cases {
            setting,
            lists: Stage::of(lists),
            routes: Stage::of(routes),
            paced: Stage::of(paced),
            chats: Stage::of(chats),
        }
    }

    /// Plays all cases but those that come last. The RPCs run side by side, the calls of one RPC one
    /// after the other, but for paced routes, which only wait: so there are four calls at once at most.
    pub async fn play(&mut self, channel: &Channel) {
        let player = &Player::new(self.setting, channel);
        tokio::join!(
            self.lists.play(player),
            self.routes.play(player),
            self.paced.play(player),
            self.chats.play(player),
        );
    }

    /// Plays the cases that come last, one after the other, once nobody else is calling: what they do may
    /// keep other calls waiting or, if the server is wrong, bring it down. Before them, random cases that
    /// show what no other case does are made smaller, and a server that has left a route unanswered gets one
    /// that shows whether it reads at all.
    pub async fn play_last(&mut self, channel: &Channel) {
        let player = &Player::new(self.setting, channel);
        if self.routes.went_quiet() {
            let mut draw = Draw::new(&self.setting.database, self.setting.seed);
            let long = play::padded_route(player, draw.long_route()).await;
            self.routes.add(long);
        }
        self.lists.shrink(player).await;
        self.routes.shrink(player).await;
        self.chats.shrink(player).await;
        self.lists.play_last(player).await;
        self.chats.play_last(player).await;
    }

    /// Plays the cases that leave a field unset, which a server may break down at: after all others of
    /// all lessons.
    pub async fn play_unset(&mut self, channel: &Channel) {
        let player = &Player::new(self.setting, channel);
        self.lists.play_unset(player).await;
        self.chats.play_unset(player).await;
    }

    /// Names the mistakes.
    pub fn judge(self) -> Vec<CaseReport> {
        let database = &self.setting.database;
        let routes = [self.routes.played(), self.paced.played()].concat();
        [
            list_features::explain(self.lists.played(), database),
            record_route::explain(routes, database),
            route_chat::explain(self.chats.played()),
        ]
        .concat()
    }
}

/// Whether this is the database that the lessons' cases were written for.
fn is_the_codelabs(database: &Database) -> bool {
    Database::from_json(files::DATABASE).is_ok_and(|own| own.features() == database.features())
}
