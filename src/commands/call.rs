//! `call`: one call, made by hand.

mod describe;
mod input;
mod server;

use bytes::Bytes;
use prost_reflect::prost::Message as _;
use prost_reflect::{DynamicMessage, MethodDescriptor};
use tokio::sync::mpsc;
use tokio_stream::Stream;
use tonic::transport::Channel;
use tower_layer::Layer as _;

use super::observing::Observing;
use super::{Exit, Problem, shutdown_signal};
use crate::caller::arguments::{self, ArgumentError, Input};
use crate::caller::call::{self, End};
use crate::caller::contract::{Contract, RpcNameError};
use crate::caller::json;
use crate::cli::{CallArgs, ObservingArgs};
use crate::reference::observe::observer::CallSide;
use crate::screen::{self, Canvas, Paint};
use input::Line;

/// Makes the call, or prints a part of the contract.
///
/// # Errors
///
/// If the names or the messages cannot be used, or the server cannot be reached.
pub async fn run(args: &CallArgs) -> Result<Exit, Problem> {
    let shutdown = shutdown_signal();
    let work = async {
        match &args.describe {
            Some(name) => describe::run(args, name.as_deref()).await,
            None => call(args).await,
        }
    };
    tokio::select! {
        result = work => result,
        signal = shutdown => {
            screen::print_error("Interrupted. The call is cancelled.");
            Ok(Exit::Ended(signal))
        }
    }
}

async fn call(args: &CallArgs) -> Result<Exit, Problem> {
    let addr = &server::address(args)?;
    let contract = match args.reflection {
        true => server::contract(addr, args.timeout).await?,
        false => courses_contract()?,
    };
    let Some(name) = &args.rpc else {
        let rpcs = screen::call::rpcs(&contract);
        return Err(Problem::new(Exit::Usage, "no RPC is named", rpcs));
    };
    let method = &contract
        .rpc(name)
        .map_err(|error| no_such_rpc(&error, &contract))?;
    // Everything that can be wrong with the messages is found before the server is called.
    let messages = match arguments::read(&args.messages, method).map_err(of_arguments)? {
        Input::Messages(messages) => Some(messages),
        Input::StandardInput if method.is_client_streaming() => None,
        Input::StandardInput => Some(vec![input::one_message(method).await?]),
    };
    let channel = server::open(addr).await?;
    let end = match messages {
        Some(messages) => {
            let encoded: Vec<Bytes> = messages.iter().map(encoded).collect();
            make(args, channel, method, tokio_stream::iter(encoded)).await?
        }
        None => make_typed(args, channel, method).await?,
    };
    if let Some(text) = screen::call::end(&end, method, addr, args.trace) {
        screen::print_error(&text);
    }
    Ok(match end.status.is_ok() {
        true => Exit::Passed,
        false => Exit::NotYet,
    })
}

/// Makes a call with the lines of standard input, each sent as soon as it is there.
async fn make_typed(
    args: &CallArgs,
    channel: Channel,
    method: &MethodDescriptor,
) -> Result<End, Problem> {
    let is_terminal = input::is_terminal();
    if is_terminal {
        screen::print_error(&screen::call::how_to_type(method));
    }
    let (send, requests) = mpsc::channel(1);
    let feeding = feed(input::lines(), send, method, is_terminal);
    tokio::select! {
        end = make(args, channel, method, until_half_close(requests)) => end,
        problem = feeding => Err(problem),
    }
}

/// What is sent in a call.
enum Sent {
    Message(Bytes),
    HalfClose,
}

/// The messages up to the half-close. A sender that is dropped without one ends nothing: the call is cancelled then, and
/// a half-close would tell the server that it has all messages.
fn until_half_close(mut sent: mpsc::Receiver<Sent>) -> impl Stream<Item = Bytes> + Send + 'static {
    async_stream::stream! {
        loop {
            match sent.recv().await {
                Some(Sent::Message(message)) => yield message,
                Some(Sent::HalfClose) => break,
                None => std::future::pending().await,
            }
        }
    }
}

/// Sends line by line. It ends only with a line, or an input, that cannot be used; after the end of the input the call
/// goes on.
async fn feed(
    mut lines: mpsc::Receiver<Line>,
    send: mpsc::Sender<Sent>,
    method: &MethodDescriptor,
    is_terminal: bool,
) -> Problem {
    let mut sent = 0;
    while let Some(line) = lines.recv().await {
        match input::message(line, method) {
            Ok(None) => {}
            Ok(Some(message)) => {
                let message = Sent::Message(encoded(&message));
                if send.send(message).await.is_err() {
                    // The server has ended the call.
                    break;
                }
                sent += 1;
            }
            Err(problem) if is_terminal && problem.exit == Exit::Usage => {
                screen::print_error(&problem.to_string());
            }
            Err(problem) => return problem.with_sentence(&screen::call::cancelled_after(sent)),
        }
    }
    // If this fails, the call has ended.
    send.send(Sent::HalfClose).await.ok();
    std::future::pending().await
}

/// Makes a call, and prints or draws what comes.
async fn make(
    args: &CallArgs,
    channel: Channel,
    method: &MethodDescriptor,
    requests: impl Stream<Item = Bytes> + Send + 'static,
) -> Result<End, Problem> {
    let observing = ObservingArgs {
        trace: args.trace,
        slow: None,
        metrics: None,
    };
    let observing = Observing::prepare(CallSide::Client, &observing).await?;
    // A trace shows everything that would be printed.
    let paint = Canvas::stdout().paint;
    let print = |message: &DynamicMessage| {
        if !args.trace {
            print_reply(message, paint);
        }
    };
    let layer = observing.layer();
    let calling = async {
        match layer {
            None => call::run(channel, method, requests, args.timeout, print).await,
            Some(layer) => {
                call::run(layer.layer(channel), method, requests, args.timeout, print).await
            }
        }
    };
    Ok(observing.start()?.during(calling).await)
}

fn print_reply(message: &DynamicMessage, paint: Paint) {
    match json::write(message) {
        // On a terminal, the colour tells replies from what was typed.
        Ok(line) => screen::print(&format!("{}\n", paint.code(&line))),
        Err(error) => screen::print_error(&format!("error: cannot write a reply as JSON: {error}")),
    }
}

fn encoded(message: &DynamicMessage) -> Bytes {
    message.encode_to_vec().into()
}

/// The contract that the program carries.
fn courses_contract() -> Result<Contract, Problem> {
    Contract::course().map_err(|error| {
        let what = format!("cannot read the course's contract: {error}");
        Problem::new(Exit::CouldNot, what, "")
    })
}

fn no_such_rpc(error: &RpcNameError, contract: &Contract) -> Problem {
    Problem::new(Exit::Usage, error, screen::call::rpcs(contract))
}

fn of_arguments(error: ArgumentError) -> Problem {
    let next = screen::call::about_arguments(&error);
    Problem::new(Exit::Usage, error, next)
}
