// The processes that share the steps of a training, such as those that mpirun starts.
#pragma once

#include <cstddef>
#include <span>

#include "autograd/tensor/cpp20.h"

namespace pushforward {

// A group of processes with the numbers ("ranks") 0 to count() - 1. A function returns when the other
// processes that it concerns have called theirs. It may throw TrainingInterrupted after a signal;
// the group then cannot be used any more.
class Ranks {
 public:
  virtual ~Ranks() = default;
  virtual int rank() const = 0;
  virtual int count() const = 0;

  // `send` gives bytes to process `to`, which calls `receive` for as many bytes from this process.
  virtual void send(int to, std::span<const std::byte> bytes) = 0;
  virtual void receive(int from, std::span<std::byte> bytes) = 0;
  // Sets `bytes` in each process to those of process `from`. All processes call it.
  virtual void broadcast(int from, std::span<std::byte> bytes) = 0;
  // Sets `all` to the bytes of all processes in the order of their numbers. All processes call it,
  // with as many bytes each.
  virtual void gather(std::span<const std::byte> mine, std::span<std::byte> all) = 0;
};

}  // namespace pushforward
