// Words for shell commands that send signals to the program or limit what it gets (Sandbox::shell). They
// are joined to a command line, such as in_background("$pf train c.json --out run") +
// until_training("run") + send("TERM") + kItsCode.
#pragma once

#include <string>

namespace pushforward {

// Starts a command in the background, as the process $p.
inline std::string in_background(const std::string& command) { return command + " & p=$!; "; }
// Waits until a condition of the shell holds, but at most twenty seconds.
inline std::string until(const std::string& condition) {
  return "for i in $(seq 1000); do " + condition + " && break; sleep 0.02; done; ";
}
// Waits until the run in this folder has taken a step.
inline std::string until_training(const std::string& folder) {
  return until("[ -s " + folder + "/metrics.jsonl ]");
}
// Waits for the end of the process, but at most ten seconds.
const char* const kUntilItEnds =
    "for i in $(seq 100); do kill -0 $p 2>/dev/null || break; sleep 0.1; done; ";
// Sends the process a signal: "INT", "TERM", "HUP" or "KILL".
inline std::string send(const std::string& signal) { return "kill -" + signal + " $p; "; }
// The same if the process still runs.
inline std::string send_if_running(const std::string& signal) {
  return "kill -0 $p 2>/dev/null && " + send(signal);
}
// Waits for the end of the process, whose exit code is that of the command line.
const char* const kItsCode = "wait $p";

// Runs the rest of the command line with less address space, or with smaller files.
inline std::string with_memory(int kilobytes) {
  return "ulimit -v " + std::to_string(kilobytes) + " && ";
}
inline std::string with_files(int blocks_of_1024) {
  return "ulimit -f " + std::to_string(blocks_of_1024) + " && ";
}

}  // namespace pushforward
