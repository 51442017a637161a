//! The last build is not one of what is in the files.

use std::path::PathBuf;

use super::*;

/// The commands with which a learner or an editor builds.
const OWN_BUILDS: [&[&str]; 3] = [
    &["build", "--bin", "stage"],
    &["build", "--lib"],
    // With the features that the lab builds with.
    &["build", "-p", "routeguide-lab", "--bin", "stage"],
];

#[test]
fn a_file_that_is_moved_back_with_its_old_time_is_judged() {
    let code = Code::new("moved-back");
    let server = code.lab.path(SERVER);
    code.is_judged(true, "as written");
    // The lab itself has built the other content.
    let kept = code.lab.path("kept.rs");
    for is_right in [true, false] {
        fs::write(&server, code.text(is_right)).unwrap();
        code.is_judged(is_right, "before the move");
        fs::rename(&server, &kept).unwrap();
        fs::write(&server, code.text(!is_right)).unwrap();
        code.is_judged(!is_right, "the other content");
        fs::rename(&kept, &server).unwrap();
        code.is_judged(is_right, "moved back");
    }
}

#[test]
fn what_the_learners_own_cargo_has_built_is_not_judged_for_the_files() {
    let code = Code::new("own-cargo");
    let server = code.lab.path(SERVER);
    let mut is_right = true;
    code.is_judged(is_right, "as written");
    for own in OWN_BUILDS {
        let old = time(&server);
        fs::write(&server, code.text(!is_right)).unwrap();
        code.builds(own);
        fs::write(&server, code.text(is_right)).unwrap();
        set_time(&server, old);
        code.is_judged(is_right, &format!("after {own:?} of the other content"));
        // The next one builds right code where this one has built wrong code.
        is_right = !is_right;
        fs::write(&server, code.text(is_right)).unwrap();
        code.is_judged(is_right, "saved as usual");
    }
}

#[test]
fn a_contract_that_is_put_back_is_generated_from_again() {
    let code = Code::new("contract-put-back");
    let proto = code.lab.path("start_here/proto/route_guide.proto");
    let right = fs::read_to_string(&proto).unwrap();
    code.is_judged(true, "as written");
    let old = time(&proto);
    // A method of another name does not compile with the server.
    fs::write(
        &proto,
        right.replace("rpc ListFeatures(", "rpc ListFeature("),
    )
    .unwrap();
    code.builds(&["build", "--bin", "stage"]);
    fs::write(&proto, &right).unwrap();
    set_time(&proto, old);
    code.is_judged(true, "put back with its time");
}

#[test]
fn a_file_that_is_included_is_judged() {
    let code = Code::new("included");
    let included = code.lab.path("start_here/src/answer.in");
    let elsewhere = code.lab.path("answer.in");
    for (path, named) in [(&included, "answer.in"), (&elsewhere, "../../answer.in")] {
        let region = testkit::course::place(&code.right, LESSON).unwrap();
        let body = code.right[region.clone()].to_string();
        let mut text = code.right.clone();
        text.replace_range(
            region,
            &format!("        if include_str!(\"{named}\") == \"wrong\" {{\n            return Err(Status::internal(\"wrong\"));\n        }}\n{body}"),
        );
        fs::write(path, "right").unwrap();
        code.lab.write(SERVER, &text);
        code.is_judged(true, named);
        let old = time(path);
        fs::write(path, "wrong").unwrap();
        set_time(path, old);
        code.is_judged(false, &format!("{named}, with its old time"));
    }
}

/// Two courses, with right code and with wrong code, which cargo takes for each other where they share a target folder.
struct Sharing {
    folder: tempfile::TempDir,
    right: Code,
    wrong: Code,
}

impl Sharing {
    fn new(name: &str) -> Sharing {
        let code = Code::new(name);
        code.lab.set_version("start_here", &format!("0.1.0-{name}"));
        // Below the build folder, cargo would tell them apart.
        let folder = tempfile::tempdir().unwrap();
        let copy = |place: &str| {
            let root = folder.path().join(place);
            fs::create_dir(&root).unwrap();
            for entry in fs::read_dir(code.lab.path(".")).unwrap() {
                let entry = entry.unwrap();
                if entry.file_name() != "target" {
                    testkit::copy(&entry.path(), &root.join(entry.file_name()));
                }
            }
            Code::of(Lab::at(root))
        };
        let (right, wrong) = (copy("right"), copy("wrong"));
        wrong.lab.write(SERVER, &wrong.wrong);
        Sharing {
            right,
            wrong,
            folder,
        }
    }

    fn target(&self) -> PathBuf {
        self.folder.path().join("target")
    }

    fn both(&self) -> [(&Code, bool); 2] {
        [(&self.right, true), (&self.wrong, false)]
    }
}

#[test]
fn two_courses_that_share_a_target_folder_get_their_own_verdicts() {
    let courses = Sharing::new("sharing");
    for (code, _) in courses.both() {
        set_time(&code.lab.path(SERVER), long_ago());
    }
    let config = format!("[build]\ntarget-dir = {:?}\n", courses.target());
    let above = courses.folder.path().join(".cargo");
    // Each after the other, where cargo is told the folder by a variable and where it is told by a file.
    for (is_right, is_set_above) in [
        (true, false),
        (false, false),
        (true, false),
        (false, true),
        (true, true),
    ] {
        let code = if is_right {
            &courses.right
        } else {
            &courses.wrong
        };
        let mut command = code.lab.command(["check", LESSON]);
        match is_set_above {
            true => {
                fs::create_dir_all(&above).unwrap();
                fs::write(above.join("config.toml"), &config).unwrap();
                command.env_remove("CARGO_TARGET_DIR")
            }
            false => command.env("CARGO_TARGET_DIR", courses.target()),
        };
        let run = testkit::run(&mut command);
        let exit = Some(i32::from(!is_right));
        assert_eq!(run.code, exit, "{is_set_above}: {run:?}");
    }
}

/// Both at the same time: no lab starts the programs of the other.
#[test]
fn two_courses_are_checked_side_by_side_in_one_target_folder() {
    let courses = Sharing::new("side-by-side");
    std::thread::scope(|threads| {
        for (code, is_right) in courses.both() {
            let target = courses.target();
            threads.spawn(move || {
                for _ in 0..2 {
                    set_time(&code.lab.path(SERVER), SystemTime::now());
                    let mut command = code.lab.command(["check", LESSON]);
                    let run = testkit::run(command.env("CARGO_TARGET_DIR", &target));
                    assert_eq!(run.code, Some(i32::from(!is_right)), "{run:?}");
                }
            });
        }
    });
}

#[test]
fn a_build_from_the_future_is_not_judged_for_the_files() {
    let code = Code::new("future");
    // The next copy at this place gets nothing of tomorrow.
    code.lab.set_version("start_here", "0.1.0-future");
    let server = code.lab.path(SERVER);
    code.is_judged(true, "as written");
    let seen = code.lab.path(".routeguide-lab/seen.json");
    for is_known in [true, false] {
        // As if the clock had been ahead by a day at the last build, and had then been put right.
        let tomorrow = SystemTime::now() + Duration::from_secs(86_400);
        assert!(set_times_of_products(&code, tomorrow) > 3);
        let record = fs::read_to_string(&seen).unwrap();
        let mut record: serde_json::Value = serde_json::from_str(&record).unwrap();
        let since = tomorrow.duration_since(SystemTime::UNIX_EPOCH).unwrap();
        let since = serde_json::json!({
            "secs_since_epoch": since.as_secs(),
            "nanos_since_epoch": since.subsec_nanos(),
        });
        for stamp in record["products"].as_object_mut().unwrap().values_mut() {
            stamp["modified"] = since.clone();
        }
        record["newest"] = since;
        match is_known {
            true => fs::write(&seen, record.to_string()).unwrap(),
            false => fs::remove_file(&seen).unwrap(),
        }
        for is_right in [false, true] {
            fs::write(&server, code.text(is_right)).unwrap();
            code.is_judged(is_right, &format!("{is_known}"));
        }
        assert!(time(&server) <= SystemTime::now());
    }
}

/// Sets the times of all that cargo has made of the learner's crate of this copy. Returns how many files those are.
fn set_times_of_products(code: &Code, time: SystemTime) -> usize {
    let seen = code.lab.read(".routeguide-lab/seen.json");
    let seen: serde_json::Value = serde_json::from_str(&seen).unwrap();
    let products = seen["products"].as_object().unwrap();
    // Files are made under names with the hash of the copy's crate.
    let hash = |path: &String| {
        let name = path.rsplit(['/', '\\']).next().unwrap();
        let hash = name.strip_suffix(".rlib")?.rsplit('-').next()?;
        Some(hash.to_string())
    };
    let hash = products.keys().find_map(hash).unwrap();
    let mut set = 0;
    let debug = code.lab.build_folder().join("debug");
    let mut folders = vec![debug.join("deps"), debug.join(".fingerprint")];
    folders.push(code.lab.path("target/debug"));
    for folder in folders {
        for path in fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
        {
            let name = path.file_name().unwrap().to_string_lossy();
            let is_program = products.contains_key(&*path.to_string_lossy());
            if path.is_dir() && name.starts_with("start_here-") && name.ends_with(&hash) {
                for file in fs::read_dir(&path).unwrap() {
                    set_time(&file.unwrap().path(), time);
                    set += 1;
                }
            } else if path.is_file() && (is_program || name.contains(&hash)) {
                set_time(&path, time);
                set += 1;
            }
        }
    }
    set
}
