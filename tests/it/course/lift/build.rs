use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    //@ 03-generate-code 2
    //@ 20-health-and-reflection 1

    // As the lift's client needs it, too.
    tonic_prost_build::compile_fds(protox::compile(["elevator.proto"], ["schemas"])?)?;
    Ok(())
}
