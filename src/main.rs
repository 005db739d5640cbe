fn main() -> std::process::ExitCode {
    integ::run()
}
