// A training that several processes share. Process 0 leads: it reads the config and writes the run. The
// others follow: they take the same steps, each with its part of the rows, and write nothing.
#pragma once

#include <cstdint>
#include <optional>

#include "apps/config/config.h"
#include "nn/training/ranks.h"

namespace pushforward::app {

// What process 0 asks of the others.
enum class Order : std::int64_t {
  begin,  // build the training of the config that follows
  state,  // take over the weights, moments and averages that follow
  step,   // take a training step, and further ones while each promises the next
  end     // return
};

// Process 0's orders to the others. Without a group (null) all functions do nothing.
class Lead {
 public:
  explicit Lead(Ranks* ranks) : ranks_(ranks) {}
  // Dismisses the other processes, unless the group is broken. If they wait in a step that was
  // promised to them, abandons the group.
  ~Lead();
  Lead(const Lead&) = delete;
  Lead& operator=(const Lead&) = delete;

  Ranks* ranks() const { return ranks_; }
  void give(Order order);
  // Gives the order of a step, unless the step before has promised this one (Trainer::promise_step).
  void step(bool promised);
  // Says whether the last step has promised another one.
  void owe(bool promised) { owes_ = promised; }
  // Sends the config, the record of the data files that this process has read, and the number of
  // threads of each process (0: all its cores).
  void begin(const Config& config, int threads);

 private:
  Ranks* ranks_;
  bool owes_ = false;  // the other processes have begun a step
};

// The training that process 0 begins.
struct SharedTraining {
  Config config;
  int threads;  // of each process; 0: all its cores
};

// Waits in another process until process 0 begins a training, and returns it, or nothing if process 0
// ends. Throws Failure (exit 4) if this process reads other data files than process 0.
std::optional<SharedTraining> await_training(Ranks& ranks);

}  // namespace pushforward::app
