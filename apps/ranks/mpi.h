// The processes of this program that mpirun has started together (MPI).
#pragma once

#include <memory>

#include "nn/training/ranks.h"

namespace pushforward::app {

// Returns how many processes mpirun started, 1 without mpirun, and the number of this one.
int launched_processes();
int launched_rank();
// Makes this process, and the processes that it starts, count as the only one.
void leave_launcher();

// The connection between the processes, from construction to destruction. Only one object may exist
// in the life of a process. While it waits for another process, it checks for signals
// (apps/terminal/interrupt.h): after one, it waits for a moment and then throws TrainingInterrupted,
// since mpirun sends a signal to the others when a process has ended early.
class MpiSession {
 public:
  // Throws Failure (exit 2) if there are several processes but this build has no MPI.
  MpiSession();
  // Ends the connection. All processes must do so, unless one has failed.
  ~MpiSession();
  MpiSession(const MpiSession&) = delete;
  MpiSession& operator=(const MpiSession&) = delete;

  // Returns whether this process has ever made a connection.
  static bool began();

  Ranks* ranks() const { return ranks_.get(); }  // null if this process is the only one

 private:
  std::unique_ptr<Ranks> ranks_;
};

}  // namespace pushforward::app
