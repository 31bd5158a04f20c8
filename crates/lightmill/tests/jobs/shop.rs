//! A lightmill that takes jobs, and can be started again over the same file of them.

use std::process::Output;
use std::time::{Duration, Instant};

use lightmill_testkit::{Client, Response, Scratch, Server, ServerOptions, command};
use serde_json::Value;

use crate::common::{BINARY, SAMPLES};

/// What whoever may put jobs shows.
pub const TOKEN: &str = "a-long-token-for-jobs";
const BEARER: &str = "Bearer a-long-token-for-jobs";

/// A server and what it works with; the server ends first.
pub struct Shop {
    pub server: Server,
    pub folder: Scratch,
    config: String,
}

impl Shop {
    /// `jobs`: more keys of `[jobs]` and tables behind it. `files`: those beside `rocket.jpg`, by name.
    pub fn open(jobs: &str, files: &[(&str, &[u8])]) -> Self {
        Self::over(None, jobs, files)
    }

    /// The same over another `database` than a file.
    pub fn over(database: Option<&str>, jobs: &str, files: &[(&str, &[u8])]) -> Self {
        let folder = Scratch::new().unwrap();
        folder.copy(format!("{SAMPLES}/rocket.jpg"), "photos/rocket.jpg").unwrap();
        folder.write("out/.keep", b"").unwrap();
        for (name, bytes) in files {
            folder.write(format!("photos/{name}"), bytes).unwrap();
        }
        let root = folder.path().display();
        let database = database.map_or_else(|| format!("{root}/jobs.sqlite"), str::to_owned);
        let config = format!(
            r#"
            [sources.photos]
            url = "file://{root}/photos"
            [sources.out]
            url = "file://{root}/out"
            [[mounts]]
            path = "/"
            dialect = "oss"
            sources = ["photos"]
            unsafe = true
            save = {{ to = ["out"], tokens = ["{TOKEN}", "another-token-of-savers"] }}
            [[mounts]]
            path = "/signed"
            dialect = "oss"
            sources = ["photos"]
            keys = ["a key of the mount"]
            [jobs]
            database = "{database}"
            tokens = ["{TOKEN}", "a-token-that-may-not-save"]
            lease = 5
            {jobs}
            "#
        );
        let server = start(&config);
        Self { server, folder, config }
    }

    /// Another process over the same files, in place of one that has ended.
    pub fn open_again(&mut self) {
        self.server = start(&self.config);
    }

    /// Has it follow what `change` makes of its configuration.
    pub fn reload(&self, change: impl Fn(&str) -> String) {
        self.server.reconfigure(&change(&self.config)).unwrap();
        self.server.ask_to_reload().unwrap();
        let deadline = Instant::now() + Duration::from_secs(30);
        while self.server.metric("lightmill_reloads_total", &["ok"]) < 1.0 {
            assert!(Instant::now() < deadline, "{}", self.server.logs());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// What `lightmill webhooks` does with these arguments beside it.
    pub fn webhooks(&self, arguments: &[&str]) -> Output {
        let file = self.folder.write("lightmill.toml", &self.config).unwrap();
        command(BINARY).arg("webhooks").args(arguments).arg("--config").arg(file).output().unwrap()
    }

    /// One more process over the same files.
    pub fn another(&self) -> Server {
        start(&self.config)
    }

    pub fn client(&self) -> Client {
        self.server.client()
    }

    /// A request with the token.
    pub fn ask(&self, method: &str, target: &str) -> Response {
        ask(&self.server, method, target)
    }

    /// `POST /jobs`, with the token and more headers.
    pub fn post(&self, body: &Value, headers: &[(&str, &str)]) -> Response {
        let headers: Vec<_> = [("authorization", BEARER)].into_iter().chain(headers.iter().copied()).collect();
        self.client().send("POST", b"/jobs", &headers, body.to_string().as_bytes()).unwrap()
    }

    /// The id of what was ordered with `body`, which must be taken.
    pub fn order(&self, body: &Value) -> String {
        let answer = self.post(body, &[]);
        assert_eq!(answer.status, 202, "{}", answer.text());
        let id = answer.json()["id"].as_str().unwrap().to_owned();
        assert_eq!(answer.header("location").unwrap(), format!("/jobs/{id}"));
        id
    }

    /// The job as it is.
    pub fn job(&self, id: &str) -> Value {
        let answer = self.ask("GET", &format!("/jobs/{id}"));
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    /// The job as soon as it is as `is` says.
    pub fn until(&self, id: &str, is: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + Duration::from_mins(3);
        loop {
            let job = self.job(id);
            if is(&job) {
                return job;
            }
            assert!(Instant::now() < deadline, "{job}\n{}", self.server.logs());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The job at its end.
    pub fn end(&self, id: &str) -> Value {
        self.until(id, |job| !matches!(job["state"].as_str(), Some("queued" | "running")))
    }

    /// The programs that the server has started and that still run.
    pub fn children(&self) -> Vec<String> {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.server.id())).unwrap().flatten();
        let ids = tasks.flat_map(|task| {
            let ids = std::fs::read_to_string(task.path().join("children")).unwrap_or_default();
            ids.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
        });
        ids.filter_map(|id| std::fs::read_to_string(format!("/proc/{id}/comm")).ok()).collect()
    }
}

/// A request with the token, of any server.
pub fn ask(server: &Server, method: &str, target: &str) -> Response {
    server.client().send(method, target.as_bytes(), &[("authorization", BEARER)], b"").unwrap()
}

fn start(config: &str) -> Server {
    Server::start(BINARY, &ServerOptions { config: config.to_owned(), ..ServerOptions::default() }).unwrap()
}
