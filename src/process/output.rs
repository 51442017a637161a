//! What a program writes, read as it comes so that the program never blocks; only the last part is
//! kept.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::watch;

/// How many bytes of each output are kept.
const KEPT: usize = 4 << 20;

/// One output stream of a program.
#[derive(Debug, Clone)]
pub struct Output {
    kept: Arc<Mutex<Kept>>,
    open: watch::Receiver<bool>,
}

/// The last part of a stream.
#[derive(Debug, Default)]
struct Kept {
    bytes: VecDeque<u8>,
    /// How many bytes came before those.
    dropped: usize,
}

impl Kept {
    fn push(&mut self, chunk: &[u8]) {
        self.bytes.extend(chunk);
        let surplus = self.bytes.len().saturating_sub(KEPT);
        self.bytes.drain(..surplus);
        self.dropped += surplus;
    }

    /// All that has come since the last complete line that was asked for.
    fn rest(&self, read: &mut Read) -> String {
        let start = read.lines.saturating_sub(self.dropped);
        let bytes: Vec<u8> = self.bytes.range(start..).copied().collect();
        read.bytes = self.dropped + self.bytes.len();
        read.lines = read.bytes;
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The complete lines that have come since this was asked last.
    fn new_lines(&self, read: &mut Read) -> String {
        let start = read.lines.saturating_sub(self.dropped);
        let new = read.bytes.saturating_sub(self.dropped);
        read.bytes = self.dropped + self.bytes.len();
        // Bytes that have been looked through are not looked through again: a program may write a
        // hundred megabytes without one end of a line.
        let Some(end) = self.bytes.range(new..).rposition(|byte| *byte == b'\n') else {
            return String::new();
        };
        let end = new + end;
        read.lines = self.dropped + end + 1;
        let bytes: Vec<u8> = self.bytes.range(start..=end).copied().collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// How far somebody has read, as positions in the stream.
#[derive(Debug, Clone, Default)]
struct Read {
    /// Behind the last complete line.
    lines: usize,
    /// Behind the last byte.
    bytes: usize,
}

/// The lines of an output, as they come.
#[derive(Debug, Clone)]
pub struct Lines {
    output: Output,
    read: Read,
}

impl Lines {
    /// Waits for complete lines: all that have come since this was asked last, or at the end of the stream what is left.
    /// None once there is nothing more. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Option<String> {
        loop {
            let is_open = *self.output.open.borrow_and_update();
            let lines = match is_open {
                true => self.output.kept().new_lines(&mut self.read),
                false => self.rest(),
            };
            if !lines.is_empty() {
                return Some(lines);
            }
            if !is_open || self.output.open.changed().await.is_err() {
                return None;
            }
        }
    }

    /// All that has come since the last lines, also a last one without its end.
    pub fn rest(&mut self) -> String {
        self.output.kept().rest(&mut self.read)
    }
}

impl Output {
    /// Its lines, from the first that is kept.
    pub fn lines(&self) -> Lines {
        Lines {
            output: self.clone(),
            read: Read::default(),
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An output, and the future that fills it until the stream is closed.
    pub fn drain(
        mut stream: impl AsyncRead + Unpin + Send + 'static,
    ) -> (Output, impl Future<Output = ()> + Send + 'static) {
        let kept = Arc::new(Mutex::new(Kept::default()));
        let (still_open, open) = watch::channel(true);
        let output = Output {
            kept: Arc::clone(&kept),
            open,
        };
        let fill = async move {
            let mut chunk = [0; 8192];
            // A read error means that nothing more will come, as the end does.
            while let Ok(count @ 1..) = stream.read(&mut chunk).await {
                kept.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(&chunk[..count]);
                still_open.send_replace(true);
            }
            still_open.send_replace(false);
        };
        (output, fill)
    }

    /// What is kept so far. Bytes that are no UTF-8 show as �.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(self.kept().bytes.make_contiguous()).into_owned()
    }

    /// Waits until more has been read since the last time this clone was asked; once the stream is
    /// closed, forever.
    pub async fn more(&mut self) {
        if self.open.changed().await.is_err() || !*self.open.borrow() {
            std::future::pending().await
        }
    }

    /// Waits for a complete line that `find` accepts; none when the stream is closed without one.
    pub async fn wait_for_line<T>(&self, find: impl Fn(&str) -> Option<T>) -> Option<T> {
        let mut open = self.open.clone();
        let mut read = Read::default();
        loop {
            let more = *open.borrow_and_update();
            let lines = self.kept().new_lines(&mut read);
            if let Some(found) = lines.lines().find_map(&find) {
                return Some(found);
            }
            if !more || open.changed().await.is_err() {
                return None;
            }
        }
    }
}

/// The longest part of one line that is worth quoting, in characters.
const LONGEST: usize = 500;

/// The lines of a text, without trailing blank ones. Endless lines are cut off.
pub fn cut_lines(text: &str) -> String {
    let cut = |line: &str| match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_string(),
    };
    let lines: Vec<String> = text.trim_end().lines().map(cut).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_last_part_is_kept() {
        let (output, fill) = Output::drain(std::io::Cursor::new(vec![b'x'; KEPT + 10]));
        fill.await;
        assert_eq!(output.text().len(), KEPT);
    }

    #[tokio::test]
    async fn a_line_is_found_only_once_it_is_complete() {
        let (output, fill) = Output::drain(std::io::Cursor::new("port 1\nport 22"));
        fill.await;
        let port = |line: &str| line.strip_prefix("port ").map(str::to_string);
        assert_eq!(output.wait_for_line(port).await.as_deref(), Some("1"));
        assert_eq!(
            output
                .wait_for_line(|line| (line == "port 22").then_some(()))
                .await,
            None
        );
    }

    #[tokio::test]
    async fn a_line_is_found_behind_more_than_is_kept() {
        let mut written = vec![b'x'; 3 * KEPT];
        written.extend_from_slice(b"\nport 3\n");
        let (output, fill) = Output::drain(std::io::Cursor::new(written));
        let port = |line: &str| line.strip_prefix("port ").map(str::to_string);
        let (found, ()) = tokio::join!(output.wait_for_line(port), fill);
        assert_eq!(found.as_deref(), Some("3"));
    }

    #[tokio::test]
    async fn lines_come_once_each_and_the_last_one_without_its_end() {
        let (output, fill) = Output::drain(std::io::Cursor::new("one\ntwo\nthr"));
        let mut lines = output.lines();
        let mut all = String::new();
        let read = async {
            while let Some(lines) = lines.next().await {
                all.push_str(&lines);
            }
        };
        tokio::join!(fill, read);
        assert_eq!(all, "one\ntwo\nthr");
        assert_eq!(lines.rest(), "");
    }

    #[test]
    fn endless_lines_are_cut() {
        assert_eq!(cut_lines("a\nb\n\n"), "a\nb");
        let endless = cut_lines(&"é".repeat(LONGEST * 2));
        assert_eq!(endless.chars().count(), LONGEST + 1);
    }
}
