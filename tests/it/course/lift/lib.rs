//! The lift of the lessons. Their parts come in place of the lines that begin with `//@`.

// What the lessons leave out is not used here either.
#![allow(dead_code, unused_variables)]

use std::pin::Pin;
use std::sync::Arc;

use elevator::elevator_client::ElevatorClient;
use elevator::elevator_server::Elevator;
use elevator::house_client::HouseClient;
use elevator::{Floor, Line, Load, Passenger, Sign};
use tokio_stream::Stream;
use tonic::transport::Channel;
use tonic::{Request, Response, Status, Streaming};

//@ 03-generate-code 3

mod proto {
    pub use crate::elevator::*;
}

type Error = Box<dyn std::error::Error + Send + Sync>;
type ReplyStream<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// What lesson 3 shows of the generated code.
mod generated {
    use tokio_stream::Stream;
    use tonic::{Request, Response, Status, Streaming};

    pub struct Rectangle;
    pub struct Feature;
    pub struct Point;
    pub struct RouteSummary;

    #[tonic::async_trait]
    //@ 03-generate-code 1
}

struct Signs;

impl Signs {
    fn sign(&self, floor: i32) -> String {
        format!("floor {floor}")
    }
}

struct Lift {
    house: Arc<Signs>,
}

#[tonic::async_trait]
impl Elevator for Lift {
    type GoDownStream = ReplyStream<Sign>;
    type IntercomStream = ReplyStream<Line>;

    async fn floor_of(&self, request: Request<Passenger>) -> Result<Response<Floor>, Status> {
        Err(Status::not_found("no such floor"))
    }

    async fn go_down(&self, request: Request<Floor>) -> Result<Response<Self::GoDownStream>, Status> {
        //@ 04-list-features 1
    }

    async fn weigh(&self, request: Request<Streaming<Passenger>>) -> Result<Response<Load>, Status> {
        //@ 05-record-route 1
    }

    async fn intercom(&self, request: Request<Streaming<Line>>) -> Result<Response<Self::IntercomStream>, Status> {
        //@ 06-route-chat 1
    }
}

impl Lift {
    async fn go_down_by_channel(&self, request: Request<Floor>) -> Result<Response<ReplyStream<Sign>>, Status> {
        let top = request.into_inner().number;
        let house = Arc::clone(&self.house);
        //@ 04-list-features 2
    }
}

impl Lift {
    async fn what_was_said(&self, request: Request<Streaming<Line>>) -> Result<Response<ReplyStream<Line>>, Status> {
        //@ 17-bound-memory 1
    }

    async fn read_out(&self, request: Request<Streaming<Line>>) -> Result<Response<ReplyStream<Line>>, Status> {
        //@ 15-return-status 1
    }
}

fn has_floor(number: i32) -> Result<(), Status> {
    //@ 16-error-details 1
    Ok(())
}

fn explain(status: &Status) {
    //@ 16-error-details 2
}

#[tonic::async_trait]
impl elevator::house_server::House for Lift {
    //@ 14-get-feature 1
}

async fn serve(addr: std::net::SocketAddr, lift: Lift) -> Result<(), Error> {
    //@ 07-start-server 1
}

mod for_tools {
    use super::Error;

    //@ 20-health-and-reflection 2

    async fn answer_the_tools() -> Result<(), Error> {
        //@ 20-health-and-reflection 3
        Ok(())
    }
}

async fn call_the_lift(addr: &str) -> Result<ElevatorClient<Channel>, Error> {
    //@ 08-create-client 1
    Ok(lift)
}

async fn ride_down(lift: &mut ElevatorClient<Channel>) -> Result<(), Error> {
    //@ 09-call-list-features 1
    Ok(())
}

async fn ride_down_in_time(lift: &mut ElevatorClient<Channel>) -> Result<(), Error> {
    //@ 09-call-list-features 2
    Ok(())
}

async fn step_in(lift: &mut ElevatorClient<Channel>) -> Result<(), Error> {
    //@ 10-call-record-route 1
    Ok(())
}

async fn ask_and_wait(
    lines: Vec<Line>,
    sender: tokio::sync::mpsc::Sender<Line>,
    mut answers: Streaming<Line>,
) -> Result<(), Error> {
    //@ 11-call-route-chat 1
    Ok(())
}

async fn talk(lift: &mut ElevatorClient<Channel>) -> Result<(), Error> {
    //@ 11-call-route-chat 2
    Ok(())
}

async fn ride_to(lift: &mut ElevatorClient<Channel>, wanted: &str) -> Result<(), Error> {
    //@ 19-cancel 1
    Ok(())
}

//@ 12-run-client 1

mod in_time {
    use super::*;

    //@ 18-deadlines 1
}

async fn read_a_sign(client: &mut HouseClient<Channel>) -> Result<(), Error> {
    //@ 14-get-feature 2
    Ok(())
}
